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
 * What is pictured is in scripts/pictures; docs/screenshots/README.md is written with it when all pictures are made.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium } from '../test/support/chromium.ts';
import { contextOf, NARROW, WIDE } from '../test/support/person.ts';
import { aLivedInData, livedInToken, startLivedIn, traffic } from '../test/support/lived-in.ts';
import type { Server } from '../test/support/server.ts';
import { signIn, whole } from '../test/support/sign-in.ts';
import { listOf } from './pictures/list.ts';
import type { Screen, Shop } from './pictures/screen.ts';
import { SCREENS } from './pictures/screens.ts';
import { STATES } from './pictures/states.ts';

const ALL: readonly Screen[] = [...SCREENS, ...STATES];

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
  const wanted = (screens: readonly Screen[], { suffix, viewport }: Look): readonly Screen[] =>
    screens
      .filter(() => screens === SCREENS || viewport === WIDE)
      .filter(({ name }) => values.only.length === 0 || values.only.some((word) => (name + suffix).includes(word)));
  if (LOOKS.every((look) => wanted(ALL, look).length === 0))
    throw new Error(`There is no such screen. The screens are: ${ALL.map(({ name }) => name).join(', ')}.`);
  await using ends = new AsyncDisposableStack();
  const folder = resolve(values.keep ?? mkdtempSync(join(tmpdir(), 'switchback-pictures-')));
  if (values.keep === undefined) ends.defer(() => rmSync(folder, { recursive: true, force: true }));
  const token = await shopIn(folder);
  note('Starting the server');
  const server = await startLivedIn(folder, ends);
  const visitors = new AbortController();
  const visiting = traffic(server, { perSecond: 2, signal: visitors.signal });
  ends.defer(() => (visitors.abort(), visiting));
  const browser = ends.adopt(await launchChromium(), (opened) => opened.close());
  const site = { url: server.started.control_url ?? '', token, shop: await shopOf(server, folder) };
  mkdirSync(values.out, { recursive: true });
  // States come last: some of them change the shop.
  for (const screens of [SCREENS, STATES])
    for (const look of LOOKS) if (wanted(screens, look).length > 0) await pictures(browser, look, wanted(screens, look), site);
  if (values.only.length === 0) writeFileSync(join(values.out, 'README.md'), listOf(SCREENS, STATES));
};

/** Answers the token of the person whom the pictures show. */
const shopIn = async (folder: string): Promise<string> => {
  if (existsSync(join(folder, 'data', 'credentials'))) return livedInToken(folder);
  note('Making a shop with a past (half a minute)');
  return (await aLivedInData(folder)).token;
};

const WITH_VERSIONS = ['checkout', 'search'] as const;

const shopOf = async (server: Server, folder: string): Promise<Shop> => {
  const ids = new Map<string, string>();
  for (const worker of WITH_VERSIONS) {
    const { items } = (await server.api('GET', `workers/scripts/${worker}/versions?per_page=100`)) as {
      readonly items: readonly { readonly id: string; readonly number: number }[];
    };
    for (const { id, number } of items) ids.set(`${worker} ${number}`, id);
  }
  const { deployments } = (await server.api('GET', 'workers/scripts/checkout/deployments')) as {
    readonly deployments: readonly { readonly id: string }[];
  };
  return {
    server,
    version: (worker, number) => ids.get(`${worker} ${number}`) ?? '',
    deployment: deployments[0]?.id ?? '',
    as: (who, method, path, body) => server.api(method, path, body, livedInToken(folder, who)),
  };
};

interface Site {
  readonly url: string;
  readonly token: string;
  readonly shop: Shop;
}

const pictures = async (browser: Browser, look: Look, screens: readonly Screen[], site: Site): Promise<void> => {
  const [visitor, person] = [await browser.newContext(contextOf(look)), await browser.newContext(contextOf(look))];
  for (const context of [visitor, person]) context.setDefaultTimeout(PATIENCE_MS);
  await signIn(await person.newPage(), site);
  for (const screen of screens) {
    const name = `${screen.name}${look.suffix}`;
    try {
      await picture(screen.isSignedOut === true ? visitor : person, { ...look, name }, screen, site);
      note(name);
    } catch (error) {
      process.exitCode = 1;
      note(`${name} could not be made: ${String(error)}`);
    }
  }
  await visitor.close();
  await person.close();
};

const picture = async (
  context: BrowserContext,
  { name, viewport }: Look & { readonly name: string },
  { path, arrange, prepare, restore, isOver, isNeverWhole }: Screen,
  { url, shop }: Site,
): Promise<void> => {
  const page = await context.newPage();
  page.on('pageerror', (error) => note(`  ${name}: ${error.message}`));
  const settles = (): Promise<unknown> => (isNeverWhole === true ? page.locator('h1').first().waitFor() : whole(page));
  try {
    await arrange?.(page, shop);
    await page.goto(url + path(shop));
    await settles();
    if (isOver === undefined && isNeverWhole === undefined) await asHighAsItsContent(page, viewport).then(settles);
    try {
      await prepare?.(page, shop);
      if (prepare !== undefined && restore === undefined) await settles();
      if (prepare !== undefined && isOver === undefined) await asHighAsItsContent(page, viewport);
      await page.screenshot({ path: join(values.out, `${name}.png`), animations: 'disabled', caret: 'hide' });
    } finally {
      await restore?.(page, shop);
    }
  } finally {
    await page.close();
  }
};

/** So that what stands at the foot of the window is at the foot of the picture. */
const asHighAsItsContent = async (page: Page, viewport: Look['viewport']): Promise<void> => {
  const height = Number(await page.evaluate('document.documentElement.scrollHeight'));
  await page.setViewportSize({ ...viewport, height: Math.min(MOST_HEIGHT, Math.max(viewport.height, height)) });
};

await main();
