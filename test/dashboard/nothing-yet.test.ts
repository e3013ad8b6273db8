/** Pages that have nothing to show yet, or nothing any more. */
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { checkAccessible, checkFits } from '../support/accessible.ts';
import { aBrowser, NARROW, WIDE } from '../support/browser.ts';
import { startServer, type Server } from '../support/server.ts';
import { open, signIn, whole } from '../support/sign-in.ts';

/** What stands on each, in place of what it would show. `empty` is a Worker without a version. */
const PAGES: Readonly<Record<string, string>> = {
  '/': '1 Worker',
  '/logpush': 'No job yet',
  '/audit?actor=nobody': 'Nothing was changed that this is true of',
  '/workers/empty': 'No deployment yet',
  '/workers/empty/deployments': 'Nothing has been deployed',
  '/workers/empty/versions': 'No version yet',
  '/workers/empty/logs?mode=history': 'Nothing was kept that this is true of',
  '/workers/empty/triggers': 'There is no custom domain.',
  '/workers/empty/settings': 'There is no version yet.',
  '/workers/empty/compare': 'Nothing to compare yet',
  '/workers/empty/edit': 'No code yet',
  '/workers/nobody/triggers': 'There is no Worker nobody',
  '/nothing/here': 'Nothing is at this address',
};

let server: Server;
let url: string;

before(async () => {
  server = await startServer();
  url = server.started.control_url ?? '';
});
after(() => server[Symbol.asyncDispose]());

const checkBoth = async (page: Page, name: string): Promise<void> => {
  await checkAccessible(page, `${name}, wide and light,`);
  await checkFits(page, name);
  await page.setViewportSize(NARROW);
  await page.emulateMedia({ colorScheme: 'dark' });
  await whole(page);
  await checkAccessible(page, `${name}, narrow and dark,`);
  await checkFits(page, name);
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: 'light' });
};

test('[UI-122] a page with nothing to show says so, and can be read and used like any other', async (t) => {
  await using browser = await aBrowser(t);
  const { page } = browser;
  // What observes starts behind the rest; there is no such Worker or page, and nothing to compare.
  browser.allow(/status of (?:400|404|503)/);
  await signIn(page, { url, token: server.connection.token });
  await page.getByRole('heading', { name: 'No Workers yet' }).waitFor();
  await checkBoth(page, 'a list without Workers');
  await server.api('POST', 'workers/workers', { name: 'empty' });
  for (const [path, said] of Object.entries(PAGES)) {
    await open(page, url + path);
    await page.locator('main').getByText(said).first().waitFor();
    await checkBoth(page, path);
  }
});
