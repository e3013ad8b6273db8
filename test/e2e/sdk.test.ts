/** Cloudflare's official SDK for programs, with its base URL changed and nothing else. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { answering } from '../support/project.ts';
import { allOf, fileFor, sdkFor } from '../support/sdk.ts';
import { startServer } from '../support/server.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());

const sdk = sdkFor(server.connection);
const account = { account_id: server.connection.accountId };
const DATE = '2026-11-01';

const upload = async (text: string, bindings: readonly object[] = []) => ({
  ...account,
  metadata: { main_module: 'main.mjs', compatibility_date: DATE, bindings, annotations: { 'workers/message': text } },
  files: [await fileFor(answering(text), 'main.mjs', 'application/javascript+module')],
});

type WithId = { readonly id: string };
let one = '';
let two = '';

test('scripts.update makes a Worker, and scripts.subdomain.create opens it', async () => {
  const made = (await sdk(
    'workers.scripts.update',
    'app',
    await upload('one', [{ type: 'plain_text', name: 'COLOUR', text: 'red' }]),
  )) as WithId;
  assert.equal(made.id, 'app');
  assert.deepEqual(await sdk('workers.scripts.subdomain.create', 'app', { ...account, enabled: true, previews_enabled: true }), {
    enabled: true,
    previews_enabled: true,
  });
  assert.equal((await server.visit('app')).text, 'one');
  assert.deepEqual(
    (await allOf(sdk('workers.scripts.list', account))).map((script) => (script as WithId).id),
    ['app'],
  );
});

test('scripts.versions and scripts.deployments upload, list, split and go back', async () => {
  ({ id: two } = (await sdk('workers.scripts.versions.create', 'app', await upload('two'))) as WithId);
  const versions = (await allOf(sdk('workers.scripts.versions.list', 'app', account))) as readonly WithId[];
  assert.equal(versions[0]?.id, two);
  one = versions[1]?.id ?? '';
  assert.equal(((await sdk('workers.scripts.versions.get', two, { ...account, script_name: 'app' })) as WithId).id, two);

  const deploy = (shares: readonly (readonly [string, number])[]) =>
    sdk('workers.scripts.deployments.create', 'app', {
      ...account,
      strategy: 'percentage',
      versions: shares.map(([version_id, percentage]) => ({ version_id, percentage })),
    }) as Promise<WithId>;
  const split = await deploy([
    [one, 50],
    [two, 50],
  ]);
  const { one: ones = 0, two: twos = 0 } = await server.tally('app', 100);
  assert.ok(ones > 15 && twos > 15 && ones + twos === 100, `one ${ones}, two ${twos}`);
  await deploy([[one, 100]]);
  assert.deepEqual(await server.tally('app', 10), { one: 10 });
  assert.equal(((await sdk('workers.scripts.deployments.get', split.id, { ...account, script_name: 'app' })) as WithId).id, split.id);
  await sdk('workers.scripts.deployments.delete', split.id, { ...account, script_name: 'app' });
  await assert.rejects(sdk('workers.scripts.deployments.get', split.id, { ...account, script_name: 'app' }), { status: 404 });
});

test('scripts.secrets, settings and content change what serves', async () => {
  await sdk('workers.scripts.secrets.update', 'app', { ...account, name: 'PASSWORD', text: 'hidden', type: 'secret_text' });
  assert.deepEqual(await allOf(sdk('workers.scripts.secrets.list', 'app', account)), [{ name: 'PASSWORD', type: 'secret_text' }]);
  await sdk('workers.scripts.secrets.delete', 'PASSWORD', { ...account, script_name: 'app' });
  assert.deepEqual(await allOf(sdk('workers.scripts.secrets.list', 'app', account)), []);

  const code = 'export default { fetch(request, env) { return new Response(env.SHAPE + " " + env.COLOUR); } };';
  const files = [await fileFor(code, 'main.mjs', 'application/javascript+module')];
  await sdk('workers.scripts.content.update', 'app', { ...account, metadata: { main_module: 'main.mjs' }, files });
  const bindings = [
    { type: 'plain_text', name: 'SHAPE', text: 'round' },
    { type: 'inherit', name: 'COLOUR' },
  ];
  await sdk('workers.scripts.scriptAndVersionSettings.edit', 'app', { ...account, settings: { bindings } });
  assert.equal((await server.visit('app')).text, 'round red');
  const settings = (await sdk('workers.scripts.scriptAndVersionSettings.get', 'app', account)) as { bindings: readonly { name: string }[] };
  assert.deepEqual(settings.bindings.map(({ name }) => name).toSorted(), ['COLOUR', 'SHAPE']);
  const content = (await sdk('workers.scripts.content.get', 'app', account)) as Response;
  assert.ok((await content.text()).includes(code));

  await sdk('workers.scripts.settings.edit', 'app', { ...account, logpush: true });
  assert.equal(((await sdk('workers.scripts.settings.get', 'app', account)) as { logpush: boolean }).logpush, true);
  await sdk('workers.scripts.schedules.update', 'app', { ...account, body: [{ cron: '0 * * * *' }] });
  const { schedules } = (await sdk('workers.scripts.schedules.get', 'app', account)) as { schedules: readonly { cron: string }[] };
  assert.deepEqual(
    schedules.map(({ cron }) => cron),
    ['0 * * * *'],
  );
});

test('routes and domains lead to the Worker', async () => {
  const { id: zone_id } = (await server.api('POST', '/zones', { name: 'example.com', account: { id: account.account_id } })) as WithId;
  const route = (await sdk('workers.routes.create', { zone_id, pattern: 'example.com/app*', script: 'app' })) as WithId;
  assert.equal((await server.visit('example.com', '/app')).text, 'round red');
  assert.deepEqual(
    (await allOf(sdk('workers.routes.list', { zone_id }))).map((item) => (item as WithId).id),
    [route.id],
  );
  await sdk('workers.routes.delete', route.id, { zone_id });
  assert.equal((await server.visit('example.com', '/app')).status, 404);

  const domain = (await sdk('workers.domains.update', { ...account, hostname: 'app.example.com', service: 'app', zone_id })) as WithId;
  assert.equal((await server.visit('app.example.com')).text, 'round red');
  assert.equal(((await sdk('workers.domains.get', domain.id, account)) as WithId).id, domain.id);
  await sdk('workers.domains.delete', domain.id, account);
  assert.equal((await server.visit('app.example.com')).status, 404);
});

test('beta.workers makes a Worker and versions of it from JSON, and deletes them', async () => {
  const worker = (await sdk('workers.beta.workers.create', { ...account, name: 'newer', subdomain: { enabled: true } })) as WithId;
  const version = (text: string) => ({
    ...account,
    main_module: 'main.mjs',
    compatibility_date: DATE,
    modules: [
      { name: 'main.mjs', content_type: 'application/javascript+module', content_base64: Buffer.from(answering(text)).toString('base64') },
    ],
  });
  await sdk('workers.beta.workers.versions.create', worker.id, { ...version('first'), deploy: true });
  assert.equal((await server.visit('newer')).text, 'first');
  const second = (await sdk('workers.beta.workers.versions.create', worker.id, version('second'))) as WithId;
  assert.equal((await server.visit('newer')).text, 'first');
  const listed = (await allOf(sdk('workers.beta.workers.versions.list', worker.id, account))) as readonly WithId[];
  assert.deepEqual([listed.length, listed[0]?.id], [2, second.id]);
  await sdk('workers.beta.workers.versions.delete', second.id, { ...account, worker_id: worker.id });
  await sdk('workers.beta.workers.edit', worker.id, { ...account, tags: ['team:green'] });
  assert.deepEqual(((await sdk('workers.beta.workers.get', worker.id, account)) as { tags: unknown }).tags, ['team:green']);
  await sdk('workers.beta.workers.delete', worker.id, account);
  assert.equal((await server.visit('newer')).status, 404);
});

test('scripts.delete takes the Worker away, and a refusal is an error of the SDK with its code', async () => {
  await sdk('workers.scripts.delete', 'app', { ...account, force: true });
  assert.equal((await server.visit('app')).status, 404);
  await assert.rejects(
    sdk('workers.scripts.settings.get', 'app', account),
    (error: { status: number; errors: readonly { code: number }[] }) => {
      assert.deepEqual([error.status, error.errors[0]?.code], [404, 10007]);
      return true;
    },
  );
});
