import assert from 'node:assert/strict';
import test from 'node:test';
import { anApi, type TestApi } from '../support/api.ts';

const HELLO = { script_name: 'hello' };
const API_DATE = { 'cloudflare-workers-script-api-date': '2025-08-01' };

const state = (api: TestApi) => api.ok('getSubdomain', HELLO);
const table = (api: TestApi) => {
  const worker = api.edge.table().workers.find(({ name }) => name === 'hello');
  return [worker?.workersDev, worker?.previews];
};

test('[M-2] a new Worker answers on no host, until its subdomain is switched on', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  assert.deepEqual([await state(api), table(api)], [{ enabled: false, previews_enabled: false }, [false, false]]);
  await api.ok('postSubdomain', HELLO, { json: { enabled: true } });
  assert.deepEqual(
    [await state(api), table(api)],
    [{ enabled: true, previews_enabled: false }, [true, false]],
    'old clients say nothing of previews',
  );
  await api.ok('deleteSubdomain', HELLO);
  assert.deepEqual(table(api), [false, false]);
});

test('for clients of the newer API previews follow the Worker where they do not say', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  const post = (json: { readonly enabled: boolean; readonly previews_enabled?: boolean }) =>
    api.ok('postSubdomain', HELLO, { json, headers: API_DATE });
  assert.deepEqual(await post({ enabled: true }), { enabled: true, previews_enabled: true });
  assert.deepEqual(await post({ enabled: true, previews_enabled: false }), { enabled: true, previews_enabled: false });
  assert.deepEqual(await post({ enabled: false, previews_enabled: true }), { enabled: false, previews_enabled: true });
  assert.deepEqual(await post({ enabled: false }), { enabled: false, previews_enabled: false });
  const { subdomain } = await api.ok('getWorker', { worker: 'hello' });
  assert.deepEqual(subdomain, {
    enabled: false,
    previews_enabled: false,
    url: 'http://hello.switchback.localhost:8080',
    preview_url_suffix: '-hello.switchback.localhost:8080',
  });
  assert.deepEqual(await api.ok('getEnvironmentSubdomain', { ...HELLO, environment: 'production' }), await state(api));
});

test("the account's subdomain is registered from the start and can be changed", async (t) => {
  const api = await anApi(t);
  assert.deepEqual(await api.ok('getAccountSubdomain', {}), { subdomain: 'switchback' });
  assert.deepEqual(await api.ok('checkSubdomain', { name: 'switchback' }), { subdomain: 'switchback' });
  await api.ok('putAccountSubdomain', {}, { json: { subdomain: 'team' }, headers: { 'content-type': 'text/plain;charset=UTF-8' } });
  assert.equal(api.edge.table().hosts.subdomain, 'team');
});

test('routes are made, read, changed, replaced and deleted, and the edge has them at once', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  await api.upload('other');
  const { id: zone_id } = await api.ok('createZone', {}, { json: { name: 'Example.com' } });
  const made = await api.ok('createRoute', { zone_id }, { json: { pattern: 'example.com/a/*', script: 'hello' } });
  const none = await api.ok('createRoute', { zone_id }, { json: { pattern: 'example.com/a/b/*' } });
  assert.deepEqual(Object.keys(none).toSorted(), ['id', 'pattern']);
  assert.deepEqual(await api.ok('getRoute', { zone_id, route_id: made.id }), made);
  const moved = await api.ok('putRoute', { zone_id, route_id: made.id }, { json: { pattern: 'example.com/c/*', script: 'other' } });
  assert.deepEqual(moved, { id: made.id, pattern: 'example.com/c/*', script: 'other' });
  assert.deepEqual(await api.ok('listRoutes', { zone_id }), [none, moved]);
  await api.ok('putScriptRoutes', HELLO, {
    json: [{ pattern: '*.example.com/*' }, { pattern: 'example.com/d', zone_name: 'example.com' }],
  });
  assert.deepEqual(
    api.edge.table().hosts.routes.map(({ pattern, script }) => [pattern, script]),
    [
      ['*.example.com/*', 'hello'],
      ['example.com/a/b/*', null],
      ['example.com/c/*', 'other'],
      ['example.com/d', 'hello'],
    ],
  );
  const shown = await api.ok('getEnvironmentRoutes', { ...HELLO, environment: 'production' }, { query: { show_zonename: true } });
  assert.deepEqual(
    shown.map(({ pattern, zone_name }) => [pattern, zone_name]),
    [
      ['*.example.com/*', 'example.com'],
      ['example.com/d', 'example.com'],
    ],
  );
  await api.ok('putScriptRoutes', HELLO, { json: [] });
  await api.ok('deleteRoute', { zone_id, route_id: none.id });
  assert.deepEqual(
    api.edge.table().hosts.routes.map(({ pattern }) => pattern),
    ['example.com/c/*'],
  );
});

