import assert from 'node:assert/strict';
import { after, before, test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { checkAccessible, checkFits } from '../support/accessible.ts';
import { aBrowser, NARROW, type BrowserOptions } from '../support/browser.ts';
import { startServer, type Server } from '../support/server.ts';
import { signIn, whole } from '../support/sign-in.ts';
import { until } from '../support/until.ts';
import { aWorker, saying } from '../support/worker-form.ts';

const SECRET = 'only-the-worker-knows-this';

interface Version {
  readonly id: string;
  readonly number: number;
}

interface Deployment {
  readonly id: string;
  readonly versions: readonly { readonly version_id: string; readonly percentage: number }[];
}

let server: Server;
/** By number. */
const ids = new Map<number, string>();

const SCRIPT = 'workers/scripts/shop';

const upload = async (number: number, metadata: object): Promise<void> => {
  const modules = { 'prices.js': ['export const tea = 3;', 'application/javascript+module'] } as const;
  const code = `import './prices.js';\n${saying(`v${number}`)}`;
  const { id } = (await server.api('POST', `${SCRIPT}/versions`, aWorker({ code, metadata: { ...metadata }, modules }))) as Version;
  ids.set(number, id);
};

/** `{ 2: 10, 1: 90 }`: shares by the numbers of versions. */
const deploy = async (shares: Readonly<Record<number, number>>, message?: string): Promise<void> => {
  const versions = Object.entries(shares).map(([number, percentage]) => ({ version_id: ids.get(Number(number)), percentage }));
  const annotations = message === undefined ? {} : { annotations: { 'workers/message': message } };
  await server.api('POST', `${SCRIPT}/deployments?force=true`, { strategy: 'percentage', versions, ...annotations });
};

const deployments = async (): Promise<readonly Deployment[]> =>
  ((await server.api('GET', `${SCRIPT}/deployments?per_page=100`)) as { readonly deployments: readonly Deployment[] }).deployments;

const prices = (namespace: string) => ({ type: 'kv_namespace', name: 'PRICES', namespace_id: namespace });

before(async () => {
  server = await startServer();
  const { id: namespace } = (await server.api('POST', 'storage/kv/namespaces', { title: 'prices' })) as { readonly id: string };
  const { id: gone } = (await server.api('POST', 'storage/kv/namespaces', { title: 'tax-rates' })) as { readonly id: string };
  await server.api('PUT', SCRIPT, aWorker({ code: saying('v1'), metadata: { bindings: [prices(gone)] } }));
  const { items } = (await server.api('GET', `${SCRIPT}/versions`)) as { readonly items: readonly Version[] };
  ids.set(1, items[0]?.id ?? '');
  await server.api('POST', `${SCRIPT}/subdomain`, { enabled: true, previews_enabled: true });
  const variable = { type: 'plain_text', name: 'CURRENCY', text: 'EUR' };
  const secret = { type: 'secret_text', name: 'API_KEY', text: SECRET };
  const annotations = { 'workers/message': 'Prices from KV', 'workers/tag': '2026.11.20' };
  await upload(2, { bindings: [prices(namespace), variable, secret], annotations, compatibility_flags: ['nodejs_compat'] });
  await upload(3, { annotations: { 'workers/message': 'Round after tax' } });
  await upload(4, {});
  await deploy({ 2: 10, 1: 90 }, 'A first look');
  await deploy({ 2: 50, 1: 50 });
  await deploy({ 2: 100 });
  await deploy({ 3: 25, 2: 75 });
  await deploy({ 2: 100 }, 'Orders outside the EU fail');
  await server.api('DELETE', `storage/kv/namespaces/${gone}`);
});
after(() => server[Symbol.asyncDispose]());

/** A page of the Worker, as somebody sees it who is signed in. */
const opened = async (t: TestContext, path: string, options?: BrowserOptions) => {
  const browser = await aBrowser(t, options);
  browser.allow(/status of 401/);
  const site = { url: server.started.control_url ?? '', token: server.connection.token };
  await signIn(browser.page, site, `/workers/shop/${path}`);
  return browser;
};

const rowsOf = (page: Page) => page.locator('[data-row]');
const rowOf = (page: Page, what: string) => rowsOf(page).filter({ has: page.getByRole('link', { name: what, exact: true }) });
const menuOf = async (page: Page, what: string) => {
  await page.getByRole('button', { name: `Menu of “${what}”` }).click();
  return page.getByRole('menu');
};

const STORIES = ['Rolled back to v2', 'Started v3 at 25%', 'Raised v2 to 100%', 'Raised v2 to 50%', 'Started v2 at 10%', 'Deployed v1'];

test('[UI-40] the picture and the list agree with what was deployed, and with what answers', async (t) => {
  await using browser = await opened(t, 'deployments?by=change');
  const { page } = browser;
  const made = await deployments();
  assert.deepEqual(await rowsOf(page).getByRole('link').allTextContents(), STORIES);
  const splits = await rowsOf(page)
    .getByRole('img')
    .evaluateAll((bars) => bars.map((bar) => bar.getAttribute('aria-label')));
  const numbers = new Map([...ids].map(([number, id]) => [id, number]));
  const inWords = ({ versions }: Deployment): string =>
    versions
      .map(({ version_id: id, percentage }) => ({ number: numbers.get(id) ?? 0, percentage }))
      .toSorted((a, b) => b.number - a.number)
      .map(({ number, percentage }) => `v${number} ${percentage}%`)
      .join(', ');
  assert.deepEqual(splits, made.map(inWords));

  // One column for each of them, whose bands are as high as the shares, the newer one on the floor.
  const columns = await page.locator('.timeline-plot > g:has(.timeline-band)').evaluateAll((groups) =>
    groups.map((group) =>
      [...group.querySelectorAll('.timeline-band')]
        .map((band) => ({ y: Number(band.getAttribute('y')), height: Number(band.getAttribute('height')) }))
        .toSorted((a, b) => b.y - a.y)
        .map(({ height }) => Math.round(height / 2)),
    ),
  );
  assert.deepEqual(columns, [[100], [10, 90], [50, 50], [100], [25, 75], [100]]);
  const marks = await page.getByRole('option').evaluateAll((options) => options.map((option) => option.getAttribute('aria-label') ?? ''));
  assert.deepEqual(
    marks.map((mark) => mark.replace(/^.*: |, .*$/g, '')),
    STORIES.toReversed(),
  );
  await page.getByText('v3 rolled back').waitFor();
  await rowOf(page, STORIES[0] ?? '')
    .getByText('Serving now')
    .waitFor();
  assert.deepEqual(Object.keys(await server.tally('shop', 5)), ['v2']);
});

test('[UI-40] a mark and its row light up together, and the keyboard goes from mark to row to page', async (t) => {
  await using browser = await opened(t, 'deployments?by=change');
  const { page } = browser;
  const lit = page.locator('[data-row].is-lit');
  await page.getByRole('option', { name: /^Raised v2 to 50%/ }).hover();
  assert.equal(await lit.getByRole('link').textContent(), 'Raised v2 to 50%');
  await rowOf(page, 'Started v3 at 25%').hover();
  assert.match((await page.locator('.timeline-mark.is-lit').getAttribute('aria-label')) ?? '', /^Started v3/);

  const lane = page.getByRole('listbox', { name: 'Deployments in the picture' });
  await lane.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  assert.equal(
    await page
      .getByRole('option', { selected: true })
      .getAttribute('aria-label')
      .then((name) => name?.split(',')[0]),
    'Started v2 at 10%',
  );
  await page.keyboard.press('Enter');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 2, name: 'Started v2 at 10%' }).waitFor();
});

