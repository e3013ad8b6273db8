import assert from 'node:assert/strict';
import test from 'node:test';
import type { Page } from 'playwright-core';
import { checkAccessible, checkFits } from '../support/accessible.ts';
import { aBrowser, NARROW } from '../support/browser.ts';
import { startServer, type Server } from '../support/server.ts';
import { signIn, whole } from '../support/sign-in.ts';
import { until } from '../support/until.ts';
import { aWorker } from '../support/worker-form.ts';

const SECRET = 'only-the-worker-knows-this';

/** Says what it finds in its env; of a secret its length. */
const SHOP = `export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname === '/count') await env.PRICES.put('tea', String(Number(await env.PRICES.get('tea')) + 1));
    return Response.json({ greeting: env.GREETING, old: env.OLD, key: env.API_KEY?.length, tea: await env.PRICES?.get('tea') });
  },
};`;

const OLD = { type: 'plain_text', name: 'OLD', text: 'here' };

interface Version {
  readonly id: string;
  readonly number: number;
  readonly annotations: Readonly<Record<string, string>>;
  readonly resources: { readonly bindings: readonly { readonly name: string; readonly type: string }[] };
}

/** Newest first. */
const versionsOf = async (server: Server, name: string): Promise<readonly Version[]> => {
  const { items } = (await server.api('GET', `workers/scripts/${name}/versions`)) as { items: readonly { id: string }[] };
  return Promise.all(items.map(({ id }) => server.api('GET', `workers/scripts/${name}/versions/${id}`) as Promise<Version>));
};

/** What serves: shares by the numbers of the versions. */
const servingOf = async (server: Server, name: string): Promise<Readonly<Record<number, number>>> => {
  const answer = (await server.api('GET', `workers/scripts/${name}/deployments`)) as {
    deployments: readonly { versions: readonly { version_id: string; percentage: number }[] }[];
  };
  const numbers = new Map((await versionsOf(server, name)).map(({ id, number }) => [id, number]));
  const versions = answer.deployments[0]?.versions ?? [];
  return Object.fromEntries(versions.map(({ version_id: id, percentage }) => [numbers.get(id) ?? 0, percentage]));
};

const namesIn = (version: Version | undefined): readonly string[] => version?.resources.bindings.map(({ name }) => name).toSorted() ?? [];
const asked = async (server: Server, path = '/'): Promise<unknown> => JSON.parse((await server.visit('shop', path)).text) as unknown;

const dialog = (page: Page) => page.getByRole('dialog');
const bar = (page: Page) => page.getByRole('region', { name: 'Changes that are not saved' });
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const fromMenu = async (page: Page, row: string, item: string): Promise<void> => {
  await press(page, `Menu of ${row}`);
  await page.getByRole('menuitem', { name: item, exact: true }).click();
};

const addValue = async (page: Page, kind: string, name: string, value: string): Promise<void> => {
  await press(page, 'Add variable or secret');
  await dialog(page).getByLabel('Kind').selectOption(kind);
  await dialog(page).getByLabel('Name', { exact: true }).fill(name);
  await dialog(page).getByLabel('Value', { exact: true }).fill(value);
  await press(page, `Add ${name}`);
};

const openSettings = async (page: Page, server: Server, name: string): Promise<void> => {
  await page.goto(`${server.connection.baseUrl.replace(/\/client\/v4$/, '')}/workers/${name}/settings`);
  await whole(page);
};

const entered = async (page: Page, server: Server): Promise<void> => {
  await signIn(page, { url: server.connection.baseUrl.replace(/\/client\/v4$/, ''), token: server.connection.token });
};

