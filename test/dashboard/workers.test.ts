import assert from 'node:assert/strict';
import test from 'node:test';
import type { Page } from 'playwright-core';
import { checkAccessible, checkFits } from '../support/accessible.ts';
import { aBrowser, NARROW, type BrowserOptions } from '../support/browser.ts';
import { startServer, type Server } from '../support/server.ts';
import { signIn, whole } from '../support/sign-in.ts';
import { until } from '../support/until.ts';
import { aWorker, saying } from '../support/worker-form.ts';

const upload = (server: Server, name: string, text: string, more = ''): Promise<unknown> =>
  server.api(more === '' ? 'PUT' : 'POST', `workers/scripts/${name}${more}`, aWorker({ code: saying(text) }));

/** Answers the id of the new version. */
const split = async (server: Server, name: string, share: number): Promise<string> => {
  const { items } = (await server.api('GET', `workers/scripts/${name}/versions`)) as { items: readonly { id: string }[] };
  const [newer, older] = items.map(({ id }) => id);
  const versions = [
    { version_id: newer, percentage: share },
    { version_id: older, percentage: 100 - share },
  ];
  await server.api('POST', `workers/scripts/${name}/deployments`, { strategy: 'percentage', versions });
  return newer ?? '';
};

/** Of the Worker: everything that its row says. */
const row = (page: Page, name: string) => page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
const find = (page: Page) => page.getByRole('searchbox', { name: 'Find a Worker, hostname, version or person' });
const names = async (page: Page): Promise<readonly string[]> => page.locator('.workers-link').allTextContents();

test('the list of Workers', async (t) => {
  await using server = await startServer();
  await upload(server, 'checkout', 'one');
  await upload(server, 'checkout', 'two', '/versions');
  await split(server, 'checkout', 10);
  await upload(server, 'search', 'found');
  await server.api('POST', 'workers/scripts/search/subdomain', { enabled: true });
  await server.api('POST', 'workers/workers', { name: 'newsletter' });
  await server.api('POST', 'workers/scripts/newsletter/versions', aWorker({ code: saying('news') }));

  const entered = async (options: BrowserOptions = {}) => {
    const browser = await aBrowser(t, options);
    browser.allow(/status of 401/);
    await signIn(browser.page, { url: server.started.control_url ?? '', token: server.connection.token });
    return browser;
  };

  await t.test('[UI-87] each Worker says what serves of it and what was done last, and leads to its pages', async () => {
    await using browser = await entered();
    const { page } = browser;
    await page.getByText('3 Workers. 1 is split between two versions.').waitFor();
    await row(page, 'checkout').getByRole('img', { name: 'v2 10%, v1 90%' }).waitFor();
    await row(page, 'checkout').getByText('Started v2 at 10%').waitFor();
    await row(page, 'search').getByText('Deployed v1').waitFor();
    await row(page, 'newsletter').getByText('Saved v1').waitFor();
    await checkAccessible(page);
    await row(page, 'newsletter').getByRole('link', { name: 'Deploy v1' }).click();
    await page.getByRole('dialog', { name: /^Deploy/ }).waitFor();
    assert.match(page.url(), /\/workers\/newsletter\?dialog=deploy&of=/);
    await page.goBack();
    await page.getByRole('link', { name: 'checkout', exact: true }).click();
    await page.getByRole('heading', { name: 'checkout', level: 1 }).waitFor();
  });

  await t.test('[UI-87] a change that is made elsewhere stands in the list at once', async () => {
    await using browser = await entered();
    const { page } = browser;
    await row(page, 'checkout').waitFor();
    await split(server, 'checkout', 25);
    await row(page, 'checkout').getByRole('img', { name: 'v2 25%, v1 75%' }).waitFor();
    await row(page, 'checkout').getByText('Raised v2 to 25%').waitFor();
  });

  await t.test('[UI-88] what is looked for, and which Workers, stand in the address', async () => {
    await using browser = await entered();
    const { page } = browser;
    await row(page, 'search').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('sear');
    await until('the others to be gone', async () => (await names(page)).join() === 'search');
    assert.equal(new URL(page.url()).search, '?q=sear');
    await page.reload();
    await until('the same to be found', async () => (await names(page)).join() === 'search');
    await find(page).fill('nothing like it');
    await page.getByRole('heading', { name: 'Nothing is found for “nothing like it”' }).waitFor();
    await page.getByRole('button', { name: 'Show all Workers' }).click();
    await page.getByRole('button', { name: 'Split 1' }).click();
    await until('the split one alone', async () => (await names(page)).join() === 'checkout');
    await page.goBack();
    await until('all of them again', async () => (await names(page)).length === 3);
  });

  await t.test('[UI-86] the list fits narrow windows, in the dark too', async () => {
    for (const viewport of [NARROW, { width: 360, height: 740 }]) {
      await using browser = await entered({ viewport, colorScheme: 'dark' });
      const { page } = browser;
      await row(page, 'checkout').waitFor();
      await whole(page);
      await checkAccessible(page);
      await checkFits(page);
    }
  });

  await t.test('[UI-89] of many Workers those in sight are drawn, and all can be reached', async () => {
    const many = Array.from({ length: 300 }, (_, at) => `many-${String(at).padStart(3, '0')}`);
    for (const name of many) await server.api('POST', 'workers/workers', { name });
    await using browser = await entered();
    const { page } = browser;
    await page.getByText('303 Workers.').waitFor();
    await row(page, 'many-299').waitFor();
    assert.ok((await page.locator('tr[data-row]').count()) < 100, 'most rows are not drawn');
    await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight)');
    await until('the last one to be drawn', async () => {
      await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight)');
      return (await names(page)).includes('newsletter');
    });
    await page.evaluate('window.scrollTo(0, 0)');
    await row(page, 'many-299').waitFor();
  });

  await t.test('[UI-89] rows that come where their places were held move nothing', async () => {
    await using browser = await entered();
    const { page } = browser;
    await page.setViewportSize(NARROW);
    await row(page, 'many-299').waitFor();
    const { promise: isLookedAt, resolve: release } = Promise.withResolvers<void>();
    await page.route(/[?&]page=3(?:&|$)/, async (route) => {
      await isLookedAt;
      await route.continue();
    });
    await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight * 0.8)');
    await page.locator('tr.workers-to-come').first().waitFor({ state: 'attached' });
    const before = await page.evaluate('[scrollY, document.documentElement.scrollHeight]');
    release();
    await page.locator('tr.workers-to-come').first().waitFor({ state: 'detached' });
    assert.deepEqual(await page.evaluate('[scrollY, document.documentElement.scrollHeight]'), before);
  });
});