test('[UI-40] what is deployed elsewhere appears by itself', async (t) => {
  await using browser = await opened(t, 'deployments');
  const { page } = browser;
  await deploy({ 4: 5, 2: 95 }, 'From elsewhere');
  await rowOf(page, 'Started v4 at 5%').getByText('Serving now').waitFor();
  await rowOf(page, 'Started v4 at 5%').getByText('From elsewhere').waitFor();
  await deploy({ 2: 100 });
  await page.getByRole('link', { name: 'Rolled back to v2' }).nth(1).waitFor();
});

test('deployments are found by person, message and version, and the address holds what was typed', async (t) => {
  await using browser = await opened(t, 'deployments?find=v3');
  const { page } = browser;
  const stories = () => rowsOf(page).getByRole('link').allTextContents();
  assert.deepEqual(await stories(), ['Started v3 at 25%']);
  const find = page.getByRole('searchbox', { name: /Find/ });
  assert.equal(await find.inputValue(), 'v3');
  await find.fill('outside the eu');
  await until('the list to be the one that is found', async () => (await stories()).join() === 'Rolled back to v2');
  await page.waitForURL(/find=outside/);
  await find.fill('nobody');
  await page.getByText('No deployment has “nobody” in it').waitFor();
  await page.getByRole('button', { name: 'Show all' }).click();
  await until('all of them', async () => (await stories()).length >= STORIES.length);
});

