import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { checkFits } from '../support/accessible.ts';
import { aBrowser } from '../support/browser.ts';
import { startServer, type Server } from '../support/server.ts';
import { signIn, whole, type SignedInto } from '../support/sign-in.ts';
import { aWorker, saying } from '../support/worker-form.ts';

const ASSETS = join(import.meta.dirname, '..', '..', 'dist', 'dashboard', 'assets');
/** Of JavaScript, compressed, until the first page is there. */
const MOST_BYTES_AT_FIRST = 200 * 1024;

let server: Server;
let site: SignedInto;

before(async () => {
  server = await startServer();
  site = { url: server.started.control_url ?? '', token: server.connection.token };
  for (const name of ['hello', 'goodbye']) await server.api('PUT', `workers/scripts/${name}`, aWorker({ code: saying(name) }));
  // One that there is a way back from.
  await server.api('PUT', 'workers/scripts/hello', aWorker({ code: saying('hello again') }));
});
after(() => server[Symbol.asyncDispose]());

test('[UI-90] who is not signed in signs in with a token, and comes to the page that was asked for', async (t) => {
  await using browser = await aBrowser(t);
  const { page } = browser;
  browser.allow(/status of 401/);
  await page.goto(`${site.url}/workers/hello?dialog=deploy`);
  await page.getByLabel('API token').fill('sb_nobody');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').getByText('Not signed in.').waitFor();
  assert.equal(new URL(page.url()).pathname, '/sign-in');

  await page.getByLabel('API token').fill(site.token);
  await page.getByLabel('API token').press('Enter');
  await page.getByRole('dialog', { name: 'Deploy version' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/workers/hello');
  const cookies = await browser.context.cookies();
  assert.deepEqual(
    cookies.map(({ name, httpOnly, sameSite }) => [name, httpOnly, sameSite]),
    [['switchback_session', true, 'Strict']],
  );
  assert.equal(await page.evaluate('document.cookie'), '', 'no script can read it');
});

test('[UI-90] the link that start prints signs in once', async (t) => {
  await using first = await aBrowser(t);
  await using second = await aBrowser(t);
  const link = server.started.dashboard_url ?? '';
  first.allow(/status of 401/);
  await first.page.goto(link);
  await first.page.getByRole('heading', { name: 'Workers', exact: true }).waitFor();
  assert.doesNotMatch(first.page.url(), /code=/);

  second.allow(/status of 40\d/);
  await second.page.goto(link);
  await second.page.getByRole('alert').getByText('was used before').waitFor();
});

/** As `switchback dashboard` prints it. */
const aLink = async (): Promise<string> => {
  const response = await fetch(`${site.url}/switchback/v1/session/codes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${site.token}` },
  });
  const { result } = (await response.json()) as { readonly result: { readonly url: string } };
  return result.url;
};

test('[UI-115] a link signs in from the tab that shows the sign-in, and leads to the page that was asked for', async (t) => {
  await using browser = await aBrowser(t);
  const { page } = browser;
  browser.allow(/status of 40\d/);
  await page.goto(site.url);
  await page.getByLabel('API token').waitFor();
  // As if it was pasted into the address of this very tab.
  await page.goto(`${site.url}/sign-in#code=nothing`);
  await page.getByRole('alert').getByText('does not sign in').waitFor();
  await page.goto(await aLink());
  await page.getByRole('heading', { name: 'Workers', exact: true }).waitFor();
  assert.doesNotMatch(page.url(), /code=/);

  await browser.context.clearCookies();
  await page.goto(`${site.url}/workers/hello/deployments?by=change`);
  await page.getByLabel('API token').waitFor();
  await page.goto(await aLink());
  await page.getByRole('heading', { name: 'What served when' }).waitFor();
  const { pathname, search } = new URL(page.url());
  assert.equal(pathname + search, '/workers/hello/deployments?by=change');

  for (const elsewhere of ['https://example.com/', '//example.com/', '/\\example.com']) {
    await browser.context.clearCookies();
    await page.goto(`${site.url}/sign-in?to=${encodeURIComponent(elsewhere)}`);
    await page.getByLabel('API token').waitFor();
    await page.goto(await aLink());
    await page.getByRole('heading', { name: 'Workers', exact: true }).waitFor();
    assert.equal(page.url(), `${site.url}/`);
  }
});

