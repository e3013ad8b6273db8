/** A person finds out what differs between two versions, and what they said. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { checkAccessible, checkFits } from '../support/accessible.ts';
import { aBrowser, NARROW } from '../support/browser.ts';
import { startServer, type Server } from '../support/server.ts';
import { signIn, whole, type SignedInto } from '../support/sign-in.ts';
import { until } from '../support/until.ts';
import { aWorker, MODULE } from '../support/worker-form.ts';

let server: Server;
let site: SignedInto;
const ids = { v1: '', v2: '' };

const SAME = Array.from({ length: 30 }, (_, index) => `export const line${index} = ${index};`).join('\n');
const prices = (rest: string): string => `${SAME}\n\nexport const price = (sku) => {\n${rest}\n};\n`;

/** Each line of it stands in shop.ts where it stands here, only 100 lines further down. */
const MAP = JSON.stringify({ version: 3, sources: ['shop.ts'], names: [], mappings: `AAoGA;${'AACA;'.repeat(30)}` });

const code = (version: string): string => `import { price } from './prices.js';
export default {
  fetch(request) {
    const { pathname } = new URL(request.url);
    console.log('${version} at', { pathname });
    if (pathname === '/full') return new Response('full', { status: 503 });
    if (pathname === '/throw') throw new TypeError('no such hat');
    return new Response(String(price(pathname)));
  },
};
//# sourceMappingURL=index.js.map
`;

const form = (version: string, rest: string, bindings: readonly object[]) =>
  aWorker({
    code: code(version),
    metadata: { bindings, observability: { enabled: true }, annotations: { 'workers/message': `Prices of ${version}` } },
    modules: { 'prices.js': [prices(rest), MODULE], 'index.js.map': [MAP, 'application/source-map'] },
  });

const visit = (path: string, version: 'v1' | 'v2'): Promise<unknown> =>
  server.visit('shop', path, { 'cloudflare-workers-version-overrides': `shop="${ids[version]}"` });

before(async () => {
  server = await startServer();
  site = { url: server.started.control_url ?? '', token: server.connection.token };
  await server.api('PUT', 'workers/scripts/shop', form('v1', '  return 7;', [{ type: 'plain_text', name: 'OLD', text: 'gone' }]));
  await server.api('POST', 'workers/scripts/shop/subdomain', { enabled: true, previews_enabled: true });
  const { items } = (await server.api('GET', 'workers/scripts/shop/versions')) as { items: readonly { id: string }[] };
  ids.v1 = items[0]?.id ?? '';
  const fresh = "  const found = sku === '/hat';\n  return found ? 9 : 7;";
  const made = await server.api(
    'POST',
    'workers/scripts/shop/versions',
    form('v2', fresh, [{ type: 'plain_text', name: 'CURRENCY', text: 'EUR' }]),
  );
  ids.v2 = (made as { id: string }).id;
  const versions = [
    { version_id: ids.v2, percentage: 50 },
    { version_id: ids.v1, percentage: 50 },
  ];
  await server.api('POST', 'workers/scripts/shop/deployments', { strategy: 'percentage', versions });
  for (const version of ['v1', 'v2'] as const) for (const path of ['/', '/hat']) await visit(path, version);
});
after(() => server[Symbol.asyncDispose]());

