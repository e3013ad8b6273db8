import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { checkAccessible, checkFits } from '../support/accessible.ts';
import { aBrowser, NARROW } from '../support/browser.ts';
import { aLivedInData } from '../support/lived-in.ts';
import { startServer, type Server } from '../support/server.ts';
import { open, signIn, whole, type SignedInto } from '../support/sign-in.ts';

/** Every page and every dialog that an address opens, of a shop with a past. */
const PAGES: Readonly<Record<string, string>> = {
  'the sign-in': '/sign-in',
  'the list of Workers': '/',
  'a Worker in a split': '/workers/checkout',
  'a Worker whose new version fails': '/workers/image-resize',
  'a Worker that never served': '/workers/newsletter',
  'a Worker that does not exist': '/workers/nobody',
  'the deployments': '/workers/checkout/deployments',
  'one deployment': '/workers/checkout/deployments/:deployment',
  'Deploy version': '/workers/checkout?dialog=deploy',
  Rollback: '/workers/checkout?dialog=rollback',
  'the versions': '/workers/checkout/versions',
  'one version': '/workers/checkout/versions/:v42',
  'two versions compared': '/workers/checkout/compare?version=:v42&baseline=:v41',
  'the editor': '/workers/checkout/edit',
  'the live log': '/workers/checkout/logs',
  'the log’s history': '/workers/checkout/logs?mode=history',
  'the triggers': '/workers/checkout/triggers',
  'the settings': '/workers/checkout/settings',
  observability: '/observability',
  'the Logpush jobs': '/logpush',
  'the audit log': '/audit',
  'the tokens': '/tokens',
  'Create application': '/create',
};

const folder = mkdtempSync(join(tmpdir(), 'sb-dashboard-'));
const ids = new Map<string, string>();
let server: Server;
let site: SignedInto;

before(async () => {
  const { token } = await aLivedInData(folder);
  server = await startServer({ folder });
  site = { url: server.started.control_url ?? '', token };
  const { items } = (await server.api('GET', 'workers/scripts/checkout/versions?per_page=100')) as {
    readonly items: readonly { readonly id: string; readonly number: number }[];
  };
  for (const { id, number } of items) ids.set(`v${number}`, id);
  const { deployments } = (await server.api('GET', 'workers/scripts/checkout/deployments')) as {
    readonly deployments: readonly { readonly id: string }[];
  };
  ids.set('deployment', deployments[0]?.id ?? '');
});

after(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * Each theme and each width once: a theme changes colours only, a width only what stands where. Two pages at once: while one is waited
 * for, the other is looked at.
 */
describe('every page', { concurrency: 2 }, () => {
  for (const [name, path] of Object.entries(PAGES)) {
    test(`[UI-95] ${name} can be read and used, light and dark, wide and narrow`, async (t) => {
      await using browser = await aBrowser(t);
      const { page } = browser;
      // Whether somebody is signed in is asked; and there is no Worker of that name.
      browser.allow(/status of 401/, /status of 404.*nobody/);
      const address = path.replaceAll(/:(\w+)/g, (_, key: string) => ids.get(key) ?? '');
      await (path === '/sign-in' ? open(page, site.url + address) : signIn(page, site, address));
      await checkAccessible(page, `${name}, wide and light,`);
      await checkFits(page, name);
      await page.setViewportSize(NARROW);
      await page.emulateMedia({ colorScheme: 'dark' });
      await whole(page);
      await checkAccessible(page, `${name}, narrow and dark,`);
      await checkFits(page, name);
      for (const width of [360, 320]) {
        await page.setViewportSize({ ...NARROW, width });
        await checkFits(page, `${name} at ${width} px`);
      }
    });
  }
});
