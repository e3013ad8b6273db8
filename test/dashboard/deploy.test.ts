/** A person moves traffic: with the split control, while others do the same elsewhere. */
import assert from 'node:assert/strict';
import { after, before, test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { checkAccessible, checkFits } from '../support/accessible.ts';
import { aBrowser, NARROW, type BrowserOptions, type Browsing } from '../support/browser.ts';
import { answering, makeProject } from '../support/project.ts';
import { succeeded } from '../support/run.ts';
import { startServer, type Server } from '../support/server.ts';
import { open, signIn, type SignedInto } from '../support/sign-in.ts';
import { until } from '../support/until.ts';
import { aWorker, saying } from '../support/worker-form.ts';

let server: Server;
let site: SignedInto;
/** Ids of the versions of `shop`, by what they say. */
const ids: Record<string, string> = {};

const SCRIPT = 'workers/scripts/shop';

const saved = async (text: string): Promise<void> => {
  const form = aWorker({ code: saying(text), metadata: { annotations: { 'workers/message': `Says ${text}` } } });
  const { id } = (await server.api('POST', `${SCRIPT}/versions`, form)) as { id: string };
  ids[text] = id;
};

interface Deployment {
  readonly id: string;
  readonly created_on: string;
  readonly versions: readonly { readonly version_id: string; readonly percentage: number }[];
  readonly annotations: Readonly<Record<string, string>>;
}

const active = async (): Promise<Deployment> => {
  const { deployments } = (await server.api('GET', `${SCRIPT}/deployments`)) as { deployments: readonly Deployment[] };
  const [newest] = deployments;
  assert.ok(newest);
  return newest;
};

/** `first 70, second 30` */
const split = async (): Promise<string> => {
  const texts = new Map(Object.entries(ids).map(([text, id]) => [id, text]));
  return (await active()).versions
    .map(({ version_id: id, percentage }) => `${texts.get(id)} ${percentage}`)
    .toSorted()
    .join(', ');
};

const deployed = (...shares: readonly (readonly [text: string, percentage: number])[]): Promise<unknown> =>
  server.api('POST', `${SCRIPT}/deployments`, {
    strategy: 'percentage',
    versions: shares.map(([text, percentage]) => ({ version_id: ids[text], percentage })),
  });

before(async () => {
  server = await startServer();
  site = { url: server.started.control_url ?? '', token: server.connection.token };
  await server.api('PUT', SCRIPT, aWorker({ code: saying('first') }));
  await server.api('POST', `${SCRIPT}/subdomain`, { enabled: true, previews_enabled: true });
  ids['first'] = (await active()).versions[0]?.version_id ?? '';
  await saved('second');
  await saved('third');
});
after(() => server[Symbol.asyncDispose]());

const DIALOG = '/workers/shop/deployments?dialog=deploy';

/** A browser of somebody who is signed in and has the dialog open, or another page. */
const aPerson = async (t: TestContext, path = DIALOG, options: BrowserOptions = {}): Promise<Browsing> => {
  const browser = await aBrowser(t, options);
  await signIn(browser.page, site, path);
  return browser;
};

/** So many requests tell 30 % from 50 % and from 70 %: the margin is more than six standard deviations of what chance does. */
const ENOUGH = 1_000;
const MARGIN = 0.09;

const choose = async (page: Page, picker: string, typed: string): Promise<void> => {
  await page.getByRole('button', { name: new RegExp(`^${picker}`) }).click();
  await page.getByRole('combobox', { name: new RegExp(`^${picker}`) }).fill(typed);
  await page.getByRole('combobox', { name: new RegExp(`^${picker}`) }).press('Enter');
};

const share = (page: Page, version: string) => page.getByLabel(`Share of ${version}, in per cent`);
const act = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const toast = (page: Page, text: string) => page.getByRole('region', { name: 'What has happened' }).getByText(text);

test('[UI-23] two versions and percentages are chosen, both answer in about these shares, and their traffic is counted as it comes', async (t) => {
  await using browser = await aPerson(t, '/');
  const { page } = browser;
  await page.getByRole('link', { name: 'shop', exact: true }).click();
  await page.getByRole('link', { name: 'Deployments', exact: true }).click();
  await page.getByRole('button', { name: 'Deploy version' }).click();
  await choose(page, 'New version', 'says second');
  await share(page, 'v2').fill('30');
  assert.equal(await share(page, 'v1').inputValue(), '70');
  assert.equal(await page.getByRole('slider').getAttribute('aria-valuetext'), 'v2 30%, v1 70%');
  await page
    .getByText(/of requests will get v2\. The other 70% stay on v1\.|requests? a minute will get v2/)
    .first()
    .waitFor();
  await page.getByText('Nothing blocks this.').waitFor();
  await page.getByLabel('Message for the audit log').fill('A third of them');
  await act(page, 'Deploy v2 at 30%').click();
  await toast(page, 'v2 now gets 30%. The edge follows it.').waitFor();

  assert.equal(await split(), 'first 70, second 30');
  assert.equal((await active()).annotations['workers/message'], 'A third of them');
  const since = page.getByRole('region', { name: 'Traffic since the deployment' });
  await since.getByText('No request yet since v2 got 30%.').waitFor();
  // The stream of counts is open a second after it was asked for.
  const counts = { first: 0, second: 0 };
  await until('both versions to be counted', async () => {
    for (const tally of await Promise.all([1, 2, 3, 4].map(() => server.tally('shop', 25)))) {
      counts.first += tally['first'] ?? 0;
      counts.second += tally['second'] ?? 0;
    }
    const [, requests = '0'] = /of ([\d,]+) requests/.exec((await since.textContent()) ?? '') ?? [];
    return Number(requests.replace(',', '')) >= ENOUGH;
  });
  const total = counts.first + counts.second;
  assert.ok(total >= ENOUGH, `${total} requests`);
  assert.ok(Math.abs(counts.second / total - 0.3) < MARGIN, JSON.stringify(counts));
  const [, measured = ''] = /v2 got ([\d.]+)%/.exec((await since.textContent()) ?? '') ?? [];
  assert.ok(measured !== '' && Math.abs(Number(measured) - 30) < 100 * MARGIN, measured);
});

test('[UI-24] it is raised to 100 % by keys, and taken back from the toast', async (t) => {
  await deployed(['second', 30], ['first', 70]);
  await using browser = await aPerson(t, '/workers/shop');
  const { page } = browser;
  await page.keyboard.press('d');
  await share(page, 'v2').waitFor();
  assert.equal(await page.evaluate('document.activeElement.getAttribute("aria-label")'), 'Share of v2, in per cent');
  assert.equal(await share(page, 'v2').inputValue(), '50', 'a step further than it is');
  const slider = page.getByRole('slider');
  await slider.focus();
  const moves = [
    ['ArrowRight', 'v2 51%, v1 49%'],
    ['Shift+ArrowLeft', 'v2 41%, v1 59%'],
    ['Home', 'v2 0%, v1 100%'],
    ['PageUp', 'v2 10%, v1 90%'],
    ['2', 'v2 5%, v1 95%'],
    ['6', 'v2 100%, v1 0%'],
  ] as const;
  for (const [key, words] of moves) {
    await page.keyboard.press(key);
    assert.equal(await slider.getAttribute('aria-valuetext'), words, key);
  }
  await page.getByRole('button', { name: 'Shares traffic with none' }).waitFor();
  await share(page, 'v2').focus();
  await page.keyboard.press('Enter');
  // It stays for as long as the pointer is on it.
  await toast(page, 'v2 now gets 100%.').hover();
  assert.deepEqual(Object.keys(await server.tally('shop', 20)), ['second']);

  await page.getByRole('button', { name: 'Back to 30%' }).click();
  await toast(page, 'v2 gets 30% again.').waitFor();
  assert.equal(await split(), 'first 70, second 30');
});

test('[UI-24] a saved version gets everything at once', async (t) => {
  await using browser = await aPerson(t, `/workers/shop/versions?dialog=deploy&of=${ids['third']}`, { viewport: NARROW });
  const { page } = browser;
  await checkFits(page);
  await page.getByRole('group', { name: 'Quick steps' }).getByRole('button', { name: '100%' }).click();
  await act(page, 'Deploy v3 at 100%').click();
  await toast(page, 'v3 now gets 100%.').waitFor();
  assert.deepEqual(await server.tally('shop', 20), { third: 20 });
  assert.equal(await split(), 'third 100');
});

test('[UI-25] the thumb is dragged, a share has three decimals, and what is no share is said and not sent', async (t) => {
  await deployed(['second', 10], ['first', 90]);
  await using browser = await aPerson(t, DIALOG, { colorScheme: 'dark' });
  const { page } = browser;
  await checkAccessible(page);
  const bar = await page.locator('.deploy-slider').boundingBox();
  assert.ok(bar);
  await page.mouse.move(bar.x + bar.width * 0.25, bar.y + bar.height / 2);
  await page.mouse.down();
  await page.mouse.move(bar.x + bar.width * 0.6, bar.y + 200, { steps: 5 });
  await page.mouse.up();
  assert.equal(await share(page, 'v2').inputValue(), '60');
  await share(page, 'v1').fill('99.875');
  assert.equal(await share(page, 'v2').inputValue(), '0.125');
  await share(page, 'v2').fill('125');
  await page.getByRole('alert').getByText('A share is between 0 and 100.').waitFor();
  await share(page, 'v2').fill('33.3333');
  await page.getByRole('alert').getByText('A share has at most three decimals, such as 33.333.').waitFor();
  assert.equal(await page.getByRole('button', { name: /^Deploy v2 at 0\.125%/ }).getAttribute('aria-disabled'), 'true');
  await checkAccessible(page);
  await share(page, 'v2').press('Enter');
  await share(page, 'v2').fill('0.125');
  await act(page, 'Deploy v2 at 0.125%').click();
  await toast(page, 'v2 now gets 0.125%.').waitFor();
  assert.equal(await split(), 'first 99.875, second 0.125');
});

test('[UI-26] who deploys meanwhile is told, and a form that was made before cannot overwrite it', async (t) => {
  await deployed(['second', 10], ['first', 90]);
  await using browser = await aPerson(t);
  const { page } = browser;
  await deployed(['third', 100]);
  await page
    .getByRole('status')
    .getByText(/deployed v3 at 100% while you were here\./)
    .waitFor();
  const serving = (await active()).id;
  assert.equal(await page.getByRole('button', { name: /^Deploy v2 at 25%/ }).getAttribute('aria-disabled'), 'true');
  await share(page, 'v2').press('Enter');
  await checkAccessible(page);
  await act(page, 'Start over').click();
  await page.getByRole('status').getByText('while you were here').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /^New version v3/ }).waitFor();
  assert.equal((await active()).id, serving, 'nothing was sent');
});

