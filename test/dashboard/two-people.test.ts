/** Two people at the same Worker, each at a window of their own: what one does the other sees, and nobody overwrites it unseen. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { checkAccessible } from '../support/accessible.ts';
import { aBrowser, type Browsing } from '../support/browser.ts';
import { startServer, type Server } from '../support/server.ts';
import { open, signIn } from '../support/sign-in.ts';
import { aWorker, saying } from '../support/worker-form.ts';

const SCRIPT = 'workers/scripts/shop';

let server: Server;
let url: string;
/** By who it lets in. */
const tokens = { Mara: '', Jonas: '' };
/** Of the versions, the first one first. */
const ids: string[] = [];

interface Deployment {
  readonly id: string;
  readonly author_email: string;
  readonly versions: readonly { readonly version_id: string; readonly percentage: number }[];
}

const deployments = async (): Promise<readonly Deployment[]> =>
  ((await server.api('GET', `${SCRIPT}/deployments`)) as { readonly deployments: readonly Deployment[] }).deployments;

/** `v2 30, v1 70` */
const split = async (): Promise<string> =>
  ((await deployments())[0]?.versions ?? [])
    .map(({ version_id: id, percentage }) => `v${ids.indexOf(id) + 1} ${percentage}`)
    .toSorted()
    .toReversed()
    .join(', ');

const deploy = (shares: Readonly<Record<number, number>>): Promise<unknown> =>
  server.api('POST', `${SCRIPT}/deployments`, {
    strategy: 'percentage',
    versions: Object.entries(shares).map(([number, percentage]) => ({ version_id: ids[Number(number) - 1], percentage })),
  });

before(async () => {
  server = await startServer();
  url = server.started.control_url ?? '';
  for (const name of ['Mara', 'Jonas'] as const) {
    const { value } = (await server.api('POST', 'tokens', { name })) as { readonly value: string };
    tokens[name] = value;
  }
  await server.api('PUT', SCRIPT, aWorker({ code: saying('one') }));
  for (const text of ['two', 'three']) await server.api('POST', `${SCRIPT}/versions`, aWorker({ code: saying(text) }));
  const { items } = (await server.api('GET', `${SCRIPT}/versions`)) as { readonly items: readonly { readonly id: string }[] };
  ids.push(...items.map(({ id }) => id).toReversed());
});
beforeEach(() => deploy({ 2: 10, 1: 90 }));
after(() => server[Symbol.asyncDispose]());

const at = async (t: TestContext, who: keyof typeof tokens, path: string): Promise<Browsing> => {
  const browser = await aBrowser(t);
  // What observes starts behind the rest.
  browser.allow(/status of 503/);
  await signIn(browser.page, { url, token: tokens[who] }, path);
  return browser;
};

const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
const toast = (page: Page, text: string) => page.getByRole('region', { name: 'What has happened' }).getByText(text);
const share = (page: Page, version: string) => page.getByLabel(`Share of ${version}, in per cent`);

const DIALOG = '/workers/shop?dialog=deploy';

test('[UI-113] of two who have the same form open one deploys; the other is told who it was, is led to it, and overwrites nothing', async (t) => {
  await using mara = await at(t, 'Mara', DIALOG);
  await using jonas = await at(t, 'Jonas', DIALOG);
  await share(mara.page, 'v2').fill('50');
  await share(jonas.page, 'v2').fill('70');
  await press(jonas.page, 'Deploy v2 at 70%');
  await toast(jonas.page, 'v2 now gets 70%.').waitFor();
  const [his] = await deployments();

  const { page } = mara;
  await page.getByRole('status').getByText('Jonas deployed v2 at 70% while you were here.').waitFor();
  await page.getByRole('status').getByText('Your change was made for v2 at 10%.').waitFor();
  assert.equal(await page.getByRole('button', { name: /^Deploy v2 at 50%/ }).getAttribute('aria-disabled'), 'true');
  assert.equal(await share(page, 'v2').inputValue(), '50', 'what was chosen is still there to be read');
  await share(page, 'v2').press('Enter');
  await checkAccessible(page, 'a form that is stale');
  await page.getByRole('link', { name: 'See the change' }).click();
  await page.getByRole('heading', { level: 2, name: 'Raised v2 to 70%' }).waitFor();
  assert.equal(new URL(page.url()).pathname, `/workers/shop/deployments/${his?.id}`);
  assert.equal(await page.getByRole('dialog').count(), 0);
  assert.equal(await split(), 'v2 70, v1 30');
  assert.equal((await deployments())[0]?.id, his?.id, 'nothing came after it');
});

test('[UI-113] two windows of one person are held apart like two people, and both show at once what either does', async (t) => {
  await using mara = await at(t, 'Mara', DIALOG);
  const { page: first } = mara;
  const second = await mara.context.newPage();
  await open(second, url + DIALOG);
  await share(second, 'v2').fill('30');
  await press(second, 'Deploy v2 at 30%');
  await toast(second, 'v2 now gets 30%.').waitFor();
  await first.getByRole('status').getByText('v2 at 30% while you were here.').waitFor();
  await press(first, 'Start over');
  // A step further than it is by now.
  await press(first, 'Deploy v2 at 50%');
  await toast(first, 'v2 now gets 50%.').waitFor();
  await second.getByRole('img', { name: 'v2 50%, v1 50%' }).first().waitFor();
  assert.equal(await split(), 'v2 50, v1 50');
});

test('[UI-114] what was deployed since is not undone: the way back in a toast is refused, in the API’s words', async (t) => {
  await using mara = await at(t, 'Mara', DIALOG);
  const { page } = mara;
  mara.allow(/status of 412/);
  await share(page, 'v2').fill('50');
  await press(page, 'Deploy v2 at 50%');
  // It stays for as long as the pointer is on it.
  await toast(page, 'v2 now gets 50%.').hover();
  await checkAccessible(page, 'a page with a toast');
  await deploy({ 3: 100 });
  await page.getByRole('img', { name: 'v3 100%' }).first().waitFor();
  await press(page, 'Back to 10%');
  const refusal = page.getByRole('alert').filter({ hasText: 'shop is not taken back.' });
  await refusal.getByText('Look at it, then deploy again.').waitFor();
  assert.equal(await split(), 'v3 100');
  await checkAccessible(page, 'a refusal above a page');
  await refusal.getByRole('button', { name: 'Understood' }).click();
  await refusal.waitFor({ state: 'detached' });
});
