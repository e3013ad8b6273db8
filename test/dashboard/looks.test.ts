/** The dashboard as people see it who chose colours of their own, or want nothing to move. */
import assert from 'node:assert/strict';
import { after, before, test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { aBrowser, type BrowserOptions, type Browsing } from '../support/browser.ts';
import { startServer, type Server } from '../support/server.ts';
import { open, signIn } from '../support/sign-in.ts';
import { until } from '../support/until.ts';
import { aWorker, saying } from '../support/worker-form.ts';

const SCRIPT = 'workers/scripts/shop';

let server: Server;
let url: string;
/** The first version first. */
const ids: string[] = [];

const deploy = (shares: Readonly<Record<number, number>>): Promise<unknown> =>
  server.api('POST', `${SCRIPT}/deployments`, {
    strategy: 'percentage',
    versions: Object.entries(shares).map(([number, percentage]) => ({ version_id: ids[Number(number) - 1], percentage })),
  });

before(async () => {
  server = await startServer();
  url = server.started.control_url ?? '';
  await server.api('PUT', SCRIPT, aWorker({ code: saying('one') }));
  await server.api('POST', `${SCRIPT}/versions`, aWorker({ code: saying('two') }));
  const { items } = (await server.api('GET', `${SCRIPT}/versions`)) as { readonly items: readonly { readonly id: string }[] };
  ids.push(...items.map(({ id }) => id).toReversed());
  await deploy({ 2: 40, 1: 60 });
});
after(() => server[Symbol.asyncDispose]());

const at = async (t: TestContext, path: string, options?: BrowserOptions): Promise<Browsing> => {
  const browser = await aBrowser(t, options);
  // What observes starts behind the rest.
  browser.allow(/status of 503/);
  await signIn(browser.page, { url, token: server.connection.token }, path);
  return browser;
};

/** Of each element that the selector finds, what is computed of these properties. */
const computed = (page: Page, selector: string, properties: readonly string[], pseudo?: string): Promise<readonly string[]> =>
  page.evaluate(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].map((each) => {
      const style = getComputedStyle(each, ${JSON.stringify(pseudo ?? null)});
      return ${JSON.stringify(properties)}.map((property) => style.getPropertyValue(property)).join(' ');
    })`,
  ) as Promise<readonly string[]>; // As it says.

/** How something is set off from what is beside it, without a hue of ours and without the weight of its letters. */
const SET_OFF = ['background-color', 'color', 'border-bottom-color', 'border-bottom-width', 'outline-style', 'outline-width'];

const looksLikeNoOther = async (page: Page, chosen: string, others: string): Promise<void> => {
  const [own] = await computed(page, chosen, SET_OFF);
  const rest = await computed(page, others, SET_OFF);
  assert.ok(own !== undefined && rest.length > 0, `${chosen} and ${others} are there`);
  assert.ok(!rest.includes(own), `${chosen} looks like ${others}: ${own}`);
};

for (const colorScheme of ['light', 'dark'] as const) {
  test(`[UI-120] with the system’s own colours, ${colorScheme}, the parts of a split are told apart, and so is what is chosen and what has the focus`, async (t) => {
    await using browser = await at(t, '/workers/shop', { colorScheme });
    const { page } = browser;
    await page.emulateMedia({ forcedColors: 'active' });
    await page.getByRole('img', { name: 'v2 40%, v1 60%' }).first().waitFor();
    const [paper = ''] = await computed(page, 'body', ['background-color']);
    const bar = await computed(page, '.split > *', ['background-color']);
    const chips = await computed(page, 'main .chip', ['background-color'], '::before');
    for (const parts of [bar, chips]) {
      assert.ok(parts.length >= 2);
      assert.equal(new Set([...parts, paper]).size, 3, `${parts.join(', ')} on ${paper}`);
    }
    await looksLikeNoOther(page, '.tabs > [aria-current=page]', '.tabs > :not([aria-current=page])');
    await looksLikeNoOther(page, '.segments > [aria-pressed=true]', '.segments > [aria-pressed=false]');
    await looksLikeNoOther(page, '.rail nav [aria-current=page]', '.rail nav a:not([aria-current=page])');
    await page.keyboard.press('Tab');
    const [focus = ''] = await computed(page, ':focus-visible', ['outline-style', 'outline-width']);
    assert.match(focus, /^solid [2-9]px$/);

    await open(page, `${url}/workers/shop?dialog=deploy`);
    const [edge = ''] = await computed(page, '.dialog[open]', ['border-top-style', 'border-top-width', 'outline-style', 'outline-width']);
    assert.match(edge, /solid [1-9]/, 'a dialog has an edge');
    await looksLikeNoOther(page, '.deploy-steps > [aria-pressed=true]', '.deploy-steps > [aria-pressed=false]');
  });
}

/** How long the longest movement of anything on the page takes that a style sets, in seconds. */
const longestMovement = async (page: Page): Promise<number> => {
  const times = await computed(page, 'body *', ['transition-duration', 'animation-duration']);
  return Math.max(...times.flatMap((each) => each.split(/[ ,]+/)).map(parseFloat));
};

test('[UI-121] who wants nothing to move sees a split jump to its new shares; anybody else sees it go there', async (t) => {
  await deploy({ 2: 40, 1: 60 });
  await using still = await at(t, '/workers/shop');
  await using moving = await at(t, '/workers/shop', { hasMotion: true });
  assert.equal(await longestMovement(still.page), 0);
  assert.ok((await longestMovement(moving.page)) > 0.3);
  for (const { page } of [still, moving])
    await page.evaluate("globalThis.moved = 0; document.addEventListener('transitionrun', () => (globalThis.moved += 1))");
  await deploy({ 2: 80, 1: 20 });
  for (const { page } of [still, moving]) await page.getByRole('img', { name: 'v2 80%, v1 20%' }).first().waitFor();
  await until('the split to have moved', async () => Number(await moving.page.evaluate('moved')) > 0);
  assert.equal(await still.page.evaluate('moved'), 0);
});