test('[UI-115] who is signed in is led on from the sign-in, and by a link that is used up', async (t) => {
  await using browser = await aBrowser(t);
  const { page } = browser;
  browser.allow(/status of 401/);
  await signIn(page, site);
  await page.goto(`${site.url}/sign-in?to=/workers/hello`);
  await page.getByRole('heading', { name: 'hello' }).waitFor();
  const link = await aLink();
  await page.goto(link);
  await page.getByRole('heading', { name: 'Workers', exact: true }).waitFor();
  await page.goto(link);
  await page.getByText('You are signed in all the same.').waitFor();
  assert.equal(page.url(), `${site.url}/`);
});

test('[UI-90] to sign in without a token asks for one', async (t) => {
  await using browser = await aBrowser(t);
  const { page } = browser;
  browser.allow(/status of 401/);
  await page.goto(site.url);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').getByText('Paste a token first. It begins with sb_.').waitFor();
  assert.equal(await page.getByText('Code 400').count(), 0);
});

test('[UI-91] who signs out is out: the page before is not shown again', async (t) => {
  await using browser = await aBrowser(t);
  const { page } = browser;
  browser.allow(/status of 401/);
  await signIn(page, site);
  await page.goto(`${site.url}/workers/hello`);
  await whole(page);
  await page.route('**/session', (route) => (route.request().method() === 'DELETE' ? route.abort() : route.continue()));
  // The streams that are open end with the session.
  browser.allow(/ERR_FAILED/, /ERR_INCOMPLETE_CHUNKED_ENCODING/);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('alert').getByText('Not signed out.').waitFor();
  assert.equal(new URL(page.url()).pathname, '/workers/hello', 'who is still signed in is not shown otherwise');
  await page.unroute('**/session');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.equal(await page.getByText('hello').count(), 0);
});

test('[UI-91] a session that ended meanwhile leads to the sign-in and back', async (t) => {
  await using browser = await aBrowser(t);
  const { page } = browser;
  browser.allow(/status of 401/, /ERR_INCOMPLETE_CHUNKED_ENCODING/);
  const { id, value } = (await server.api('POST', 'tokens', { name: 'for a while' })) as { readonly id: string; readonly value: string };
  await signIn(page, { ...site, token: value });
  await page.getByRole('link', { name: 'hello' }).first().click();
  await page.getByRole('heading', { name: 'hello' }).waitFor();
  await server.api('DELETE', `tokens/${id}`);
  await page.getByText('session has ended.').waitFor();
  await page.getByLabel('API token').fill(site.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'hello' }).waitFor();
});

test('[UI-92] nothing in a page is inline, nor from elsewhere, and the policy lets nothing be', async (t) => {
  const response = await fetch(`${site.url}/`);
  const policy = response.headers.get('content-security-policy') ?? '';
  const directives = new Map(policy.split(';').map((directive) => [directive.trim().split(' ')[0], directive.trim()]));
  assert.doesNotMatch(directives.get('script-src') ?? directives.get('default-src') ?? "'unsafe-inline'", /unsafe|\*|http/);
  assert.match(policy, /frame-ancestors 'none'/);
  const html = await response.text();
  assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)|\son\w+=|<style|style=|https?:\/\//);
  await using browser = await aBrowser(t);
  const hosts = new Set<string>();
  browser.page.on('request', (request) => hosts.add(new URL(request.url()).origin));
  browser.allow(/status of 401/);
  await signIn(browser.page, site);
  assert.deepEqual([...hosts], [site.url]);
});

/** Ids of what was ever deployed of each Worker. */
const deployments = async (): Promise<readonly string[]> => {
  const all = await Promise.all(['hello', 'goodbye'].map((name) => server.api('GET', `workers/scripts/${name}/deployments`)));
  return all.flatMap((each) => (each as { readonly deployments: readonly { readonly id: string }[] }).deployments.map(({ id }) => id));
};

