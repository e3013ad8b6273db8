import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium } from '../../test/support/chromium.ts';
import { open } from '../../test/support/sign-in.ts';
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
/** Two of them: one frame was left out. */
const LATE_FRAME_MS = 33.4;
/** Nothing moves any more once nothing has for so long. */
const STILL_MS = 250;
const LONG = 5_000;
const VERSIONS_OF = 'long-lived';

/**
 * Notes, in milliseconds since the navigation began, when the first row was drawn, and when the heading of a
 * Worker's page was after a press; and how much moved that nobody had pressed for. Runs in each page before its own scripts.
 */
const WATCH = `{
  globalThis.watched = { shift: 0, shiftedMs: 0 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput) continue;
      watched.shift += entry.value;
      watched.shiftedMs = performance.now();
    }
  }).observe({ type: 'layout-shift', buffered: true });
  const drawn = (selector) => new Promise((resolve) => {
    const look = () => {
      const element = document.querySelector(selector);
      if (element === null) requestAnimationFrame(look);
      else requestAnimationFrame(() => resolve({ now: performance.now(), box: element.getBoundingClientRect().toJSON() }));
    };
    look();
  });
  globalThis.row = drawn('main tbody a');
  globalThis.worker = new Promise((resolve) => addEventListener('click', () => resolve(drawn('.worker-head h1')), { capture: true }));
}`;

interface Watched {
  readonly shift: number;
  readonly shiftedMs: number;
}

/** When an element was drawn, and where. */
interface Drawn {
  readonly now: number;
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

const drawnIn = async (page: Page, what: 'row' | 'worker'): Promise<Drawn> => (await page.evaluate(what)) as Drawn; // The same.

const watchedIn = async (page: Page): Promise<Watched> => (await page.evaluate('watched')) as Watched; // As WATCH writes it.

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
    const [ready, pressed, shift]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < (isQuick ? 3 : 15); round += 1) {
      say(`opening the list, ${round + 1}`);
      const seen = await opened(browser, state, product.controlUrl);
      ready.push(seen.readyMs);
      shift.push(seen.shift);
      pressed.push(await pressedAtOnce(browser, state, product.controlUrl));
    }
    return [
      script(await scriptsOf(browser, product, state)),
      { name: 'from navigation to the first row', unit: 'ms', ours: spreadOf(ready) },
      withAim(
        { name: 'from navigation, with a press on that row at once, to the heading of its Worker', unit: 'ms', ours: spreadOf(pressed) },
        atMost(spreadOf(pressed).median, MOST_INTERACTIVE_MS, 'ms'),
      ),
      withAim({ name: 'cumulative layout shift', unit: '', ours: spreadOf(shift) }, atMost(spreadOf(shift).median, MOST_SHIFT, '')),
      ...(await scrolled(browser, state, 'the Workers', product.controlUrl)),
      ...(await scrolled(browser, state, 'the versions', `${product.controlUrl}/workers/${VERSIONS_OF}/versions`)),
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

/** A page from its navigation on, until all that it asked for is there and nothing moves any more. */
const opened = async (browser: Browser, state: State, url: string) => {
  await using context = await aContext(browser, state);
  const page = await context.newPage();
  const { shift } = await still(page, url);
  return { readyMs: (await drawnIn(page, 'row')).now, shift };
};

const still = async (page: Page, url: string): Promise<Watched> => {
  await open(page, url);
  await until('nothing to move any more', async () => {
    const { shiftedMs } = await watchedIn(page);
    return (await now(page)) - shiftedMs > STILL_MS;
  });
  return await watchedIn(page);
};

const now = async (page: Page): Promise<number> => (await page.evaluate('performance.now()')) as number;

/** The mouse is put down on the first row as soon as that was drawn, whatever else the page has still to do. */
const pressedAtOnce = async (browser: Browser, state: State, url: string): Promise<number> => {
  await using context = await aContext(browser, state);
  const page = await context.newPage();
  await page.goto(url, { waitUntil: 'commit' });
  const { box } = await drawnIn(page, 'row');
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  return (await drawnIn(page, 'worker')).now;
};

const scriptsOf = async (browser: Browser, product: Product, state: State): Promise<readonly string[]> => {
  await using context = await aContext(browser, state);
  const page = await context.newPage();
  const names = new Set<string>();
  page.on(
    'request',
    (request) => request.resourceType() === 'script' && names.add(new URL(request.url()).pathname.split('/').at(-1) ?? ''),
  );
  await still(page, product.controlUrl);
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

const scrolled = async (browser: Browser, state: State, what: string, url: string): Promise<readonly Figure[]> => {
  await using context = await aContext(browser, state);
  const page = await context.newPage();
  await still(page, url);
  const frames = (await page.evaluate(SCROLL)) as readonly number[]; // As SCROLL answers.
  const ours = ofEvents(frames);
  const late = (100 * frames.filter((ms) => ms > LATE_FRAME_MS).length) / frames.length;
  return [
    withAim({ name: `a frame of scrolling ${what}`, unit: 'ms', ours }, atMost(ours.p99 ?? Infinity, MOST_FRAME_MS, 'ms p99')),
    { name: 'of these frames, longer than 33 ms', unit: '%', ours: spreadOf([late]) },
  ];
};