const open = async (page: Page, path: string): Promise<void> => {
  await page.goto(site.url + path);
  await whole(page);
};
const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
const signs = (page: Page, selector: string): Promise<readonly string[]> =>
  page.evaluate(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].map((each) => getComputedStyle(each, '::before').content.replaceAll('"', ''))`,
  ) as Promise<readonly string[]>;

test('[UI-100] two versions are compared: what they do in a sentence, and what differs of configuration and code, change by change', async (t) => {
  await using browser = await aBrowser(t);
  const { page } = browser;
  browser.allow(/status of 401/);
  await signIn(page, site, '/workers/shop/compare');
  await page.getByText('Too early to say whether it fails more often.').waitFor();
  await page.getByText(/^From \d+ requests to v2 and \d+ to v1/).waitFor();
  const configuration = page.getByRole('region', { name: 'Configuration' });
  await configuration.getByRole('row', { name: /^CURRENCY Text .*not set .*EUR Added$/ }).waitFor();
  await configuration.getByRole('row', { name: /^OLD Text .*gone .*not set Removed$/ }).waitFor();

  const files = page.getByRole('region', { name: 'Code' });
  const opened = files.getByRole('button', { name: /^prices\.js 2 lines added, 1 removed$/ });
  await opened.waitFor();
  assert.equal(await opened.getAttribute('aria-expanded'), 'true', 'what changed most is open');
  assert.equal(await files.getByText('29 lines the same').count(), 2);
  await files.getByLabel('prices.js in v1').getByText('return 7;').waitFor();
  assert.deepEqual(await signs(page, '.cm-merge-a .cm-changedLineGutter'), ['−']);
  assert.deepEqual(await signs(page, '.cm-merge-b .cm-changedLineGutter'), ['+', '+']);
  assert.ok((await page.locator('.cm-merge-a .cm-mergeSpacer').count()) > 0, 'the other side has a gap');

  const main = files.getByRole('button', { name: /^index\.js 1 line added, 1 removed$/ });
  assert.equal(await main.getAttribute('aria-expanded'), 'false');
  await page.keyboard.press('n');
  await files.getByText('1 of 1').waitFor();
  assert.equal(await main.getAttribute('aria-expanded'), 'false');
  await page.keyboard.press('n');
  await files.getByLabel('index.js in v2').locator('.is-current').getByText("'v2 at'").waitFor();
  await page.keyboard.press('p');
  await files.getByLabel('prices.js in v2').locator('.is-current').first().waitFor();
  await press(page, 'One column');
  await page.waitForURL(/diff=one/);
  await files.getByLabel('prices.js in v2, with what it replaces of v1').locator('.cm-deletedLine').getByText('return 7;').waitFor();
  await files.getByRole('button', { name: 'All lines' }).first().click();
  await files.getByText('const line20').waitFor();
  await checkAccessible(page);
});

test('[UI-101] each side is chosen from the versions, both change places, and the tabs lead to the parts of the page', async (t) => {
  await using browser = await aBrowser(t, { viewport: NARROW, colorScheme: 'dark' });
  const { page } = browser;
  browser.allow(/status of 401/);
  await signIn(page, site, `/workers/shop/compare?version=${ids.v2}&baseline=${ids.v1}`);
  await page.getByLabel('prices.js in v2, with what it replaces of v1').waitFor();
  await press(page, 'Swap the two versions');
  await page.waitForURL(new RegExp(`version=${ids.v1}&baseline=${ids.v2}`));
  await page.getByRole('button', { name: /^prices\.js 1 line added, 2 removed$/ }).waitFor();
  await page.getByLabel('Newer version').selectOption(ids.v2);
  await page.waitForURL(new RegExp(`version=${ids.v2}&baseline=${ids.v1}`));
  await page.getByRole('button', { name: /^prices\.js 2 lines added, 1 removed$/ }).waitFor();
  const tabs = page.getByRole('navigation', { name: 'Of the comparison' });
  await tabs.getByRole('link', { name: 'Code 2 files' }).click();
  assert.match(page.url(), /#code$/);
  assert.deepEqual(await tabs.locator('[aria-current=page]').allInnerTexts(), ['Code 2 files']);
  await checkFits(page);
  await checkAccessible(page);
});

/** After so long a line that has come is shown, unless it waits. */
const SHOWN_WITHIN_MS = 200;

const lines = (page: Page) => page.getByRole('list', { name: 'Invocations, newest first' }).locator('li[data-row]');

test('[UI-102] the live log shows each invocation as it ends, of the version, errors or text that is asked for, and waits while it is paused', async (t) => {
  await using browser = await aBrowser(t);
  const { page } = browser;
  browser.allow(/status of 401/);
  let received = '';
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => (received += String(payload))));
  await signIn(page, site, '/workers/shop/logs');
  await page.getByRole('status').getByText('Live.').waitFor();
  await visit('/hat', 'v2');
  await lines(page).filter({ hasText: 'v2 at {"pathname":"/hat"}' }).waitFor();
  await press(page, 'Pause');
  await page.getByRole('status').getByText('Paused').waitFor();
  for (let count = 0; count < 20; count += 1) await visit(`/paused-${count}`, 'v1');
  await until('all of them to have come', () => Promise.resolve(received.includes('/paused-19')));
  await wait(2 * SHOWN_WITHIN_MS);
  assert.equal(await lines(page).filter({ hasText: '/paused' }).count(), 0);
  // Nor does what waits go when other things are asked for.
  const search = page.getByRole('searchbox');
  await search.fill('nowhere');
  await page.waitForURL(/q=nowhere/);
  await search.fill('');
  await page.waitForURL((address) => !address.searchParams.has('q'));
  await press(page, 'Go on');
  await until('the lines that waited', async () => (await lines(page).filter({ hasText: '/paused' }).count()) === 20);
  assert.match(await lines(page).first().innerText(), /paused-19/, 'the newest is on top');
  await press(page, 'Clear');
  await until('nothing to be left', async () => (await lines(page).count()) === 0);

  await press(page, 'Errors');
  await page.waitForURL(/show=errors/);
  await until('an answer of 503 to be shown', async () => {
    await visit('/fine', 'v1');
    await visit('/full', 'v1');
    return (await lines(page).filter({ hasText: '/full' }).count()) > 0;
  });
  assert.equal(await lines(page).filter({ hasText: '/fine' }).count(), 0);
  await press(page, 'All');
  await lines(page).filter({ hasText: '/fine' }).first().waitFor();
  await visit('/seen', 'v2');
  await lines(page).filter({ hasText: '/seen' }).waitFor();
  await page.getByLabel('Version', { exact: true }).selectOption({ label: 'v1' });
  await page.waitForURL(new RegExp(`version=${ids.v1}`));
  await until('the lines of others to be gone', async () => (await lines(page).filter({ hasText: '/seen' }).count()) === 0);
  assert.ok((await lines(page).filter({ hasText: '/fine' }).count()) > 0, 'those of this version stay');
  await until('the version that is asked for', async () => {
    await visit('/of-v2', 'v2');
    await visit('/of-v1', 'v1');
    return (await lines(page).filter({ hasText: '/of-v1' }).count()) > 0;
  });
  assert.equal(await lines(page).filter({ hasText: '/of-v2' }).count(), 0);
  await page.getByLabel('Version', { exact: true }).selectOption({ label: 'All versions' });
  await lines(page).filter({ hasText: '/seen' }).waitFor();
  await checkAccessible(page);
});

test('[UI-103] the history is looked through by version, errors and text, by links too; an exception has its stack in the sources', async (t) => {
  await visit('/throw', 'v2');
  await using browser = await aBrowser(t, { viewport: NARROW });
  const { page } = browser;
  browser.allow(/status of 401/);
  await signIn(page, site);
  const thrown = lines(page).filter({ hasText: '/throw' });
  await until('the exception to be kept', async () => {
    await open(page, `/workers/shop/logs?mode=history&version=${ids.v2}&show=errors`);
    return (await thrown.count()) > 0;
  });
  assert.equal(await lines(page).count(), 1, 'of the other version, and of what went well, none');
  await thrown.getByText('TypeError: no such hat').first().waitFor();
  await thrown.locator('summary').click();
  await thrown.getByText(/TypeError: no such hat[^]*shop\.ts:10\d/).waitFor();
  await thrown.getByText('v2 at {"pathname":"/throw"}').last().waitFor();
  await checkFits(page);
  await checkAccessible(page);
  const ray = await thrown.locator('dt:text-is("Ray") + dd').innerText();

  await open(page, `/workers/shop/logs?mode=history&ray=${ray}`);
  await page.getByText('Only the invocation with the ray').waitFor();
  assert.equal(await lines(page).count(), 1);
  assert.equal(await page.locator('details[open]').count(), 1, 'it is opened');
  await press(page, 'Show all');
  await page.getByLabel('Find in logs, exceptions, addresses').fill('/hat');
  await page.waitForURL(/q=%2Fhat/);
  await until('what has the text', async () => {
    const texts = await lines(page).allInnerTexts();
    return texts.length > 0 && texts.every((text) => text.includes('/hat'));
  });
});
