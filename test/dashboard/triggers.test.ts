import assert from 'node:assert/strict';
import test from 'node:test';
import type { Page } from 'playwright-core';
import { checkAccessible, checkFits } from '../support/accessible.ts';
import { aBrowser, NARROW } from '../support/browser.ts';
import { startServer } from '../support/server.ts';
import { signIn, whole } from '../support/sign-in.ts';
import { until } from '../support/until.ts';
import { aWorker, saying } from '../support/worker-form.ts';

/** Answers what it was told by its queue. */
const SHOP = `export default {
  fetch: async (request, env) => new Response('shop ' + (await env.HEARD.get('last'))),
  scheduled: () => {},
  queue: (batch, env) => env.HEARD.put('last', batch.messages.map(({ body }) => body).join()),
};`;

const dialog = (page: Page) => page.getByRole('dialog');
const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const fromMenu = async (page: Page, row: string, item: string): Promise<void> => {
  await press(page, `Menu of ${row}`);
  await page.getByRole('menuitem', { name: item, exact: true }).click();
};

test('triggers, as a person changes them', async (t) => {
  await using server = await startServer();
  const { id: namespace_id } = (await server.api('POST', 'storage/kv/namespaces', { title: 'heard' })) as { id: string };
  const { queue_id } = (await server.api('POST', 'queues', { queue_name: 'orders' })) as { queue_id: string };
  const bindings = [{ type: 'kv_namespace', name: 'HEARD', namespace_id }];
  await server.api('PUT', 'workers/scripts/shop', aWorker({ code: SHOP, metadata: { bindings } }));
  await server.api('PUT', 'workers/scripts/other', aWorker({ code: saying('other') }));
  await using browser = await aBrowser(t);
  const { page } = browser;
  // Nobody is signed in at first; and one route is refused below.
  browser.allow(/status of 401/, /status of 409/);
  const url = server.started.control_url ?? '';
  await signIn(page, { url, token: server.connection.token });
  await page.goto(`${url}/workers/shop/triggers`);
  await whole(page);
  const versions = () => server.api('GET', 'workers/scripts/shop/versions') as Promise<{ items: readonly unknown[] }>;

  await t.test('[UI-67] a route is added with the zone it needs, changed and removed, and the edge follows', async () => {
    await section(page, 'Routes').getByText('There is no route.', { exact: false }).waitFor();
    await press(page, 'Add route');
    const pattern = dialog(page).getByLabel('Pattern');
    await pattern.fill('shop.example.com:80/cart*');
    await dialog(page).getByText('It is no pattern: it may not hold a port.').waitFor();
    await pattern.fill('shop.example.com/cart*');
    await dialog(page).getByText('No zone holds it yet: example.com is made with it.').waitFor();
    await checkAccessible(page);
    await press(page, 'Add shop.example.com/cart*');
    await page.getByText('Requests to shop.example.com/cart* come to shop.').waitFor();
    await dialog(page).waitFor({ state: 'detached' });
    assert.equal((await server.visit('shop.example.com', '/cart/1')).text, 'shop null');
    await fromMenu(page, 'shop.example.com/cart*', 'Change');
    await dialog(page).getByLabel('Pattern').fill('shop.example.com/basket*');
    await press(page, 'Change to shop.example.com/basket*');
    await section(page, 'Routes').getByRole('rowheader', { name: 'shop.example.com/basket*' }).waitFor();
    assert.equal((await server.visit('shop.example.com', '/cart/1')).status, 404);
    assert.equal((await server.visit('shop.example.com', '/basket/1')).text, 'shop null');
    await fromMenu(page, 'shop.example.com/basket*', 'Remove');
    await press(page, 'Remove shop.example.com/basket*');
    await section(page, 'Routes').getByText('There is no route.', { exact: false }).waitFor();
    assert.equal((await server.visit('shop.example.com', '/basket/1')).status, 404);
  });

  await t.test('[UI-67] a route that another Worker has is refused in the words of the API, and the form stays', async () => {
    const [zone] = (await server.api('GET', '/zones')) as readonly { id: string }[];
    await server.api('POST', `/zones/${zone?.id}/workers/routes`, { pattern: 'example.com/taken', script: 'other' });
    await press(page, 'Add route');
    await dialog(page).getByLabel('Pattern').fill('example.com/taken');
    await press(page, 'Add example.com/taken');
    await dialog(page).getByRole('alert').getByText('Not added.').waitFor();
    assert.match((await dialog(page).getByRole('alert').textContent()) ?? '', /other/);
    assert.equal(await dialog(page).getByLabel('Pattern').inputValue(), 'example.com/taken');
    await dialog(page).getByLabel('Pattern').fill('example.com:8080/');
    await dialog(page).getByText('Not added.').waitFor({ state: 'detached' });
    await dialog(page).getByText('What stands there is no pattern.').first().waitFor();
    assert.equal(await dialog(page).getByText('It needs a pattern.').count(), 0);
    await press(page, 'Cancel');
    await press(page, 'Discard');
  });

  await t.test('[UI-116] Esc, the cross and Cancel close a form; where something was typed the first time asks in place', async () => {
    const fields = [
      { add: 'Add route', field: 'Pattern', typed: 'e' },
      { add: 'Add custom domain', field: 'Host name', typed: 'e' },
      { add: 'Add cron trigger', field: 'Pattern', typed: '*' },
    ] as const;
    const gone = () => dialog(page).waitFor({ state: 'detached' });
    const question = dialog(page).getByRole('alert').filter({ hasText: 'Discard what you typed?' });
    for (const { add, field, typed } of fields) {
      for (const leave of ['Escape', 'Close', 'Cancel'] as const) {
        const leaves = () => (leave === 'Escape' ? page.keyboard.press('Escape') : press(page, leave));
        await press(page, add);
        await dialog(page).waitFor();
        await leaves();
        await gone();
        await press(page, add);
        await dialog(page).getByLabel(field).fill(typed);
        await leaves();
        await question.waitFor();
        await leaves();
        await gone();
      }
    }
    await press(page, 'Add route');
    await dialog(page).getByLabel('Pattern').fill('example.com');
    await page.keyboard.press('Escape');
    await question.waitFor();
    await checkAccessible(page, 'a form that asks whether to discard');
    await press(page, 'Go on');
    await question.waitFor({ state: 'detached' });
    await page.keyboard.type('?');
    assert.equal(await dialog(page).getByLabel('Pattern').inputValue(), 'example.com?', 'the focus is back in the field');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Escape');
    await question.waitFor();
    await dialog(page).getByLabel('Pattern').press('/');
    await question.waitFor({ state: 'detached' });
    assert.equal(await dialog(page).getByLabel('Pattern').inputValue(), 'example.com/');
    await page.keyboard.press('Escape');
    await press(page, 'Go on');
    await question.waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await press(page, 'Discard');
    await gone();
  });

  await t.test('[UI-68] a custom domain comes to the Worker, and one that another has is moved only after that is said', async () => {
    const [zone] = (await server.api('GET', '/zones')) as readonly { id: string }[];
    await server.api('PUT', 'workers/domains', { hostname: 'www.example.com', service: 'other', zone_id: zone?.id });
    await press(page, 'Add custom domain');
    await dialog(page).getByLabel('Host name').fill('www.example.com');
    await dialog(page).getByText('It belongs to other.').waitFor();
    assert.equal((await server.visit('www.example.com')).text, 'other');
    await press(page, 'Move www.example.com');
    await section(page, 'Custom domains').getByRole('rowheader', { name: 'www.example.com' }).waitFor();
    assert.equal((await server.visit('www.example.com')).text, 'shop null');
    await fromMenu(page, 'www.example.com', 'Remove');
    await press(page, 'Remove www.example.com');
    await section(page, 'Custom domains').getByText('There is no custom domain.', { exact: false }).waitFor();
    assert.equal((await server.visit('www.example.com')).status, 404);
  });

  await t.test('[UI-69] a cron trigger says in words when it fires, and is added and removed', async () => {
    await press(page, 'Add cron trigger');
    await dialog(page).getByLabel('Pattern').fill('61 * * * *');
    await dialog(page).getByText('It is no pattern:', { exact: false }).waitFor();
    await dialog(page).getByLabel('Pattern').fill('*/30 * * * *');
    await dialog(page).getByText('Every 30 minutes').waitFor();
    assert.equal(await dialog(page).locator('time').count(), 3);
    await press(page, 'Add */30 * * * *');
    await section(page, 'Cron triggers').getByText('Every 30 minutes').waitFor();
    await section(page, 'Cron triggers').getByText('None kept').waitFor();
    const crons = async () => {
      const { schedules } = (await server.api('GET', 'workers/scripts/shop/schedules')) as { schedules: readonly { cron: string }[] };
      return schedules.map(({ cron }) => cron);
    };
    assert.deepEqual(await crons(), ['*/30 * * * *']);
    await server.api('PUT', 'workers/scripts/shop/schedules', [{ cron: '*/30 * * * *' }, { cron: '0 5 * * 2' }]);
    await section(page, 'Cron triggers').getByText('Every Monday at 05:00 UTC').waitFor();
    await fromMenu(page, '*/30 * * * *', 'Remove');
    await press(page, 'Remove */30 * * * *');
    await page.getByText('*/30 * * * * is removed.').waitFor();
    assert.deepEqual(await crons(), ['0 5 * * 2']);
  });

  await t.test('[UI-69] a queue is consumed as was said, and its messages come', async () => {
    await press(page, 'Add queue');
    await dialog(page).getByLabel('Queue', { exact: true }).selectOption('orders');
    await dialog(page).getByLabel('Longest wait, in milliseconds').fill('0');
    await dialog(page).getByLabel('Messages in a batch, at most').fill('5');
    await dialog(page).getByLabel('Dead letter queue, optional').fill('orders-failed');
    await checkAccessible(page);
    await press(page, 'Consume orders');
    await section(page, 'Queues').getByText('Then to orders-failed').waitFor();
    const [consumer] = (await server.api('GET', `queues/${queue_id}/consumers`)) as readonly { settings: object; script_name: string }[];
    assert.equal(consumer?.script_name, 'shop');
    assert.deepEqual(consumer?.settings, { batch_size: 5, max_retries: 3, max_wait_time_ms: 0, max_concurrency: null, retry_delay: 0 });
    await server.api('POST', `queues/${queue_id}/messages`, { body: 'tea', content_type: 'text' });
    await press(page, 'Turn on workers.dev');
    await dialog(page).getByRole('button', { name: 'Turn on workers.dev' }).click();
    await page.getByText('workers.dev is on.').waitFor();
    await until('the message to have come', async () => (await server.visit('shop')).text === 'shop tea');
    await fromMenu(page, 'orders', 'Change');
    await dialog(page).getByLabel('Retries of a message').fill('0');
    await press(page, 'Change orders');
    await section(page, 'Queues').getByText('No retry').waitFor();
    await checkAccessible(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await checkAccessible(page);
    await page.setViewportSize(NARROW);
    await checkFits(page);
    await fromMenu(page, 'orders', 'Remove');
    await press(page, 'Remove orders');
    await section(page, 'Queues').getByText('No queue is consumed.', { exact: false }).waitFor();
    assert.deepEqual(await server.api('GET', `queues/${queue_id}/consumers`), []);
    assert.equal((await versions()).items.length, 1, 'none of it made a version');
  });
});