test('[UI-93] keys go to places, and only open things', async (t) => {
  await using browser = await aBrowser(t);
  const { page } = browser;
  browser.allow(/status of 401/);
  await signIn(page, site);
  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keys' });
  await keys.waitFor();
  await page.keyboard.press('Escape');
  await keys.waitFor({ state: 'detached' });

  const { promise: mayBeRead, resolve: letRead } = Promise.withResolvers<void>();
  await page.route(/\/workers\/scripts$/, async (route) => {
    await mayBeRead;
    await route.continue();
  });
  const opener = page.locator('.rail').getByRole('button', { name: 'Go to' });
  await opener.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('combobox', { name: 'Go to' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('combobox', { name: 'Go to' }).waitFor({ state: 'detached' });
  // The focus is where it was.
  await page.locator('.rail .go-to:focus').waitFor();

  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Go to' }).fill('goodbye, ver');
  await page.keyboard.press('Enter');
  // Typed faster than the Workers are read.
  await page.getByText('The Workers are being read.').waitFor();
  letRead();
  await page.waitForURL('**/workers/goodbye/versions');
  await whole(page);
  await page.locator('h1:focus').waitFor();
  assert.equal(await page.title(), 'Versions, goodbye, Switchback');
  await page.keyboard.press('g');
  await page.keyboard.press('w');
  await page.getByRole('heading', { name: 'Workers', exact: true }).waitFor();

  const served = await deployments();
  await page.goto(`${site.url}/workers/hello`);
  await whole(page);
  for (const key of ['d', 'r']) {
    await page.keyboard.press(key);
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  for (const key of ['c', 'g', 'd', 'g', 'v', 'g', 'l', 'g', 'w']) await page.keyboard.press(key);
  await page.getByRole('heading', { name: 'Workers', exact: true }).waitFor();
  assert.deepEqual(await deployments(), served, 'nothing was deployed');

  await page.keyboard.press('/');
  await page.keyboard.type('t?');
  assert.equal(await keys.count(), 0, 'what is typed in a field is typed');
  assert.equal(await page.evaluate('document.documentElement.dataset.theme ?? ""'), '');
});

test('[UI-93] single letters can be turned off', async (t) => {
  await using browser = await aBrowser(t);
  const { page } = browser;
  browser.allow(/status of 401/);
  await signIn(page, site);
  await page.keyboard.press('?');
  await page.getByLabel('Single letters do something').uncheck();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('t');
  assert.equal(await page.evaluate('document.documentElement.dataset.theme ?? ""'), '');
});

test('[UI-94] a theme that was chosen holds, also against the system’s', async (t) => {
  await using browser = await aBrowser(t, { colorScheme: 'light' });
  const { page } = browser;
  browser.allow(/status of 401/);
  await signIn(page, site);
  const background = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor');
  const light = await background();
  await page.keyboard.press('t');
  const dark = await background();
  assert.notEqual(dark, light);
  await page.reload();
  await whole(page);
  assert.equal(await background(), dark);
  await page.keyboard.press('t');
  await page.getByRole('button', { name: 'Dark theme' }).click();
  await page.getByRole('button', { name: 'Light theme' }).click();
  await page.emulateMedia({ colorScheme: 'dark' });
  assert.equal(await background(), light);
});

test('[UI-95] at 360 px everything is there, and nothing scrolls sideways', async (t) => {
  await using browser = await aBrowser(t, { viewport: { width: 360, height: 740 } });
  const { page } = browser;
  browser.allow(/status of 401/);
  await page.goto(site.url);
  await whole(page);
  await checkFits(page);
  await signIn(page, site);
  await checkFits(page);
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Audit log' }).click();
  await page.getByRole('heading', { name: 'Audit log' }).waitFor();
  await whole(page);
  await checkFits(page);
});

test('[UI-96] the first page takes at most 200 KB of JavaScript', async (t) => {
  await using browser = await aBrowser(t);
  const { page } = browser;
  browser.allow(/status of 401/);
  const scripts = new Set<string>();
  page.on(
    'request',
    (request) => request.resourceType() === 'script' && scripts.add(new URL(request.url()).pathname.split('/').at(-1) ?? ''),
  );
  await signIn(page, site);
  const known = new Set(readdirSync(ASSETS));
  const bytes = [...scripts].reduce((sum, name) => sum + statSync(join(ASSETS, known.has(`${name}.gz`) ? `${name}.gz` : name)).size, 0);
  assert.ok(scripts.size > 0);
  assert.ok(bytes <= MOST_BYTES_AT_FIRST, `${bytes} bytes: ${[...scripts].join(', ')}`);
  t.diagnostic(`${(bytes / 1024).toFixed(1)} KB of JavaScript, compressed with gzip`);
});
