import assert from 'node:assert/strict';
import { after, before, test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { checkAccessible, checkFits } from '../support/accessible.ts';
import { aBrowser, NARROW, type Browsing } from '../support/browser.ts';
import { startServer, type Server } from '../support/server.ts';
import { signIn, whole } from '../support/sign-in.ts';
import { until } from '../support/until.ts';
import { aWorker, saying } from '../support/worker-form.ts';

const SCRIPT = 'workers/scripts/till';
const FAULT = 'no price is known';
/** Fails every third time. */
const FAILING = `let calls = 0;
export default {
  fetch() {
    calls += 1;
    if (calls % 3 === 0) throw new TypeError(${JSON.stringify(FAULT)});
    return new Response('v2');
  },
};
`;

const saidOf = (message: string) => ({ metadata: { annotations: { 'workers/message': message } } });

let server: Server;
/** By number. */
const ids = new Map<number, string>();

const deploy = (shares: Readonly<Record<number, number>>): Promise<unknown> =>
  server.api('POST', `${SCRIPT}/deployments`, {
    strategy: 'percentage',
    versions: Object.entries(shares).map(([number, percentage]) => ({ version_id: ids.get(Number(number)), percentage })),
  });

const visitTimes = async (times: number): Promise<void> => {
  for (let visit = 0; visit < times; visit += 10) await Promise.all(Array.from({ length: 10 }, () => server.visit('till')));
};

before(async () => {
  server = await startServer();
  await server.api('PUT', SCRIPT, aWorker({ code: saying('v1'), ...saidOf('Round after tax') }));
  await server.api('POST', `${SCRIPT}/subdomain`, { enabled: true });
  await server.api('POST', `${SCRIPT}/versions`, aWorker({ code: FAILING, ...saidOf('Read prices once') }));
  const { items } = (await server.api('GET', `${SCRIPT}/versions`)) as { items: readonly { id: string; number: number }[] };
  for (const { id, number } of items) ids.set(number, id);
});

after(() => server[Symbol.asyncDispose]());

/** Signed in, at a path. */
const aPage = async (t: TestContext, path: string, allowed: readonly RegExp[] = []): Promise<Browsing> => {
  const browser = await aBrowser(t);
  browser.allow(/status of 401/, ...allowed);
  await signIn(browser.page, { url: server.started.control_url ?? '', token: server.connection.token }, path);
  return browser;
};

const metric = (page: Page, title: string) =>
  page.getByRole('article').filter({ has: page.getByRole('heading', { name: new RegExp(`^${title}`) }) });

/** Requests a minute of a version, as the page shows them; 0 where it shows none. */
const requestsOf = async (page: Page, version: string): Promise<number> => {
  const text = (await metric(page, 'Requests').textContent()) ?? '';
  return Number(new RegExp(`${version}\\s*([\\d,]+)`).exec(text)?.[1]?.replaceAll(',', '') ?? 0);
};

test('[UI-1] the overview shows what serves, counts while traffic moves, and says which version fails more', async (t) => {
  await deploy({ 2: 50, 1: 50 });
  await using browser = await aPage(t, '/workers/till');
  const { page } = browser;
  await page.getByRole('img', { name: 'v2 50%, v1 50%' }).waitFor();
  const board = page.getByRole('region', { name: 'What serves' });
  for (const text of ['Read prices once', 'Round after tax']) await board.getByText(text).waitFor();
  await board.getByText(/^At 50% for/).waitFor();
  await metric(page, 'Errors').getByText('Too early:').waitFor();

  await visitTimes(200);
  await until('the counts to move', async () => (await requestsOf(page, 'v2')) > 0 && (await requestsOf(page, 'v1')) > 0);
  await visitTimes(400);
  await until('the page to say who fails', async () => {
    await page.reload();
    await whole(page);
    return metric(page, 'Errors').getByText('v2 fails more often').isVisible();
  });
  // What was measured is held against a share once it has been set for 5 minutes.
  await board
    .getByText(/about \d+ requests? a minute/)
    .first()
    .waitFor();
  await metric(page, 'Requests').getByText('Traffic follows the split.').waitFor();

  const row = page.getByRole('row').filter({ hasText: `TypeError: ${FAULT}` });
  await row.getByText('Only in v2').waitFor();
  assert.match((await row.textContent()) ?? '', /never/);
  await page.getByRole('img', { name: /^Errors share of requests: v2 / }).waitFor();
  await page.getByRole('button', { name: 'Show as table' }).click();
  await page.getByRole('columnheader', { name: 'Latency p99, v2' }).waitFor();

  await checkAccessible(page, 'the overview, with traffic');
  await page.emulateMedia({ colorScheme: 'dark' });
  await checkAccessible(page, 'the overview, with traffic, dark');
  await page.setViewportSize(NARROW);
  await checkAccessible(page, 'the overview, with traffic, narrow');
  await checkFits(page, 'the overview, with traffic');

  await row.getByRole('link').click();
  await page.waitForURL(/\/workers\/till\/logs\?/);
  assert.match(new URL(page.url()).searchParams.get('q') ?? '', new RegExp(FAULT));
});

test('[UI-2] what somebody deploys elsewhere is on every page of the Worker at once, and what left is named', async (t) => {
  await deploy({ 2: 50, 1: 50 });
  await using browser = await aPage(t, '/workers/till');
  const { page } = browser;
  await page.getByRole('img', { name: 'v2 50%, v1 50%' }).waitFor();
  await deploy({ 2: 25, 1: 75 });
  await page.getByRole('img', { name: 'v2 25%, v1 75%' }).waitFor();
  await page.getByRole('listitem').filter({ hasText: 'lowered v2 to 25%' }).first().waitFor();

  await page.getByRole('navigation', { name: 'Of the Worker' }).getByRole('link', { name: 'Triggers' }).click();
  await page.getByRole('img', { name: 'v2 25%, v1 75%' }).waitFor();
  await deploy({ 2: 100 });
  await page.getByRole('img', { name: 'v2 100%' }).waitFor();
  await page.getByText(/v1 left at \d\d:\d\d/).waitFor();
});

test('[UI-3] a Worker that does not exist says so, and one that has never been other than it is has nothing to go back to', async (t) => {
  await server.api('PUT', 'workers/scripts/alone', aWorker({ code: saying('alone') }));
  await using browser = await aPage(t, '/workers/nobody', [/status of 404/]);
  const { page } = browser;
  await page.getByRole('heading', { level: 1, name: 'There is no Worker nobody' }).waitFor();
  await page.getByRole('link', { name: 'To the Workers' }).click();
  await page.getByRole('link', { name: 'alone' }).click();
  await page.getByRole('img', { name: 'v1 100%' }).waitFor();
  const rollback = page.getByRole('button', { name: 'Rollback' });
  assert.equal(await rollback.getAttribute('aria-disabled'), 'true');
  await page.locator('p').filter({ hasText: 'No other version has served: nothing to go back to.' }).waitFor();
  await page.keyboard.press('r');
  assert.equal(await page.getByRole('dialog').count(), 0);
});

test('[UI-4] the page on observability says what is kept, what was lost, and how others read it', async (t) => {
  await using browser = await aPage(t, '/observability');
  const { page } = browser;
  for (const name of ['What is kept', 'What was lost', 'Prometheus and Grafana']) await page.getByRole('heading', { name }).waitFor();
  const { control_url: control = '' } = server.started;
  await page.getByText(new URL(control).host).waitFor();
  await page.locator('p', { hasText: /^Nothing since today \d\d:\d\d, when the process that collects started\.$/ }).waitFor();
});

test('[UI-123] a long message leaves the page readable, the tab one is on is in sight, and a domain hides no address', async (t) => {
  const long = saidOf('A very long message. '.repeat(20).trim());
  await server.api('PUT', 'workers/scripts/long', aWorker({ code: saying('long'), ...long }));
  await server.api('POST', 'workers/scripts/long/subdomain', { enabled: true });
  const { id: zone_id } = (await server.api('POST', '/zones', { name: 'shop.test' })) as { id: string };
  await server.api('PUT', 'workers/domains', { hostname: 'www.shop.test', service: 'long', zone_id });
  await using browser = await aPage(t, '/workers/long');
  const { page } = browser;
  const messages = page.getByTitle('A very long message.');
  await until('the board and the activity to have it', async () => (await messages.count()) === 2);
  for (const message of await messages.all()) {
    const { height = 0 } = (await message.boundingBox()) ?? {};
    assert.ok(height > 0 && height <= 44, `two lines at most: ${height} px`);
  }
  for (const address of [/^www\.shop\.test/, /^long\./]) await page.getByRole('link', { name: address }).waitFor();

  await page.setViewportSize(NARROW);
  const tabs = page.getByRole('navigation', { name: 'Of the Worker' });
  await tabs.getByRole('link', { name: 'Settings' }).click();
  await whole(page);
  await until('the tab to be in sight', async () => {
    const { x = -1, width = 0 } = (await tabs.getByRole('link', { name: 'Settings' }).boundingBox()) ?? {};
    return x >= 0 && x + width <= NARROW.width;
  });
  assert.equal(await page.evaluate('scrollY'), 0, 'the page has not moved');
  await checkFits(page, 'a Worker on a phone');
  await page.getByRole('button', { name: 'Edit code' }).click();
  await page.waitForURL(/\/workers\/long\/edit/);
});