test('custom domains are attached as wrangler and as the SDK do it, and read by both', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  await api.upload('other');
  const { id: zone_id } = await api.ok('createZone', {}, { json: { name: 'example.com' } });
  const domain = await api.ok(
    'putDomain',
    {},
    { json: { hostname: 'WWW.example.com', service: 'other', zone_id, environment: 'production' } },
  );
  assert.deepEqual([domain.hostname, domain.zone_name, domain.cert_id], ['www.example.com', 'example.com', '']);
  const origins = [{ hostname: 'a.example.com' }, { hostname: 'www.example.com', zone_name: 'example.com' }];
  const changeset = await api.ok('domainsChangeset', HELLO, { json: origins, query: { replace_state: true } });
  assert.deepEqual(
    [changeset.added, changeset.updated.map(({ hostname, service, modified }) => [hostname, service, modified])],
    [[origins[0]], [['www.example.com', 'other', true]]],
  );
  assert.equal((await api.refused('putDomainRecords', HELLO, { json: { origins } })).code, 100116);
  const records = await api.ok('putDomainRecords', HELLO, { json: { origins, override_existing_origin: true } });
  assert.deepEqual(
    records.map(({ hostname, service, enabled, previews_enabled }) => [hostname, service, enabled, previews_enabled]),
    [
      ['a.example.com', 'hello', true, false],
      ['www.example.com', 'hello', true, false],
    ],
  );
  assert.deepEqual(
    await api.ok('listDomainRecords', {}, { query: { page: 0, per_page: 5, service: 'hello', environment: 'production' } }),
    records,
  );
  assert.deepEqual(await api.ok('listDomains', {}, { query: { hostname: 'www.example.com' } }), [records[1]]);
  assert.deepEqual(await api.ok('getDomainRecord', { domain_id: domain.id }), records[1]);
  const { references } = await api.ok('getWorker', { worker: 'hello' });
  assert.deepEqual(
    references.domains.map(({ hostname }) => hostname),
    ['a.example.com', 'www.example.com'],
  );
  const modified = async (switches: { enabled?: boolean; previews_enabled?: boolean }) =>
    (await api.ok('domainsChangeset', HELLO, { json: [{ hostname: 'A.example.com', ...switches }] })).updated.map((each) => each.modified);
  assert.deepEqual(await modified({}), [false]);
  assert.deepEqual([await modified({ enabled: false }), await modified({ previews_enabled: true })], [[true], [true]]);
  await api.ok('putDomainRecords', HELLO, { json: { origins: [{ hostname: 'a.example.com' }] } });
  await api.ok('deleteDomain', { domain_id: records[0]?.id ?? '' });
  assert.deepEqual(api.edge.table().hosts.customDomains, []);
});

test('a zone goes with its routes and domains, and a Worker with its own', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  const zones = [
    await api.ok('createZone', {}, { json: { name: 'example.com' } }),
    await api.ok('createZone', {}, { json: { name: 'example.org' } }),
  ];
  for (const { id: zone_id, name } of zones) {
    await api.ok('createRoute', { zone_id }, { json: { pattern: `${name}/*`, script: 'hello' } });
    await api.ok('putDomain', {}, { json: { hostname: `www.${name}`, service: 'hello', zone_id } });
  }
  assert.deepEqual(
    (await api.ok('listZones', {}, { query: { name: 'example.org', 'account.id': api.api.account.id } })).map(({ id }) => id),
    [zones[1]?.id],
  );
  assert.deepEqual(await api.ok('listZones', {}, { query: { 'account.id': 'f'.repeat(32) } }), []);
  await api.ok('deleteZone', { zone_id: zones[0]?.id ?? '' });
  assert.deepEqual(
    api.edge.table().hosts.routes.map(({ pattern }) => pattern),
    ['example.org/*'],
  );
  await api.ok('deleteService', HELLO, { query: { force: false } });
  const { hosts, workers } = api.edge.table();
  assert.deepEqual([hosts.routes, hosts.customDomains, workers], [[], [], []]);
});
