/** Every method of the official SDK that belongs here, and the members its types promise. The product as a whole meets it in test/e2e. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { endpoints, type Endpoint } from '../../src/contract/index.ts';
import { anApi } from '../support/api.ts';
import { allOf, fileFor, sdkFor } from '../support/sdk.ts';
import { MODULE, saying } from '../support/worker-form.ts';

const endpointFor = (method: string, path: string): Endpoint | undefined =>
  Object.values<Endpoint>(endpoints)
    .toSorted((a, b) => a.path.split(':').length - b.path.split(':').length)
    .find((endpoint) => endpoint.method === method && new RegExp(`^/client/v4${endpoint.path.replaceAll(/:\w+/g, '[^/]+')}$`).test(path));

type Answer = Readonly<Record<string, unknown>>;

/** The SDK on an API without a socket; each answer it gets is held to the contract. */
const anSdk = async (t: TestContext) => {
  const api = await anApi(t);
  const answering: typeof fetch = async (input, init = {}) => {
    const { pathname, search } = new URL(input instanceof Request ? input.url : input);
    const endpoint = endpointFor(init.method ?? 'GET', pathname);
    assert.ok(endpoint !== undefined, `${init.method} ${pathname}`);
    const response = await api.app.request(pathname + search, init);
    if (response.ok && endpoint.raw === undefined) {
      const { result } = (await response.clone().json()) as { readonly result: unknown };
      assert.deepEqual(endpoint.result.parse(result), result);
    }
    return response;
  };
  const sdk = sdkFor({ baseUrl: 'http://localhost/client/v4', token: api.token }, { fetch: answering });
  // What the SDK answers is held to its types below, member by member.
  const call = (method: string, ...args: readonly unknown[]) => sdk(`workers.${method}`, ...args) as Promise<Answer>;
  const list = (method: string, ...args: readonly unknown[]) => allOf(sdk(method, ...args)) as Promise<readonly Answer[]>;
  return { api, call, list, account: { account_id: api.api.account.id } };
};

/** Members that a type says are there, with their kind. */
const has = (value: Answer | undefined, promised: Readonly<Record<string, string>>): void => {
  for (const [name, kind] of Object.entries(promised))
    assert.equal(Array.isArray(value?.[name]) ? 'array' : typeof value?.[name], kind, name);
};

const file = (text: string, name = 'index.mjs', type = MODULE) => fileFor(text, name, type);
const METADATA = { main_module: 'index.mjs', compatibility_date: '2026-11-01' };
const BINDINGS = [
  { type: 'plain_text', name: 'COUNT', text: '42' },
  { type: 'json', name: 'LIST', json: [1, { two: true }] },
  { type: 'secret_text', name: 'KEY', text: 'true' },
];
const SHOWN = [BINDINGS[0], BINDINGS[1], { type: 'secret_text', name: 'KEY' }];

const SCRIPT = {
  id: 'string',
  tag: 'string',
  tags: 'array',
  etag: 'string',
  handlers: 'array',
  created_on: 'string',
  modified_on: 'string',
  usage_model: 'string',
  has_assets: 'boolean',
  has_modules: 'boolean',
  logpush: 'boolean',
  last_deployed_from: 'string',
};

const hello = async (t: TestContext) => {
  const made = await anSdk(t);
  const files = [await file(saying('one')), await file('a note', 'note.txt', 'text/plain')];
  const script = await made.call('scripts.update', 'hello', { ...made.account, metadata: { ...METADATA, bindings: BINDINGS }, files });
  return { ...made, script, named: { ...made.account, script_name: 'hello' } };
};

test('scripts: update, list, search, get, delete', async (t) => {
  const { call, list, account, script } = await hello(t);
  has(script, { ...SCRIPT, startup_time_ms: 'number' });
  has((await list('workers.scripts.list', account))[0], SCRIPT);
  const [found] = (await call('scripts.search', { ...account, name: 'ell', order_by: 'created_on' })) as unknown as readonly Answer[];
  has(found, {
    id: 'string',
    created_on: 'string',
    modified_on: 'string',
    script_name: 'string',
    environment_is_default: 'boolean',
    service_name: 'string',
  });
  assert.match(String(await call('scripts.get', 'hello', account)), /new Response\("one"\)/);
  assert.equal(await call('scripts.delete', 'hello', { ...account, force: true }), null);
  assert.deepEqual(await list('workers.scripts.list', account), []);
});

test('scripts.content: update, get', async (t) => {
  const { call, account } = await hello(t);
  has(
    await call('scripts.content.update', 'hello', {
      ...account,
      metadata: { main_module: 'index.mjs' },
      files: [await file(saying('two'))],
    }),
    SCRIPT,
  );
  const answer = (await call('scripts.content.get', 'hello', account)) as unknown as Response;
  const form = await answer.formData();
  assert.deepEqual([...form.keys()], ['index.mjs']);
});

