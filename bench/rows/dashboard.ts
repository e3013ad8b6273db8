import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium } from '../../test/support/chromium.ts';
import { atMost, ofEvents, withAim, type Figure, type Row } from '../figure.ts';
import { fillStore, type History } from '../fill-store.ts';
import { Product } from '../product.ts';
import { newFolder } from '../scratch.ts';
import { spreadOf } from '../spread.ts';
import { until } from '../until.ts';

const ASSETS = join(import.meta.dirname, '..', '..', 'dist', 'dashboard', 'assets');
const MOST_KB = 200;
const MOST_INTERACTIVE_MS = 1_000;
/** What Google's "good" pages have at most is 0.1 (https://web.dev/articles/cls); a line of text that moves is 0.01. */
const MOST_SHIFT = 0.01;
/** Three frames of 60 Hz: more is seen as a stop. */
const MOST_FRAME_MS = 50;
const LONG = 5_000;
const VERSIONS_OF = 'long-lived';

/** Tells when the first row stood there to be pressed, and how much moved. Runs in each page before its own scripts. */
const WATCH = `{
  globalThis.watched = { shift: 0 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) watched.shift += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
  const look = () => {
    if (document.querySelector('main tbody a') === null) requestAnimationFrame(look);
    else requestAnimationFrame(() => (watched.readyMs = performance.now()));
  };
  look();
}`;

/** Scrolls as a hand on a wheel does, a step each frame; answers how long each frame took. */
const SCROLL = `new Promise((resolve) => {
  const frames = [];
  let before = performance.now();
  const step = (now) => {
    frames.push(now - before);
    before = now;
    scrollBy(0, 240);
    if (frames.length < 180) requestAnimationFrame(step);
    else resolve(frames.slice(1));
  };
  requestAnimationFrame(step);
})`;

export const dashboard: Row = {
  name: 'dashboard',
  title: 'The dashboard in a browser, with 5,000 Workers, and 5,000 versions of one in as many deployments',
  measure: async (run) => {
    const folder = newFolder('dashboard');
    const { isQuick, say } = run;
    say(`storing ${LONG} Workers, and ${LONG} versions of one in as many deployments`);
    const many: readonly History[] = Array.from({ length: LONG }, (_, at) => ({ name: `worker-${at}`, versions: 1, deployments: 0 }));
    await fillStore(join(folder, 'data'), [...many, { name: VERSIONS_OF, versions: LONG, deployments: LONG }]);
    await using product = await Product.start(folder);
    await using browser = await launchChromium();
    run.tell(`Chromium ${browser.version()} without a graphics card, 1440 × 900; each round with an empty cache`);
    const state = await signedIn(browser, product);
    const [ready, shift]: [number[], number[]] = [[], []];
    for (let round = 0; round < (isQuick ? 3 : 15); round += 1) {
      say(`opening the list, ${round + 1}`);
      await using context = await aContext(browser, state);
      const seen = await opened(await context.newPage(), product.controlUrl);
      ready.push(seen.readyMs);
      shift.push(seen.shift);
    }
    return [
      script(await scriptsOf(browser, product, state)),
      withAim(
        { name: 'navigation to the first row', unit: 'ms', ours: spreadOf(ready) },
        atMost(spreadOf(ready).median, MOST_INTERACTIVE_MS, 'ms'),
      ),
      withAim({ name: 'cumulative layout shift', unit: '', ours: spreadOf(shift) }, atMost(spreadOf(shift).median, MOST_SHIFT, '')),
      await scrolled(browser, product, state, 'the Workers', '/'),
      await scrolled(browser, product, state, 'the versions', `/workers/${VERSIONS_OF}/versions`),
    ];
  },
};

type State = Awaited<ReturnType<BrowserContext['storageState']>>;

const aContext = async (browser: Browser, storageState?: State): Promise<BrowserContext> => {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    ...(storageState === undefined ? {} : { storageState }),
  });
  await context.addInitScript(WATCH);
  return context;
};

const signedIn = async (browser: Browser, product: Product): Promise<State> => {
  await using context = await aContext(browser);
  const page = await context.newPage();
  const { api_token: token } = JSON.parse(readFileSync(join(product.dataDir, 'credentials'), 'utf8')) as { api_token: string };
  await page.goto(product.controlUrl);
  await page.getByLabel('API token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('main tbody a').first().waitFor();
  return await context.storageState();
};

const opened = async (page: Page, url: string): Promise<{ readonly readyMs: number; readonly shift: number }> => {
  await page.goto(url);
  await until('the first row', async () => (await page.evaluate('watched.readyMs !== undefined')) === true);
  // What comes after the rows may move them.
  await page.waitForLoadState('load');
  await page.waitForTimeout(500);
  return (await page.evaluate('watched')) as { readyMs: number; shift: number }; // As WATCH writes it.
};

const scriptsOf = async (browser: Browser, product: Product, state: State): Promise<readonly string[]> => {
  await using context = await aContext(browser, state);
  const page = await context.newPage();
  const names = new Set<string>();
  page.on(
    'request',
    (request) => request.resourceType() === 'script' && names.add(new URL(request.url()).pathname.split('/').at(-1) ?? ''),
  );
  await opened(page, product.controlUrl);
  return [...names];
};

const script = (names: readonly string[]): Figure => {
  const files = new Set(readdirSync(ASSETS));
  const bytes = names.reduce((sum, name) => sum + statSync(join(ASSETS, files.has(`${name}.gz`) ? `${name}.gz` : name)).size, 0);
  return withAim(
    { name: 'JavaScript of the first page, gzip', unit: 'KB', ours: spreadOf([bytes / 1024]) },
    atMost(bytes / 1024, MOST_KB, 'KB'),
  );
};

const scrolled = async (browser: Browser, product: Product, state: State, what: string, path: string): Promise<Figure> => {
  await using context = await aContext(browser, state);
  const page = await context.newPage();
  await opened(page, product.controlUrl + path);
  const frames = (await page.evaluate(SCROLL)) as readonly number[]; // As SCROLL answers.
  const ours = ofEvents(frames);
  return withAim({ name: `a frame of scrolling ${what}`, unit: 'ms', ours }, atMost(ours.p99 ?? Infinity, MOST_FRAME_MS, 'ms p99'));
};
