/** The log of changes, as our own clients and as Cloudflare's read it. That every change is in it is held in audit-rows.test.ts. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { endpoints, ownEndpoints } from '../../src/contract/index.ts';
import { anApi, type TestApi } from '../support/api.ts';
import { allOf, sdkFor } from '../support/sdk.ts';

interface Listed<Row> {
  readonly result: readonly Row[];
  readonly result_info: Readonly<Record<string, number>>;
}

type Entry = ReturnType<(typeof ownEndpoints)['listAudit']['result']['parse']>[number];
type Log = ReturnType<(typeof endpoints)['listAuditLogs']['result']['parse']>[number];

const own = async (api: TestApi, query: Readonly<Record<string, string>> = {}): Promise<Listed<Entry>> => {
  const response = await api.send('GET', `/switchback/v1/audit?${new URLSearchParams(query)}`);
  const listed = (await response.json()) as Listed<Entry>;
  assert.deepEqual(ownEndpoints.listAudit.result.parse(listed.result), listed.result);
  return listed;
};

/** Two people, a Worker, a zone with a route, and a refusal, which is no change. */
const aStory = async (t: TestContext) => {
  const api = await anApi(t);
  const { value: bob } = await api.ok('createToken', {}, { json: { name: 'bob', email: 'bob@example.com' } });
  const wrangler = { 'user-agent': 'wrangler/4.164.0' };
  await api.upload('hello');
  const { id } = await api.uploadVersion('hello');
  await api.deploy('hello', {}, { headers: wrangler, token: bob, json: deployment(id, 'All of it') });
  const zone = await api.ok('createZone', {}, { json: { name: 'example.com' } });
  await api.ok('createRoute', { zone_id: zone.id }, { json: { pattern: 'example.com/app*', script: 'hello' } });
  await api.refused('createZone', {}, { json: { name: 'example.com' } });
  return api;
};

const deployment = (id: string, message: string) => ({
  strategy: 'percentage' as const,
  versions: [{ version_id: id, percentage: 100 }],
  annotations: { 'workers/message': message },
});

const actions = ({ result }: Listed<Entry>): readonly string[] => result.map(({ action }) => action);

test('[A-18] the log is asked for by target, action, actor and time, a page at a time', async (t) => {
  const api = await aStory(t);
  const all = ['route.put', 'zone.add', 'deployment.create', 'version.upload', 'script.upload', 'token.create', 'token.create'];
  assert.deepEqual(actions(await own(api)), all);
  assert.deepEqual(actions(await own(api, { target: 'worker/hello', action: 'version' })), ['version.upload']);
  assert.deepEqual(actions(await own(api, { actor: 'bob@example.com' })), ['deployment.create']);
  const second = await own(api, { per_page: '3', page: '2' });
  assert.deepEqual(actions(second), all.slice(3, 6));
  assert.deepEqual(second.result_info, { page: 2, per_page: 3, count: 3, total_count: 7, total_pages: 3 });
  const [{ at = '' } = {}] = (await own(api, { action: 'zone.add' })).result;
  const later = (await own(api, { since: at, until: '9999-12-31' })).result;
  assert.ok(later.length > 0 && later.every((entry) => entry.at >= at));
  const earlier = (await own(api, { until: at })).result;
  assert.ok(earlier.every((entry) => entry.at < at));
  assert.equal(later.length + earlier.length, all.length);
  assert.deepEqual(actions(await own(api, { since: '2000-01-01', until: '2000-01-02T00:00:00+02:00' })), []);
  for (const wrong of ['yesterday', '2026-02-30', '2026-11-21T08:00'])
    assert.equal((await api.refusedBy(() => api.send('GET', `/switchback/v1/audit?since=${wrong}`))).status, 400, wrong);
});

