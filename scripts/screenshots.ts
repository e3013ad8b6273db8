/**
 * Pictures of every screen of the dashboard, light and dark, wide and narrow: of a shop with a past (test/support/lived-in.ts), which
 * the product itself serves, with visitors.
 *
 *     npm run screenshots                                   all, to docs/screenshots
 *     npm run screenshots -- --only deployments             those whose name has this in it (repeatable)
 *     npm run screenshots -- --only 01-workers-390-dark
 *     npm run screenshots -- --out /tmp/look --keep /tmp/shop
 *
 * `--keep` makes the shop in that folder once and finds it again the next time, which saves most of the time; what it shows as
 * "now" gets older meanwhile. While a page is being made: `node scripts/build-dashboard.mjs && bin/node scripts/screenshots.ts …`.
 * A screen is a line of SCREENS: its address, and what is done there before the picture is taken.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../test/support/chromium.ts';
import { contextOf, NARROW, WIDE } from '../test/support/person.ts';
import { aLivedInData, livedInToken, traffic } from '../test/support/lived-in.ts';
import { startServer, type Server } from '../test/support/server.ts';
import { signIn, whole } from '../test/support/sign-in.ts';

/** What addresses need to know of the shop. */
interface Shop {
  /** The ids of `checkout`'s versions, by number. */
  readonly version: (number: number) => string;
  /** The deployment that serves of `checkout`. */
  readonly deployment: string;
}

interface Screen {
  readonly name: string;
  readonly path: (shop: Shop) => string;
  readonly prepare?: (page: Page) => Promise<unknown>;
  /** What lies over the page is as high as the window, and the window stays as it is. */
  readonly isOver?: true;
  readonly isSignedOut?: true;
}

const at = (path: string) => (): string => path;

const SCREENS: readonly Screen[] = [
  { name: '01-workers', path: at('/') },
  { name: '02-worker', path: at('/workers/checkout') },
  {
    name: '03-deployments',
    path: at('/workers/checkout/deployments'),
    prepare: (page) => page.locator('[data-row-menu]').nth(3).click(),
  },
  { name: '04-deploy', path: at('/workers/checkout?dialog=deploy'), isOver: true },
  { name: '05-compare', path: ({ version }) => `/workers/checkout/compare?version=${version(42)}&baseline=${version(41)}` },
  { name: '06-rollback', path: at('/workers/checkout?dialog=rollback'), isOver: true },
  { name: '07-versions', path: at('/workers/checkout/versions') },
  { name: '08-version', path: ({ version }) => `/workers/checkout/versions/${version(42)}` },
  { name: '09-deployment', path: ({ deployment }) => `/workers/checkout/deployments/${deployment}` },
  { name: '10-edit-code', path: at('/workers/checkout/edit'), isOver: true },
  { name: '11-logs', path: at('/workers/checkout/logs') },
  { name: '12-triggers', path: at('/workers/checkout/triggers') },
  { name: '13-settings', path: at('/workers/checkout/settings') },
  { name: '14-observability', path: at('/observability') },
  { name: '15-logpush', path: at('/logpush') },
  { name: '16-audit', path: at('/audit') },
  { name: '17-tokens', path: at('/tokens') },
  { name: '18-create', path: at('/create') },
  { name: '19-sign-in', path: at('/sign-in'), isSignedOut: true },
  { name: '20-failing', path: at('/workers/image-resize') },
  { name: '21-idle', path: at('/workers/newsletter') },
  { name: '22-no-such-worker', path: at('/workers/nobody') },
  { name: '23-go-to', path: at('/'), prepare: (page) => page.keyboard.press('Control+k'), isOver: true },
  { name: '24-keys', path: at('/'), prepare: (page) => page.keyboard.press('?'), isOver: true },
];

/** Higher than this a picture shows less by being looked at than by being scrolled. */
const MOST_HEIGHT = 1_800;

/** A page that does not come must not hold up the others. */
const PATIENCE_MS = 10_000;

interface Look {
  readonly suffix: string;
  readonly viewport: typeof WIDE | typeof NARROW;
  readonly colorScheme: 'light' | 'dark';
}