test('settings, as a person changes them', async (t) => {
  await using server = await startServer();
  await server.api('PUT', 'workers/scripts/shop', aWorker({ code: SHOP, metadata: { bindings: [OLD] } }));
  await server.api('POST', 'workers/scripts/shop/subdomain', { enabled: true, previews_enabled: true });
  await using browser = await aBrowser(t);
  const { page } = browser;
  // Nobody is signed in at first; and what is deleted is asked for once more.
  browser.allow(/status of 401/, /status of 404/);
  const answers: Promise<string>[] = [];
  page.on('response', (response) => {
    if (/\/(?:client\/v4|switchback\/v1)\//.test(response.url()) && !response.url().includes('/events'))
      answers.push(response.text().catch(() => ''));
  });
  await entered(page, server);

  await t.test(
    '[UI-60] a variable, a secret and a KV namespace wait in a draft; Save makes a version of them without traffic',
    async () => {
      await openSettings(page, server, 'shop');
      await addValue(page, 'Text', 'GREETING', 'hello');
      await addValue(page, 'Secret', 'API_KEY', SECRET);
      await press(page, 'Add binding');
      await dialog(page).getByLabel('Kind').selectOption('KV namespace');
      await dialog(page).getByLabel('Name', { exact: true }).fill('PRICES');
      await press(page, 'New namespace');
      await dialog(page).getByLabel('Name of the new namespace').fill('price-list');
      await press(page, 'Make price-list');
      await dialog(page).getByLabel('Namespace', { exact: true }).waitFor();
      await press(page, 'Add PRICES');
      await bar(page).getByText('3 changes: adds the secret API_KEY, adds GREETING, adds PRICES.').waitFor();
      assert.equal((await versionsOf(server, 'shop')).length, 1, 'a draft is no version');
      await bar(page).getByRole('button', { name: 'Save' }).click();
      await dialog(page).getByText('A version is made from v1 and gets no traffic. What serves stays as it is.').first().waitFor();
      await checkAccessible(page);
      await dialog(page).getByLabel('Message, optional').fill('Prices from KV');
      await dialog(page).getByLabel('Tag, optional').fill('prices');
      await press(page, 'Save without traffic');
      await page.getByText('v2 is saved, without traffic.').waitFor();
      // The way on stays when the toast is gone.
      await page.getByRole('region', { name: 'What makes a version' }).getByRole('link', { name: 'Deploy v2' }).waitFor();
      const [saved] = await versionsOf(server, 'shop');
      assert.deepEqual(namesIn(saved), ['API_KEY', 'GREETING', 'OLD', 'PRICES']);
      assert.equal(saved?.annotations['workers/message'], 'Prices from KV');
      assert.equal(saved?.annotations['workers/tag'], 'prices');
      assert.deepEqual(await servingOf(server, 'shop'), { 1: 100 });
      assert.deepEqual(await asked(server), { old: 'here' });
      await bar(page).waitFor({ state: 'detached' });
    },
  );

  await t.test('[UI-61] Deploy says what becomes of what serves and of what waits, and does that', async () => {
    await fromMenu(page, 'OLD', 'Change');
    await dialog(page).getByLabel('Value', { exact: true }).fill('changed');
    await press(page, 'Change OLD');
    await bar(page).getByRole('button', { name: 'Deploy' }).click();
    await dialog(page).getByText('A version is made from v1 and gets all requests in its place.').first().waitFor();
    await dialog(page).getByText('v2 goes on waiting without traffic', { exact: false }).waitFor();
    await press(page, 'Deploy to all requests');
    await page.getByText('v3 gets all requests.').waitFor();
    assert.deepEqual(await servingOf(server, 'shop'), { 3: 100 });
    assert.deepEqual(await asked(server), { old: 'changed' });
    const [waiting, serving] = await versionsOf(server, 'shop');
    await server.api('POST', 'workers/scripts/shop/deployments', {
      strategy: 'percentage',
      versions: [
        { version_id: serving?.id, percentage: 90 },
        { version_id: waiting?.id, percentage: 10 },
      ],
    });
    await page.getByText('Shown is v4, the newest version. Now: v4 10%, v3 90%.').waitFor();
    await fromMenu(page, 'OLD', 'Remove');
    await bar(page).getByRole('button', { name: 'Deploy' }).click();
    await dialog(page)
      .getByText('Each version that serves is made anew with the changes, and its successor takes over its share: v4 10%, v3 90%.')
      .first()
      .waitFor();
    await press(page, 'Deploy, split as now');
    await page.getByText('v6 gets 10%, v5 gets 90%.').waitFor();
    assert.deepEqual(await servingOf(server, 'shop'), { 5: 90, 6: 10 });
    const [six, five] = await versionsOf(server, 'shop');
    assert.deepEqual([namesIn(five), namesIn(six)], [[], ['API_KEY', 'GREETING', 'PRICES']]);
    await server.api('POST', 'workers/scripts/shop/deployments', {
      strategy: 'percentage',
      versions: [{ version_id: six?.id, percentage: 100 }],
    });
    await until('all edges to follow', async () => (await server.visit('shop', '/count')).status === 200 || undefined);
    assert.deepEqual(await asked(server, '/count'), { greeting: 'hello', key: SECRET.length, tea: '2' });
  });

  await t.test('[UI-62] a secret is changed and removed, and its value stands nowhere: in no page, no answer, no address', async () => {
    const other = `${SECRET}-and-another`;
    await page.getByText('Shown is v6, which serves.').waitFor();
    await fromMenu(page, 'API_KEY', 'Change value');
    assert.equal(await dialog(page).getByLabel('Value', { exact: true }).inputValue(), '');
    await dialog(page).getByLabel('Value', { exact: true }).fill(other);
    await press(page, 'Change API_KEY');
    await bar(page).getByRole('button', { name: 'Deploy' }).click();
    await dialog(page).getByText('API_KEY: going back to what serves now brings its value of today back', { exact: false }).waitFor();
    assert.doesNotMatch(await page.content(), new RegExp(SECRET));
    await press(page, 'Deploy to all requests');
    await page.getByText('v7 gets all requests.').waitFor();
    assert.deepEqual(await asked(server), { greeting: 'hello', key: other.length, tea: '2' });
    await fromMenu(page, 'API_KEY', 'Remove');
    await bar(page).getByText('1 change: removes the secret API_KEY.').waitFor();
    await bar(page).getByRole('button', { name: 'Deploy' }).click();
    await press(page, 'Deploy to all requests');
    await page.getByText('v8 gets all requests.').waitFor();
    assert.deepEqual(await asked(server), { greeting: 'hello', tea: '2' });
    assert.doesNotMatch(await page.content(), new RegExp(SECRET));
    for (const answer of await Promise.all(answers)) assert.doesNotMatch(answer, new RegExp(SECRET));
  });

  await t.test(
    '[UI-63] changes that were made to settings which somebody else changed since are not saved until that is said',
    async () => {
      await page.getByText('Shown is v8, which serves.').waitFor();
      await addValue(page, 'JSON', 'SIZES', '["S", "L"]');
      await bar(page).getByRole('button', { name: 'Deploy' }).click();
      const deploy = page.getByRole('button', { name: 'Deploy to all requests' });
      assert.equal(await deploy.getAttribute('aria-disabled'), 'false');
      await server.api('PATCH', 'workers/scripts/shop/settings', {
        bindings: [{ type: 'plain_text', name: 'GREETING', text: 'good day' }],
      });
      await dialog(page).getByText('The settings changed while you were here: the newest version is v9', { exact: false }).waitFor();
      await dialog(page).getByRole('link', { name: 'See v9' }).waitFor();
      assert.equal(await deploy.getAttribute('aria-disabled'), 'true');
      await checkAccessible(page);
      await press(page, 'Cancel');
      const save = bar(page).getByRole('button', { name: 'Save' });
      assert.equal(await save.getAttribute('aria-disabled'), 'true');
      await checkAccessible(page);
      await press(page, 'Keep mine on top');
      await bar(page).getByRole('button', { name: 'Deploy' }).click();
      await press(page, 'Deploy to all requests');
      await page.getByText('v10 gets all requests.').waitFor();
      assert.deepEqual(await asked(server), { greeting: 'good day' });
      const [newest] = await versionsOf(server, 'shop');
      assert.deepEqual(namesIn(newest), ['GREETING', 'SIZES']);
    },
  );

  await t.test('[UI-64] what applies at once makes no version', async () => {
    await page.getByText('Shown is v10, which serves.').waitFor();
    await page.getByLabel('Keep logs').check();
    await page.getByLabel('Share of invocations that is kept, in percent').fill('25');
    await page.getByLabel('Tags of the Worker').fill('shop, team-a');
    await press(page, 'Apply to all versions');
    await page.getByText('It applies to every version from now on.').waitFor();
    const settings = (await server.api('GET', 'workers/scripts/shop/script-settings')) as {
      observability: object;
      tags: readonly string[];
    };
    assert.deepEqual([settings.observability, settings.tags], [{ enabled: true, head_sampling_rate: 0.25 }, ['shop', 'team-a']]);
    await page.getByLabel('Share of invocations that is kept, in percent').fill('50');
    await server.api('PATCH', 'workers/scripts/shop/script-settings', { tags: ['of somebody else'] });
    await page.getByText('These settings were changed while you were here.').waitFor();
    const apply = page.getByRole('button', { name: 'Apply to all versions' });
    assert.equal(await apply.getAttribute('aria-disabled'), 'true');
    await press(page, 'See what is there now');
    assert.equal(await page.getByLabel('Tags of the Worker').inputValue(), 'of somebody else');
    assert.equal(await page.getByLabel('Share of invocations that is kept, in percent').inputValue(), '25');
    await press(page, 'Turn off workers.dev');
    await dialog(page).getByRole('button', { name: 'Turn off workers.dev' }).click();
    await page.getByText('workers.dev is off.').waitFor();
    assert.equal((await server.visit('shop')).status, 404);
    assert.equal((await versionsOf(server, 'shop')).length, 10);
    await press(page, 'Turn on workers.dev');
    await dialog(page).getByRole('button', { name: 'Turn on workers.dev' }).click();
    await page.getByText('workers.dev is on.').waitFor();
  });

  await t.test('[UI-65] settings are for everybody: light, dark and on a phone', async () => {
    await checkAccessible(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await checkAccessible(page);
    await page.setViewportSize(NARROW);
    await checkFits(page);
    await checkAccessible(page);
    await press(page, 'Add binding');
    await checkFits(page);
    await checkAccessible(page);
    await page.keyboard.press('Escape');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  await t.test('[UI-66] a Worker is deleted by its name, and what would miss it is said first', async () => {
    await server.api(
      'PUT',
      'workers/scripts/front',
      aWorker({ metadata: { bindings: [{ type: 'service', name: 'SHOP', service: 'shop' }] } }),
    );
    await press(page, 'Delete shop');
    await dialog(page).getByText('front calls it as SHOP.', { exact: false }).waitFor();
    const act = dialog(page).getByRole('button', { name: 'Delete shop' });
    const asksTo: string[] = [];
    page.on('request', (request) => request.method() === 'DELETE' && asksTo.push(request.url()));
    await dialog(page).getByLabel('Type its name: shop').press('Enter');
    await dialog(page).getByLabel('Type its name: shop').fill('shop');
    await dialog(page).getByLabel('Type its name: shop').press('Enter');
    assert.equal(await act.getAttribute('aria-disabled'), 'true');
    await dialog(page).getByLabel('Delete it all the same.', { exact: false }).check();
    await dialog(page).getByLabel('Type its name: shop').press('Enter');
    await page.getByText('shop is deleted.').waitFor();
    await page.getByRole('heading', { name: 'Workers' }).first().waitFor();
    await assert.rejects(server.api('GET', 'workers/scripts/shop/settings'), /10007/);
    assert.equal(asksTo.length, 1, 'what is refused is not sent by Enter either');
  });
});
