/** A server was upgraded while a page was open: the files that the page would still load are gone. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { checkAccessible } from '../support/accessible.ts';
import { aBrowser } from '../support/browser.ts';
import { startServer } from '../support/server.ts';
import { signIn } from '../support/sign-in.ts';
import { aWorker } from '../support/worker-form.ts';

const atRoot = ({ pathname }: URL): boolean => pathname === '/';

test('[UI-118] a page whose part is gone is loaded anew once and not in a loop; then it says so, and how to go on', async (t) => {
  await using server = await startServer();
  await server.api('PUT', 'workers/scripts/shop', aWorker());
  await using browser = await aBrowser(t);
  const { page } = browser;
  browser.allow(/\/assets\//);
  const site = { url: server.started.control_url ?? '', token: server.connection.token };
  await signIn(page, site, '/workers/shop');

  const present = new Set(
    (await page.evaluate('performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname)')) as string[], // As it says.
  );
  // What is not on the page yet has another name on the server: its own answer to the old one is what the browser gets.
  await page.route('**/assets/*', (route) => {
    const asked = new URL(route.request().url());
    return present.has(asked.pathname) ? route.continue() : route.continue({ url: `${asked.origin}/assets/of-another-version.js` });
  });
  let loads = 0;
  page.on('request', (request) => (loads += request.isNavigationRequest() ? 1 : 0));
  await page.getByRole('link', { name: 'Audit log' }).first().click();
  const lost = page.getByText('This page did not load.');
  await lost.waitFor();
  const again = page.getByRole('button', { name: 'Load the page again' });
  await again.waitFor();
  assert.equal(new URL(page.url()).pathname, '/audit');
  await checkAccessible(page, 'a page whose part is gone');
  await again.click();
  await page.waitForEvent('load');
  await lost.waitFor();
  assert.equal(loads, 2, 'once by itself, and once by the person');

  await page.evaluate('{ const now = Date.now; Date.now = () => now() + 3_600_000; }');
  await page.getByRole('link', { name: 'Workers' }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Workers' }).waitFor();
  const looked = page.waitForResponse((response) => new URL(response.url()).pathname === '/');
  await page.getByRole('link', { name: 'Audit log' }).first().click();
  await lost.waitFor();
  await (await looked).finished();
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
  assert.equal(loads, 2, 'not again by itself, however much later');

  await page.route(atRoot, (route) => route.fulfill({ contentType: 'text/html', body: '<h1>Back soon</h1>' }));
  await again.click();
  await again.waitFor();
  assert.equal(loads, 2, 'what is on the page stays while somebody else answers');
  await page.unroute(atRoot);

  await page.unroute('**/assets/*');
  await again.click();
  await page.getByRole('heading', { level: 1, name: 'Audit log' }).waitFor();
  await page.getByRole('heading', { name: 'Today' }).waitFor();
});
