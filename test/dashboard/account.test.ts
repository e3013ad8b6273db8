/** A person looks after the account: what is sent on, who did what, and who may call. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { checkAccessible, checkFits } from '../support/accessible.ts';
import { aBrowser, NARROW } from '../support/browser.ts';
import { startServer, type Server } from '../support/server.ts';
import { signIn, whole, type SignedInto } from '../support/sign-in.ts';
import { aWorker } from '../support/worker-form.ts';

const sent = mkdtempSync(join(tmpdir(), 'sb-sent-'));
let server: Server;
let site: SignedInto;

before(async () => {
  mkdirSync(join(sent, 'shop'));
  server = await startServer({ args: ['--logpush-dir', sent] });
  site = { url: server.started.control_url ?? '', token: server.connection.token };
  await server.api('PUT', 'workers/scripts/shop', aWorker());
});
after(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(sent, { recursive: true, force: true });
});

const open = async (page: Page, path: string): Promise<void> => {
  await page.goto(site.url + path);
  await whole(page);
};
const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
const dialog = (page: Page) => page.getByRole('dialog');
const fromMenu = async (page: Page, job: string, item: string): Promise<void> => {
  await press(page, `Of ${job}`);
  await page.getByRole('menuitem', { name: item }).click();
};
const jobs = async (): Promise<readonly { readonly enabled: boolean; readonly name: string; readonly filter: string | null }[]> =>
  (await server.api('GET', 'logpush/jobs')) as readonly { enabled: boolean; name: string; filter: string | null }[];

test('[UI-104] a Logpush job is made, told whom it does not send, changed, turned off and deleted; a refusal has the API’s words', async (t) => {
  await using browser = await aBrowser(t);
  const { page } = browser;
  browser.allow(/status of 40[01]/);
  await signIn(page, site, '/logpush');
  await page.getByText('No job yet').waitFor();
  await press(page, 'Create a job');
  await dialog(page).getByText('It needs a destination.').first().waitFor();
  await dialog(page).getByLabel('Name, optional').fill('to-disk');
  await dialog(page).getByLabel('Destination').fill('file:///etc');
  await press(page, 'Create the job');
  await dialog(page).getByRole('alert').getByText('Not created.').waitFor();
  await checkAccessible(page);
  await dialog(page)
    .getByLabel('Destination')
    .fill(`file://${join(sent, 'shop')}`);
  await press(page, 'Create the job');
  await dialog(page).waitFor({ state: 'detached' });
  await page.getByRole('status').getByText('Deployed without it: shop.').waitFor();
  await page.getByRole('row', { name: /to-disk 13 fields .*Nothing was sent yet/ }).waitFor();

  await fromMenu(page, 'to-disk', 'Change');
  await dialog(page).getByLabel('Filter, optional').fill('{"where":{"key":"Outcome","operator":"eq","value":"exception"}}');
  await dialog(page).getByLabel('CPUTimeMs').uncheck();
  await press(page, 'Change the job');
  await page.getByRole('row', { name: /to-disk 12 fields, filtered/ }).waitFor();
  assert.match((await jobs())[0]?.filter ?? '', /exception/);
  await fromMenu(page, 'to-disk', 'Turn off');
  await page.getByRole('row', { name: /to-disk .* Off / }).waitFor();
  assert.equal((await jobs())[0]?.enabled, false);

  await page.setViewportSize(NARROW);
  await page.emulateMedia({ colorScheme: 'dark' });
  await checkFits(page);
  await checkAccessible(page);
  await fromMenu(page, 'to-disk', 'Delete');
  await press(page, 'Delete to-disk');
  await page.getByText('No job yet').waitFor();
  assert.deepEqual(await jobs(), []);
});

test('[UI-105] the audit log is looked through by Worker, kind, person and time, which stand in the address, and page by page', async (t) => {
  for (let count = 0; count < 101; count += 1)
    await server.api('PUT', 'workers/scripts/shop/schedules', [{ cron: `${count % 60} 2 * * *` }]);
  await server.api('PUT', 'workers/scripts/other', aWorker());
  await using browser = await aBrowser(t);
  const { page } = browser;
  browser.allow(/status of 401/);
  await signIn(page, site, '/audit');
  await page.getByRole('heading', { name: 'Today' }).waitFor();
  await page.getByLabel('Worker', { exact: true }).fill('shop');
  await page.getByLabel('Worker', { exact: true }).press('Enter');
  await page.waitForURL(/worker=shop/);
  await page.getByLabel('What', { exact: true }).selectOption('Cron triggers');
  await page.waitForURL(/action=schedules/);
  await page.getByText('1 to 100 of 101').waitFor();
  assert.equal(await page.getByText(/set the cron triggers \(\d+ 2 \* \* \*\) of shop/).count(), 100);
  await press(page, 'Older');
  await page.getByText('101 to 101 of 101').waitFor();
  assert.match(page.url(), /page=2/);
  await page.goBack();
  await page.getByText('1 to 100 of 101').waitFor();
  await page.getByLabel('Person or token').fill('nobody@example.com');
  await page.getByLabel('Person or token').press('Enter');
  await page.waitForURL(/actor=nobody/);
  await page.getByLabel('When', { exact: true }).selectOption('Last 7 days');
  await page.getByText('Nothing was changed that this is true of').waitFor();
  assert.match(page.url(), /days=7/);

  await page.setViewportSize(NARROW);
  await page.emulateMedia({ colorScheme: 'dark' });
  await open(page, '/audit?worker=other');
  await page.getByText('Details').first().click();
  await page.getByText('worker/other').first().waitFor();
  await checkFits(page);
  await checkAccessible(page);
  await page.getByRole('link', { name: 'Open other' }).click();
  await page.getByRole('heading', { name: 'other', exact: true }).waitFor();
});

test('[UI-106] [UI-107] a token is shown once and lets in; revoked, it lets nobody in, and a page that is open says that its session has ended', async (t) => {
  await using browser = await aBrowser(t);
  await using guest = await aBrowser(t);
  const { page } = browser;
  for (const each of [browser, guest]) each.allow(/status of 401/, /switchback\/v1\/events/);
  await signIn(page, site, '/tokens');
  await press(page, 'Make a token');
  await dialog(page).getByText('A token can do everything here').waitFor();
  await dialog(page).getByLabel('Name').fill('Jo');
  await dialog(page).getByLabel('E-mail address, optional').fill('jo@');
  await dialog(page).getByLabel('E-mail address, optional').press('Tab');
  await dialog(page).getByRole('alert').getByText('Type an e-mail address, as jo@example.com').waitFor();
  await dialog(page).getByLabel('E-mail address, optional').fill('jo@example.com');
  await press(page, 'Make Jo');
  const made = page.getByRole('dialog', { name: 'Jo is made' });
  const value = await made.locator('code').innerText();
  await made.getByRole('button', { name: 'Copy the token' }).click();
  await made.getByRole('button', { name: 'Copied' }).waitFor();
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), value);
  await checkAccessible(page);
  await made.getByText('Close').click();
  await page.getByRole('row', { name: /^Jo jo@example\.com/ }).waitFor();
  assert.equal((await page.content()).includes(value), false);
  await page.reload();
  await whole(page);
  assert.equal((await page.content()).includes(value), false, 'it is shown once');

  await signIn(guest.page, { ...site, token: value });
  await guest.page.getByText('jo@example.com').first().waitFor();
  await guest.page.getByRole('link', { name: 'Tokens' }).first().click();
  await guest.page.getByRole('row', { name: /^Jo / }).getByRole('button', { name: 'Revoke' }).click();
  await dialog(guest.page).getByText('You are signed in with it.').waitFor();
  await press(guest.page, 'Keep Jo');
  await page.setViewportSize(NARROW);
  await page.emulateMedia({ colorScheme: 'dark' });
  await checkFits(page);
  await checkAccessible(page);
  await page.getByRole('row', { name: /^Jo/ }).getByRole('button', { name: 'Revoke' }).click();
  await press(page, 'Revoke Jo');
  await page.getByText('Jo lets nobody in any more.').waitFor();
  await page.getByRole('row', { name: /^Jo/ }).waitFor({ state: 'detached' });
  await guest.page.getByText('session has ended.').waitFor();
  await guest.page.getByLabel('API token').fill(value);
  await press(guest.page, 'Sign in');
  await guest.page.getByRole('alert').getByText('Not signed in.').waitFor();
});