test('[A-18] the official SDK reads the log in Cloudflare’s shape, whole or filtered', async (t) => {
  const api = await aStory(t);
  const answering: typeof fetch = async (input, init) => {
    const { pathname, search } = new URL(input instanceof Request ? input.url : input);
    return api.app.request(pathname + search, init);
  };
  const sdk = sdkFor({ baseUrl: 'http://localhost/client/v4', token: api.token }, { fetch: answering });
  const account_id = api.api.account.id;
  const list = async (query: object = {}) => (await allOf(sdk('auditLogs.list', { account_id, ...query }))) as readonly Log[];
  const types = async (query: object) => (await list(query)).map(({ action }) => action.type);

  const everything = await list({ per_page: 2 });
  assert.equal(everything.length, 7, 'its pages end');
  assert.deepEqual(
    (await list({ direction: 'asc' })).map(({ id }) => id),
    everything.map(({ id }) => id).toReversed(),
  );
  const [made] = await list({ action: { type: 'deployment.create' } });
  assert.ok(made !== undefined);
  const { id, when, metadata, ...rest } = made;
  assert.match(when, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.equal(metadata['message'], 'All of it');
  assert.deepEqual(rest, {
    action: { type: 'deployment.create', result: true, info: 'All of it' },
    actor: { id: made.actor.id, email: 'bob@example.com', type: 'user' },
    interface: 'wrangler',
    newValue: '',
    oldValue: '',
    owner: { id: account_id },
    resource: { id: 'hello', type: 'worker' },
  });
  assert.deepEqual(await list({ id }), [made]);
  assert.deepEqual(await types({ actor: { email: 'bob@example.com' } }), ['deployment.create']);
  assert.deepEqual(await types({ zone: { name: 'example.com' } }), ['route.put', 'zone.add']);
  assert.deepEqual(await types({ zone: { name: 'example.org' } }), []);
  assert.deepEqual(await types({ action: { type: 'token' }, hide_user_logs: true }), ['token.create', 'token.create']);
  assert.deepEqual(await types({ before: '2000-01-01' }), []);
  assert.equal((await list({ since: '2000-01-01' })).length, 7);
  for (const wrong of [{ export: true }, { actor: { ip: '10.0.0.0/99' } }, { since: 'now' }, { per_page: 1001 }, { direction: 'up' }])
    await assert.rejects(list(wrong), { status: 400 }, JSON.stringify(wrong));
});

test('[A-19] a row says from which address and with which client a change was made', async (t) => {
  const api = await anApi(t);
  const url = await api.listen();
  const clients = { 'wrangler/4.164.0': 'wrangler', 'switchback/1.0.0': 'cli', 'curl/8': 'api', 'Terraform/1.9': 'terraform' };
  for (const [at, [agent]] of Object.entries(clients).entries()) {
    const headers = { authorization: `Bearer ${api.token}`, 'user-agent': agent };
    const body = JSON.stringify({ name: `zone${at}.example` });
    assert.equal((await fetch(`${url}/client/v4/zones`, { method: 'POST', headers, body })).status, 200);
  }
  const found = async (ip: string) =>
    (await api.ok('listAuditLogs', {}, { query: { 'actor.ip': ip, direction: 'asc' } })) as readonly Log[];
  const logs = await found('127.0.0.0/8');
  assert.deepEqual(
    logs.map((log) => [log.actor.ip, log.interface, log.metadata['zone_name']]),
    Object.values(clients).map((client, at) => ['127.0.0.1', client, `zone${at}.example`]),
  );
  assert.deepEqual(await found('127.0.0.1'), logs);
  for (const elsewhere of ['10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32']) assert.deepEqual(await found(elsewhere), [], elsewhere);
});

test('[A-12] an edge that gave a version up is told of as the system, not as a user', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  const versionId = (await api.ok('listVersions', { script_name: 'hello' })).items[0]?.id ?? '';
  const process = {
    versionId,
    script: 'hello',
    state: 'backing_off',
    restarts: 5,
    brokenOn: '2026-11-21T08:40:00.000Z',
    reason: 'It crashed.',
  };
  const report = { edge: 'edge-9', generation: 1, url: 'http://localhost:8080', processes: [process] };
  const send = () => api.send('POST', '/edge/v1/reports', { token: api.api.edgeToken, body: JSON.stringify(report) });
  assert.equal((await send()).status, 204);
  const [trip] = await api.ok('listAuditLogs', {}, { query: { 'action.type': 'version.trip' } });
  assert.ok(trip !== undefined);
  assert.deepEqual(
    [trip.actor, trip.interface, trip.action.info],
    [{ id: 'edge-edge-9', email: 'edge-9', type: 'Cloudflare' }, '', 'It crashed.'],
  );
});