const LOOKS: readonly Look[] = [
  { suffix: '-light', viewport: WIDE, colorScheme: 'light' },
  { suffix: '-dark', viewport: WIDE, colorScheme: 'dark' },
  { suffix: '-390-light', viewport: NARROW, colorScheme: 'light' },
  { suffix: '-390-dark', viewport: NARROW, colorScheme: 'dark' },
];

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    out: { type: 'string', default: join(import.meta.dirname, '..', 'docs', 'screenshots') },
    keep: { type: 'string' },
  },
});

const note = (text: string): void => void process.stderr.write(`${text}\n`);

const main = async (): Promise<void> => {
  const isWanted = (name: string): boolean => values.only.length === 0 || values.only.some((word) => name.includes(word));
  const screensOf = ({ suffix }: Look): readonly Screen[] => SCREENS.filter(({ name }) => isWanted(name + suffix));
  if (LOOKS.every((look) => screensOf(look).length === 0))
    throw new Error(`There is no such screen. The screens are: ${SCREENS.map(({ name }) => name).join(', ')}.`);
  await using ends = new AsyncDisposableStack();
  const folder = resolve(values.keep ?? mkdtempSync(join(tmpdir(), 'switchback-pictures-')));
  if (values.keep === undefined) ends.defer(() => rmSync(folder, { recursive: true, force: true }));
  const token = await shopIn(folder);
  note('Starting the server');
  const server = ends.adopt(await startServer({ folder }), async (started) => void (await started.stop()));
  const visitors = new AbortController();
  const visiting = traffic(server, { perSecond: 2, signal: visitors.signal });
  ends.defer(() => (visitors.abort(), visiting));
  const browser = ends.adopt(await launchChromium(), (opened) => opened.close());
  const shop = await shopOf(server);
  mkdirSync(values.out, { recursive: true });
  for (const look of LOOKS)
    if (screensOf(look).length > 0) await picture(browser, look, screensOf(look), { url: controlUrl(server), token, shop });
};

/** Answers the token of the person whom the pictures show. */
const shopIn = async (folder: string): Promise<string> => {
  if (existsSync(join(folder, 'data', 'credentials'))) return livedInToken(folder);
  note('Making a shop with a past (half a minute)');
  return (await aLivedInData(folder)).token;
};

const controlUrl = ({ started }: Server): string => started.control_url ?? '';

const shopOf = async (server: Server): Promise<Shop> => {
  const { items } = (await server.api('GET', 'workers/scripts/checkout/versions?per_page=100')) as {
    readonly items: readonly { readonly id: string; readonly number: number }[];
  };
  const { deployments } = (await server.api('GET', 'workers/scripts/checkout/deployments')) as {
    readonly deployments: readonly { readonly id: string }[];
  };
  return { version: (wanted) => items.find(({ number }) => number === wanted)?.id ?? '', deployment: deployments[0]?.id ?? '' };
};

interface Site {
  readonly url: string;
  readonly token: string;
  readonly shop: Shop;
}

const picture = async (browser: Browser, look: Look, screens: readonly Screen[], site: Site): Promise<void> => {
  const { viewport } = look;
  const [visitor, person] = [await browser.newContext(contextOf(look)), await browser.newContext(contextOf(look))];
  for (const context of [visitor, person]) context.setDefaultTimeout(PATIENCE_MS);
  await signIn(await person.newPage(), site);
  for (const { name, path, prepare, isOver, isSignedOut } of screens) {
    const page = await (isSignedOut === true ? visitor : person).newPage();
    page.on('pageerror', (error) => note(`  ${name}: ${error.message}`));
    page.on('console', (message) => message.type() === 'error' && note(`  ${name}: ${message.text()} ${message.location().url}`));
    try {
      await page.goto(site.url + path(site.shop));
      await whole(page);
      // As high as what is on it, so that what stands at the foot of the window is at the foot of the picture.
      const height = Number(await page.evaluate('document.documentElement.scrollHeight'));
      if (isOver === undefined)
        await page.setViewportSize({ ...viewport, height: Math.min(MOST_HEIGHT, Math.max(viewport.height, height)) });
      await whole(page);
      await prepare?.(page);
      await whole(page);
      await page.screenshot({ path: join(values.out, `${name}${look.suffix}.png`), animations: 'disabled', caret: 'hide' });
      note(`${name}${look.suffix}`);
    } catch (error) {
      process.exitCode = 1;
      note(`${name}${look.suffix} could not be made: ${String(error)}`);
    } finally {
      await page.close();
    }
  }
  await visitor.close();
  await person.close();
};

await main();