test('scripts.settings and scripts.scriptAndVersionSettings: edit, get', async (t) => {
  const { call, account } = await hello(t);
  const observability = { enabled: true, head_sampling_rate: 0.1 };
  const edited = { logpush: true, observability, tags: ['a'], tail_consumers: [] };
  assert.deepEqual(await call('scripts.settings.edit', 'hello', { ...account, logpush: true, observability, tags: ['a'] }), edited);
  assert.deepEqual(await call('scripts.settings.get', 'hello', account), edited);
  const settings = {
    bindings: [...SHOWN, { type: 'plain_text', name: 'MORE', text: 'null' }],
    usage_model: 'bundled',
    placement: { mode: 'smart' },
    limits: { cpu_ms: 20 },
  };
  const both = await call('scripts.scriptAndVersionSettings.edit', 'hello', { ...account, settings });
  assert.deepEqual(both['bindings'], settings.bindings);
  assert.deepEqual(
    [both['usage_model'], both['placement'], both['limits'], both['logpush']],
    ['bundled', { mode: 'smart' }, { cpu_ms: 20 }, true],
  );
  assert.deepEqual(await call('scripts.scriptAndVersionSettings.get', 'hello', account), both);
});

test('scripts.secrets: update, list, get, bulkUpdate, delete', async (t) => {
  const { call, list, account, named } = await hello(t);
  const secret = { name: 'A/B', type: 'secret_text' };
  assert.deepEqual(await call('scripts.secrets.update', 'hello', { ...account, ...secret, text: 's' }), secret);
  assert.deepEqual(await call('scripts.secrets.get', 'A/B', named), secret);
  const secrets = { 'A/B': null, C: { name: 'C', text: 'c', type: 'secret_text' } };
  const left = await call('scripts.secrets.bulkUpdate', 'hello', { ...account, secrets });
  assert.deepEqual(left, { C: { name: 'C', type: 'secret_text' }, KEY: { name: 'KEY', type: 'secret_text' } });
  assert.equal(await call('scripts.secrets.delete', 'C', named), null);
  assert.deepEqual(await list('workers.scripts.secrets.list', 'hello', account), [{ name: 'KEY', type: 'secret_text' }]);
});

test('scripts.schedules and scripts.subdomain: all their methods', async (t) => {
  const { call, account } = await hello(t);
  const updated = await call('scripts.schedules.update', 'hello', { ...account, body: [{ cron: '0 * * * *' }] });
  has((updated['schedules'] as readonly Answer[])[0], { cron: 'string', created_on: 'string', modified_on: 'string' });
  assert.deepEqual(await call('scripts.schedules.get', 'hello', account), updated);
  const on = { enabled: true, previews_enabled: true };
  assert.deepEqual(await call('scripts.subdomain.create', 'hello', { ...account, ...on }), on);
  assert.deepEqual(await call('scripts.subdomain.get', 'hello', account), on);
  assert.deepEqual(await call('scripts.subdomain.delete', 'hello', account), { enabled: false, previews_enabled: false });
});

