/** Two people change what leads requests and messages to Workers: nobody undoes what the other did without knowing. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Page, Route } from 'playwright-core';
import { checkAccessible } from '../support/accessible.ts';
import { aBrowser } from '../support/browser.ts';
import { startServer } from '../support/server.ts';
import { signIn, whole } from '../support/sign-in.ts';
import { aWorker } from '../support/worker-form.ts';

const code = (text: string) => `export default { fetch: () => new Response('${text}'), queue() {} };`;

const consumedBy = (script_name: string) => ({ type: 'worker', script_name, settings: {} });

const refused = (route: Route): Promise<void> =>
  route.fulfill({ status: 403, json: { success: false, errors: [{ code: 10000, message: 'No.' }], messages: [], result: null } });

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

  await t.test('where the cron triggers did not load none is added over them, and one that is gone is not removed again', async () => {
    const put = (...crons: readonly string[]) =>
      server.api(
        'PUT',
        'workers/scripts/shop/schedules',
        crons.map((cron) => ({ cron })),
      );
    await put('0 1 * * *', '0 2 * * *');
    browser.allow(/status of 403/);
    await page.route('**/schedules', (route) => (route.request().method() === 'GET' ? refused(route) : route.continue()));
    await page.reload();
    await press(page, 'Add cron trigger');
    await dialog(page).getByLabel('Pattern').fill('0 3 * * *');
    await dialog(page).getByText('What there is now did not load.').waitFor();
    assert.equal(await dialog(page).getByRole('button', { name: 'Add 0 3 * * *' }).getAttribute('aria-disabled'), 'true');
    await checkAccessible(page);
    await page.unroute('**/schedules');
    await dialog(page).getByRole('button', { name: 'Try again' }).click();
    await press(page, 'Add 0 3 * * *');
    await page.getByText('shop is called by 0 3 * * *.').waitFor();
    const { schedules } = (await server.api('GET', 'workers/scripts/shop/schedules')) as { schedules: readonly { cron: string }[] };
    assert.deepEqual(schedules.map(({ cron }) => cron).toSorted(), ['0 1 * * *', '0 2 * * *', '0 3 * * *']);
    await fromMenu(page, '0 1 * * *', 'Remove');
    await put('0 2 * * *', '0 3 * * *');
    await dialog(page).getByText('removed this while you were here.').waitFor();
    assert.equal(await dialog(page).getByText('Somebody').count(), 0, 'it was heard who');
    await press(page, 'Cancel');
  });

  await t.test('a form that was opened from an old list says so, and what nobody typed is as it is now', async () => {
    const { queue_id: late } = (await server.api('POST', 'queues', { queue_name: 'late' })) as { queue_id: string };
    const consumers = `queues/${late}/consumers`;
    const { consumer_id: id } = (await server.api('POST', consumers, consumedBy('shop'))) as { consumer_id: string };
    await using deaf = await aBrowser(t);
    deaf.allow(/status of 40[13]/, /ERR_FAILED/);
    await deaf.context.route('**/switchback/v1/events', (route) => route.abort());
    await signIn(deaf.page, { url, token: server.connection.token }, '/workers/shop/triggers');
    await deaf.page.getByRole('button', { name: 'Menu of late' }).waitFor();
    await server.api('PUT', `${consumers}/${id}`, { ...consumedBy('shop'), settings: { batch_size: 77, max_retries: 9 } });
    await fromMenu(deaf.page, 'late', 'Change');
    await dialog(deaf.page).getByLabel('Seconds before a retry').fill('5');
    await saysChanged(deaf.page, 'shop consumes it now: up to 77 messages, after 5.0 s at most, 9 retries.', 'Change late');
    await press(deaf.page, 'Go by what it is now');
    assert.equal(await dialog(deaf.page).getByLabel('Retries of a message').inputValue(), '9');
    await press(deaf.page, 'Change late');
    await dialog(deaf.page).waitFor({ state: 'detached' });
    const [consumer] = (await server.api('GET', consumers)) as readonly { settings: Readonly<Record<string, number>> }[];
    const { batch_size: batch, max_retries: retries, retry_delay: delay } = consumer?.settings ?? {};
    assert.deepEqual([batch, retries, delay], [77, 9, 5]);
  });

  await t.test('what cannot be read is said, in the form, and asked for again from there', async () => {
    const pattern = 'example.com/unread*';
    await server.api('POST', `/zones/${zone}/workers/routes`, { pattern, script: 'shop' });
    await page.route('**/consumers/*', (route) => (route.request().method() === 'GET' ? refused(route) : route.continue()));
    await page.route('**/zones?*', refused);
    await page.reload();
    for (const row of ['late', pattern]) {
      await fromMenu(page, row, 'Remove');
      await dialog(page).getByText('What there is now did not load.').waitFor();
      await page.unroute(row === 'late' ? '**/consumers/*' : '**/zones?*');
      await dialog(page).getByRole('button', { name: 'Try again' }).click();
      await press(page, `Remove ${row}`);
      await page.getByText(`${row} is removed.`).waitFor();
    }
  });

  await t.test('what was left while it ran closes nothing that was opened since', async () => {
    const pattern = 'example.com/slow*';
    await server.api('POST', `/zones/${zone}/workers/routes`, { pattern, script: 'shop' });
    const held = Promise.withResolvers<void>();
    await page.route('**/workers/routes/*', async (route) => {
      if (route.request().method() === 'DELETE') await held.promise;
      await route.continue();
    });
    await fromMenu(page, pattern, 'Remove');
    await press(page, `Remove ${pattern}`);
    await dialog(page).getByRole('button', { name: 'Removing' }).waitFor();
    await press(page, 'Cancel');
    await press(page, 'Add queue');
    held.resolve();
    await page.getByText(`${pattern} is removed.`).waitFor();
    await dialog(page).getByRole('heading', { name: 'Add a queue' }).waitFor();
  });
});