test('[UI-26] the server refuses it too, where the news has not come', async (t) => {
  await deployed(['second', 10], ['first', 90]);
  await using browser = await aPerson(t);
  const { page } = browser;
  browser.allow(/switchback\/v1\/events/, /status of 412/);
  await page.route('**/switchback/v1/events', (route) => route.abort());
  await open(page, site.url + DIALOG);
  await deployed(['third', 100]);
  await act(page, 'Deploy v2 at 25%').click();
  await page
    .getByRole('status')
    .getByText(/deployed v3 at 100% while you were here\./)
    .waitFor();
  assert.equal(await split(), 'third 100');
});

test('[UI-27] what wrangler deploys elsewhere is shown at once', async (t) => {
  const project = makeProject({ dir: server.projectFolder('shop'), name: 'shop', code: answering('unused') });
  await deployed(['third', 100]);
  await using browser = await aPerson(t, '/workers/shop/deployments');
  const { page } = browser;
  const shown = page
    .getByRole('img', { name: 'v2 40%, v1 60%', exact: true })
    .first()
    .waitFor()
    .then(() => Date.now());
  const args = ['versions', 'deploy', `${ids['second']}@40`, `${ids['first']}@60`, '-y'];
  succeeded(await server.client('4.164', args, { project }));
  const late = (await shown) - Date.parse((await active()).created_on);
  t.diagnostic(`shown ${late} ms after it was deployed`);
  // Promised within a second of a machine with nothing else to do.
  assert.ok(late < 10_000, `${late} ms`);
});