test('scripts.versions: create, list to its end, get', async (t) => {
  const { call, list, account, named } = await hello(t);
  const made = [];
  for (let number = 2; number <= 12; number += 1) {
    made.push(
      await call('scripts.versions.create', 'hello', {
        ...account,
        metadata: { ...METADATA, bindings: BINDINGS },
        files: [await file(saying(String(number)))],
      }),
    );
  }
  has(made[0], { id: 'string', number: 'number', startup_time_ms: 'number', metadata: 'object', resources: 'object' });
  const listed = await list('workers.scripts.versions.list', 'hello', account);
  assert.deepEqual(
    listed.map(({ number }) => number),
    [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
  );
  has(listed[0]?.['metadata'] as Answer, {
    author_email: 'string',
    author_id: 'string',
    created_on: 'string',
    hasPreview: 'boolean',
    modified_on: 'string',
    source: 'string',
  });
  assert.equal((await list('workers.scripts.versions.list', 'hello', { ...account, deployable: true })).length, 12);
  const version = await call('scripts.versions.get', made[0]?.['id'], named);
  assert.deepEqual((version['resources'] as Answer)['bindings'], SHOWN);
});

test('scripts.deployments: create, list, get, delete', async (t) => {
  const { call, account, named, script } = await hello(t);
  const two = await call('scripts.versions.create', 'hello', { ...account, metadata: METADATA, files: [await file(saying('two'))] });
  const versions = [
    { version_id: script['deployment_id'], percentage: 99.5 },
    { version_id: two['id'], percentage: 0.5 },
  ];
  const annotations = { 'workers/message': 'a first try' };
  const made = await call('scripts.deployments.create', 'hello', {
    ...account,
    strategy: 'percentage',
    versions,
    annotations,
    force: true,
  });
  has(made, { id: 'string', created_on: 'string', source: 'string', author_email: 'string' });
  assert.deepEqual([made['strategy'], made['versions']], ['percentage', versions]);
  // Its type has the list as `result.deployments`; only pages of `items` are iterated.
  const { result } = await call('scripts.deployments.list', 'hello', account);
  const [active, first] = (result as { readonly deployments: readonly Answer[] }).deployments;
  assert.deepEqual(active, made);
  assert.deepEqual(await call('scripts.deployments.get', first?.['id'], named), first);
  has(await call('scripts.deployments.delete', first?.['id'], named), { success: 'boolean', errors: 'array', messages: 'array' });
});

const WORKER = {
  id: 'string',
  created_on: 'string',
  logpush: 'boolean',
  name: 'string',
  observability: 'object',
  references: 'object',
  subdomain: 'object',
  tags: 'array',
  tail_consumers: 'array',
  updated_on: 'string',
};
const VERSION = {
  id: 'string',
  created_on: 'string',
  number: 'number',
  urls: 'array',
  annotations: 'object',
  author_email: 'string',
  bindings: 'array',
  source: 'string',
};

test('beta.workers: create, list, get, edit, update, delete', async (t) => {
  const { call, list, account } = await anSdk(t);
  const worker = await call('beta.workers.create', { ...account, name: 'newer', tags: ['a'], subdomain: { enabled: true } });
  has(worker, WORKER);
  has(worker['references'] as Answer, {
    dispatch_namespace_outbounds: 'array',
    domains: 'array',
    durable_objects: 'array',
    queues: 'array',
    workers: 'array',
  });
  assert.deepEqual(await list('workers.beta.workers.list', account), [worker]);
  assert.deepEqual(await call('beta.workers.get', worker['id'], account), worker);
  assert.deepEqual((await call('beta.workers.edit', worker['id'], { ...account, logpush: true }))['tags'], ['a']);
  const replaced = await call('beta.workers.update', worker['id'], { ...account, name: 'newer' });
  assert.deepEqual([replaced['tags'], replaced['logpush']], [[], false]);
  has(await call('beta.workers.delete', worker['id'], account), { success: 'boolean', errors: 'array', messages: 'array' });
});

test('beta.workers.versions: create, list to its end, get with its modules, delete', async (t) => {
  const { call, list, account } = await anSdk(t);
  const { id } = await call('beta.workers.create', { ...account, name: 'newer' });
  const modules = [{ name: 'index.mjs', content_type: MODULE, content_base64: Buffer.from(saying('one')).toString('base64') }];
  const one = await call('beta.workers.versions.create', id, { ...account, ...METADATA, modules, bindings: BINDINGS, deploy: true });
  has(one, { ...VERSION, main_module: 'string', compatibility_date: 'string', startup_time_ms: 'number', usage_model: 'string' });
  assert.deepEqual(one['bindings'], SHOWN);
  const two = await call('beta.workers.versions.create', id, { ...account, ...METADATA, modules });
  assert.deepEqual(
    (await list('workers.beta.workers.versions.list', id, account)).map(({ number }) => number),
    [2, 1],
  );
  assert.deepEqual(
    (await call('beta.workers.versions.get', two['id'], { ...account, worker_id: id, include: 'modules' }))['modules'],
    modules,
  );
  has(await call('beta.workers.versions.delete', two['id'], { ...account, worker_id: id }), {
    success: 'boolean',
    errors: 'array',
    messages: 'array',
  });
});

test('routes, domains, subdomains, accountSettings and zones', async (t) => {
  const { api, call, list, account } = await hello(t);
  const { id: zone_id } = await api.ok('createZone', {}, { json: { name: 'example.com' } });
  has((await list('zones.list'))[0], { id: 'string', name: 'string', status: 'string', account: 'object' });
  const route = await call('routes.create', { zone_id, pattern: 'example.com/*', script: 'hello' });
  const moved = { ...route, pattern: 'example.com/a/*' };
  assert.deepEqual(await call('routes.update', route['id'], { zone_id, pattern: 'example.com/a/*', script: 'hello' }), moved);
  assert.deepEqual(await call('routes.get', route['id'], { zone_id }), moved);
  assert.deepEqual(await list('workers.routes.list', { zone_id }), [moved]);
  assert.deepEqual(await call('routes.delete', route['id'], { zone_id }), { id: route['id'] });

  const domain = await call('domains.update', { ...account, hostname: 'www.example.com', service: 'hello', zone_id });
  has(domain, {
    id: 'string',
    cert_id: 'string',
    environment: 'string',
    hostname: 'string',
    service: 'string',
    zone_id: 'string',
    zone_name: 'string',
  });
  assert.deepEqual(await list('workers.domains.list', { ...account, zone_name: 'example.com' }), [domain]);
  assert.deepEqual(await call('domains.get', domain['id'], account), domain);
  has(await call('domains.delete', domain['id'], account), { success: 'boolean' });

  assert.deepEqual(await call('subdomains.update', { ...account, subdomain: 'team' }), { subdomain: 'team' });
  assert.deepEqual(await call('subdomains.get', account), { subdomain: 'team' });
  has(await call('accountSettings.get', account), { default_usage_model: 'string', green_compute: 'boolean' });
});
