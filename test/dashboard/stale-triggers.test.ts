/** Two people change what leads requests and messages to Workers: nobody undoes what the other did without knowing. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Page } from 'playwright-core';
import { checkAccessible } from '../support/accessible.ts';
import { aBrowser } from '../support/browser.ts';
import { startServer } from '../support/server.ts';
import { signIn, whole } from '../support/sign-in.ts';
import { aWorker } from '../support/worker-form.ts';

const code = (text: string) => `export default { fetch: () => new Response('${text}'), queue() {} };`;

const consumedBy = (script_name: string) => ({ type: 'worker', script_name, settings: {} });

const dialog = (page: Page) => page.getByRole('dialog');
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const fromMenu = async (page: Page, row: string, item: string): Promise<void> => {
  await press(page, `Menu of ${row}`);
  await page.getByRole('menuitem', { name: item, exact: true }).click();
};

/** What was open says who changed it and what it is now, and does nothing until that is answered. */
const saysChanged = async (page: Page, now: string, button: string): Promise<void> => {
  await dialog(page).getByText('changed this while you were here.').waitFor();
  await dialog(page).getByText(now).waitFor();
  assert.equal(await dialog(page).getByRole('button', { name: button, exact: true }).getAttribute('aria-disabled'), 'true');
};

test('[UI-131] what somebody else does meanwhile to a route, a custom domain or a consumer is not undone unknowingly', async (t) => {
  await using server = await startServer();
  for (const name of ['shop', 'other', 'third']) await server.api('PUT', `workers/scripts/${name}`, aWorker({ code: code(name) }));
  const { id: zone } = (await server.api('POST', '/zones', { name: 'example.com' })) as { id: string };
  const { queue_id: queue } = (await server.api('POST', 'queues', { queue_name: 'orders' })) as { queue_id: string };
  await using browser = await aBrowser(t);
  const { page } = browser;
  // Nobody is signed in at first; and what is stale is refused below.
  browser.allow(/status of 401/, /status of 412/, /status of 404/);
  const url = server.started.control_url ?? '';
  await signIn(page, { url, token: server.connection.token });
  await page.goto(`${url}/workers/shop/triggers`);
  await whole(page);

  await t.test('a route that was pointed elsewhere is neither changed nor removed', async () => {
    const routes = `/zones/${zone}/workers/routes`;
    const pattern = 'example.com/cart*';
    const { id } = (await server.api('POST', routes, { pattern, script: 'shop' })) as { id: string };
    const pointTo = (script: string) => server.api('PUT', `${routes}/${id}`, { pattern, script });
    await fromMenu(page, pattern, 'Change');
    await dialog(page).getByLabel('Pattern').fill('example.com/basket*');
    await pointTo('other');
    await saysChanged(page, `Requests that match ${pattern} come to other now.`, 'Change to example.com/basket*');
    assert.equal(await dialog(page).getByLabel('Pattern').inputValue(), 'example.com/basket*', 'what was typed is there');
    await checkAccessible(page);
    assert.equal((await server.visit('example.com', '/cart')).text, 'other');
    await press(page, 'Go by what it is now');
    await press(page, 'Change to example.com/basket*');
    await page.getByText('Requests to example.com/basket* come to shop.').waitFor();
    assert.equal((await server.visit('example.com', '/basket')).text, 'shop');

    await fromMenu(page, 'example.com/basket*', 'Remove');
    await server.api('PUT', `${routes}/${id}`, { pattern: 'example.com/basket*', script: 'third' });
    await saysChanged(page, 'Requests that match example.com/basket* come to third now.', 'Remove example.com/basket*');
    await press(page, 'Cancel');
    assert.equal((await server.visit('example.com', '/basket')).text, 'third');
  });

  await t.test('a route that changed before the news came is refused in the words of the API', async () => {
    const routes = `/zones/${zone}/workers/routes`;
    const pattern = 'example.com/late*';
    const { id } = (await server.api('POST', routes, { pattern, script: 'shop' })) as { id: string };
    await fromMenu(page, pattern, 'Remove');
    const remove = dialog(page).getByRole('button', { name: `Remove ${pattern}` });
    await remove.and(page.locator(':not([aria-disabled="true"])')).waitFor();
    await page.route(`**/workers/routes/${id}`, (route) => (route.request().method() === 'GET' ? route.abort() : route.continue()));
    browser.allow(/ERR_FAILED/);
    await server.api('PUT', `${routes}/${id}`, { pattern, script: 'other' });
    await remove.click();
    const refusal = page.getByRole('alert').filter({ hasText: 'Not removed.' });
    assert.match(
      (await refusal.textContent()) ?? '',
      /The route "example\.com\/late\*" is no more as you read it: .+ changed it at .+Code 100323/,
    );
    await page.unroute(`**/workers/routes/${id}`);
    await press(page, 'Cancel');
    assert.equal((await server.visit('example.com', '/late')).text, 'other');
  });

  await t.test('a host that came to another Worker is not taken from it unsaid, and one that was moved is not detached', async () => {
    const hostname = 'www.example.com';
    const attach = (service: string) => server.api('PUT', 'workers/domains', { hostname, service, zone_id: zone });
    await press(page, 'Add custom domain');
    await dialog(page).getByLabel('Host name').fill(hostname);
    await page
      .getByRole('button', { name: `Add ${hostname}` })
      .and(page.locator(':not([aria-disabled="true"])'))
      .waitFor();
    await page.route('**/workers/domains**', (route) => (route.request().method() === 'GET' ? route.abort() : route.continue()));
    await attach('other');
    await press(page, `Add ${hostname}`);
    const refusal = page.getByRole('alert').filter({ hasText: 'Not added.' });
    assert.match((await refusal.textContent()) ?? '', /The custom domain "www\.example\.com" is no more as you read it/);
    assert.equal((await server.visit(hostname)).text, 'other');
    await page.unroute('**/workers/domains**');
    await dialog(page).getByLabel('Host name').fill('');
    await dialog(page).getByLabel('Host name').fill(hostname);
    await dialog(page).getByText('It belongs to other.').waitFor();
    await press(page, `Move ${hostname}`);
    await page.getByText(`${hostname} comes to shop.`).waitFor();
    await fromMenu(page, hostname, 'Remove');
    await attach('third');
    await saysChanged(page, `Requests to ${hostname} come to third now.`, `Remove ${hostname}`);
    await press(page, 'Cancel');
    assert.equal((await server.visit(hostname)).text, 'third');
  });

  await t.test('a queue that another Worker consumes by now keeps its consumer', async () => {
    const consumers = `queues/${queue}/consumers`;
    const { consumer_id: id } = (await server.api('POST', consumers, consumedBy('shop'))) as { consumer_id: string };
    await fromMenu(page, 'orders', 'Change');
    await dialog(page).getByLabel('Retries of a message').fill('0');
    await server.api('PUT', `${consumers}/${id}`, consumedBy('other'));
    await saysChanged(page, 'other consumes it now: up to 10 messages, after 5.0 s at most, 3 retries.', 'Change orders');
    await press(page, 'Cancel');
    await press(page, 'Discard');
    const [consumer] = (await server.api('GET', consumers)) as readonly { script_name: string; settings: { max_retries: number } }[];
    assert.deepEqual([consumer?.script_name, consumer?.settings.max_retries], ['other', 3]);
  });
});