test('[UI-41] a row’s menu looks, compares, opens, copies and rolls back; what cannot be done says why', async (t) => {
  await using browser = await opened(t, 'deployments');
  const { page } = browser;
  const [newest] = await deployments();
  await (await menuOf(page, 'Raised v2 to 100%')).getByRole('menuitem', { name: 'Copy deployment id' }).click();
  const copied = await page.evaluate('navigator.clipboard.readText()');
  assert.ok((await deployments()).some(({ id }) => id === copied && id !== newest?.id));

  const back = (await menuOf(page, 'Deployed v1')).getByRole('menuitem', { name: /^Rollback to v1/ });
  await back.getByText(/^Blocked\. .*KV namespace/).waitFor();
  assert.equal(await back.getAttribute('aria-disabled'), 'true');
  await page.keyboard.press('Escape');

  const menu = await menuOf(page, 'Started v3 at 25%');
  const open = menu.getByRole('menuitem', { name: 'Open v3 at its own URL' });
  await until('the address to be known', async () => (await open.getAttribute('aria-disabled')) === 'false');
  const [other] = await Promise.all([browser.context.waitForEvent('page'), open.click()]);
  await other.getByText('v3', { exact: true }).waitFor();
  await other.close();

  await (await menuOf(page, 'Started v3 at 25%')).getByRole('menuitem', { name: 'Compare with what serves now' }).click();
  await page.waitForURL((url) => url.pathname.endsWith('/compare') && [...url.searchParams.values()].includes(ids.get(3) ?? ''));
  await page.goBack();
  await whole(page);
  await (await menuOf(page, 'Started v3 at 25%')).getByRole('menuitem', { name: 'View deployment' }).click();
  await page.getByRole('heading', { level: 2, name: 'Started v3 at 25%' }).waitFor();
});

test('[UI-42] one deployment is shown with all that is known of it', async (t) => {
  const { id } = (await deployments()).at(-2) ?? { id: '' };
  await using browser = await opened(t, `deployments/${id}`);
  const { page } = browser;
  await page.getByRole('heading', { level: 2, name: 'Started v2 at 10%' }).waitFor();
  await page.getByText('Gave v2 its first share of traffic, 10%, beside v1.').waitFor();
  await page.getByRole('img', { name: 'v2 10%, v1 90%' }).waitFor();
  const facts = await page.locator('dl').innerText();
  for (const known of [id, 'A first look', 'API', 'A deployment']) assert.ok(facts.includes(known), `${known} is in ${facts}`);
  await page.getByRole('row', { name: /v2 10% Prices from KV 2026\.11\.20/ }).waitFor();
  await page.getByRole('button', { name: 'Compare v2 with v1' }).waitFor();
  await page.getByRole('navigation', { name: 'Deployments beside it' }).getByRole('link', { name: 'Raised v2 to 50%' }).click();
  await page.getByRole('heading', { level: 2, name: 'Raised v2 to 50%' }).waitFor();
  await page.getByRole('table').getByRole('link', { name: 'v2' }).click();
  await page.getByRole('heading', { level: 2, name: 'v2' }).waitFor();
});

test('a deployment that is not kept is said not to be', async (t) => {
  await using browser = await opened(t, 'deployments/00000000-0000-4000-8000-000000000000');
  await browser.page.getByRole('heading', { name: 'This deployment is not in the history' }).waitFor();
});

test('[UI-43] one version is shown with its bindings, modules and when it served; of secrets only names', async (t) => {
  await using browser = await opened(t, `versions/${ids.get(2)}`);
  const { page } = browser;
  const answers: Promise<string>[] = [];
  // The stream of events does not end.
  page.on('response', (response) => response.request().resourceType() === 'fetch' && answers.push(response.text().catch(() => '')));
  await page.reload();
  await whole(page);
  await page.getByRole('row', { name: /PRICES KV namespace prices/ }).waitFor();
  await page.getByRole('row', { name: 'CURRENCY Text EUR' }).waitFor();
  await page.getByRole('row', { name: 'API_KEY Secret A value that is never shown' }).waitFor();
  const facts = (await page.locator('dl').allInnerTexts()).join('\n');
  for (const known of [ids.get(2) ?? '', 'Prices from KV', '2026.11.20', '2026-11-01', 'nodejs_compat', 'An upload without traffic'])
    assert.ok(facts.includes(known), `${known} is in ${facts}`);
  assert.ok(!(await page.content()).includes(SECRET) && !(await Promise.all(answers)).join().includes(SECRET));
  await page.getByRole('link', { name: 'Started v2 at 10%' }).waitFor();

  await page.getByRole('button', { name: 'Read prices.js' }).click();
  await page.getByRole('textbox', { name: 'prices.js' }).getByText('export const tea = 3;').waitFor();
  await page.reload();
  await page.getByRole('textbox', { name: 'prices.js' }).waitFor();
  await checkAccessible(page);
});

test('[UI-43] the versions are found by tag, author and message, and each can be deployed or says why not', async (t) => {
  await using browser = await opened(t, 'versions');
  const { page } = browser;
  const shown = () => rowsOf(page).getByRole('link').allTextContents();
  assert.deepEqual(await shown(), ['v4', 'v3', 'v2', 'v1']);
  await page.getByLabel('Message has').fill('round');
  await until('what is found', async () => (await shown()).join() === 'v3');
  await page.getByLabel('Message has').fill('');
  await page.getByLabel('Tag has').fill('2026.11');
  await until('what is found', async () => (await shown()).join() === 'v2');
  await page.waitForURL(/tag=2026/);
  await page.getByLabel('Tag has').fill('no such tag');
  await page.getByRole('button', { name: 'Show all' }).click();
  await until('all of them', async () => (await shown()).length === 4);

  await page.getByRole('button', { name: 'Menu of v3' }).click();
  await page.getByRole('menuitem', { name: /^Deploy v3/ }).click();
  await page.getByRole('dialog', { name: /Deploy/ }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('of'), ids.get(3));
});

test('[UI-40] on a narrow screen the picture begins with now, and rows stack', async (t) => {
  await using browser = await opened(t, 'deployments?by=change', { viewport: NARROW });
  const { page } = browser;
  const scroller = page.locator('.timeline-scroll');
  const { left, width, all } = await scroller.evaluate((element) => ({
    left: element.scrollLeft,
    width: element.clientWidth,
    all: element.scrollWidth,
  }));
  assert.equal(all, 720);
  assert.ok(Math.abs(left + width - all) <= 1, 'it begins with now');
  await checkFits(page);
  await checkAccessible(page);
  await (await menuOf(page, 'Deployed v1')).getByRole('menuitem', { name: 'View deployment' }).click();
  await page.getByRole('heading', { level: 2, name: 'Deployed v1' }).waitFor();
  await checkFits(page);
});
