/** What leads requests and messages to a Worker is changed as it was read. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { EndpointName } from '../../src/contract/index.ts';
import { anApi, envelopeOf, type Call, type TestApi } from '../support/api.ts';

const CONSUMING = 'export default { fetch: () => new Response(), queue() {} };';

const going = <Name extends EndpointName>(etag: string, call: Call<Name> = {}): Call<Name> => ({ ...call, headers: { 'if-match': etag } });

const tagIn = async (response: Promise<Response>): Promise<string> => {
  const answer = await response;
  await envelopeOf(answer);
  const etag = answer.headers.get('etag') ?? '';
  assert.match(etag, /^"[\w.-]+"$/);
  return etag;
};

const consumedBy = (script_name: string) => ({ type: 'worker', script_name });

interface Trigger {
  readonly read: () => Promise<Response>;
  readonly pointTo: (worker: string, etag?: string) => Promise<Response>;
  readonly remove: (etag: string) => Promise<Response>;
}

const call = <Name extends EndpointName>(etag: string | undefined, json: Call<Name>): Call<Name> =>
  etag === undefined ? json : going(etag, json);

const triggers: Readonly<Record<string, (api: TestApi) => Promise<Trigger>>> = {
  'a route': async (api) => {
    const { id: zone_id } = await api.ok('createZone', {}, { json: { name: 'example.com' } });
    const { id: route_id } = await api.ok('createRoute', { zone_id }, { json: { pattern: 'example.com/*', script: 'one' } });
    const route = { zone_id, route_id };
    return {
      read: () => api.response('getRoute', route),
      pointTo: (script, etag) => api.response('putRoute', route, call(etag, { json: { pattern: 'example.com/*', script } })),
      remove: (etag) => api.response('deleteRoute', route, going(etag)),
    };
  },
  'a custom domain': async (api) => {
    await api.ok('createZone', {}, { json: { name: 'example.com' } });
    const hostname = 'shop.example.com';
    const { id: domain_id } = await api.ok('putDomain', {}, { json: { hostname, service: 'one' } });
    return {
      read: () => api.response('getDomain', { domain_id }),
      pointTo: (service, etag) => api.response('putDomain', {}, call(etag, { json: { hostname, service } })),
      remove: (etag) => api.response('deleteDomain', { domain_id }, going(etag)),
    };
  },
  'the consumer of a queue': async (api) => {
    const { queue_id } = await api.ok('createQueue', {}, { json: { queue_name: 'orders' } });
    const { consumer_id } = await api.ok('createQueueConsumer', { queue_id }, { json: consumedBy('one') });
    const consumer = { queue_id, consumer_id };
    return {
      read: () => api.response('getQueueConsumer', consumer),
      pointTo: (script, etag) => api.response('putQueueConsumer', consumer, call(etag, { json: consumedBy(script) })),
      remove: (etag) => api.response('deleteQueueConsumer', consumer, going(etag)),
    };
  },
};

for (const [what, made] of Object.entries(triggers)) {
  test(`[SE-17] ${what} is changed and removed as it was read: where it is another by now it stays, and who changed it is said`, async (t) => {
    const api = await anApi(t, { hasData: true });
    for (const name of ['one', 'two', 'three']) await api.upload(name, { code: CONSUMING });
    const { read, pointTo, remove } = await made(api);
    const seen = await tagIn(read());
    assert.equal((await pointTo('two')).status, 200);
    for (const stale of [() => pointTo('three', seen), () => remove(seen)]) {
      const { status, code, message } = await api.refusedBy(stale);
      assert.deepEqual([status, code], [412, 100323]);
      assert.match(message, /is no more as you read it: ada@example\.com changed it at 2026-11-01T/);
    }
    assert.equal((await api.refusedBy(() => pointTo('three', 'not a tag'))).status, 400);
    // As it is now; and the answer has the tag of what it made.
    const next = await tagIn(pointTo('three', await tagIn(read())));
    assert.equal(next, await tagIn(read()));
    assert.equal((await remove(next)).status, 200);
    assert.equal((await api.refusedBy(() => remove(next))).status, 404);
  });
}

test('[SE-17] a host that no Worker had when it was looked at is not taken from one that has it since', async (t) => {
  const api = await anApi(t);
  for (const name of ['one', 'two']) await api.upload(name);
  await api.ok('createZone', {}, { json: { name: 'example.com' } });
  const hostname = 'shop.example.com';
  const look = () => tagIn(api.response('listDomains', {}, { query: { hostname } }));
  assert.equal(await look(), '"none"');
  const put = (service: string, etag: string) => api.response('putDomain', {}, going(etag, { json: { hostname, service } }));
  assert.equal((await api.refusedBy(() => put('one', '*'))).status, 412, 'there is none that it could stand for');
  assert.equal((await put('one', '"none"')).status, 200);
  const late = await api.refusedBy(() => put('two', '"none"'));
  assert.match(late.message, /The custom domain "shop\.example\.com" is no more as you read it: ada@example\.com changed it/);
  assert.equal((await put('two', await look())).status, 200);
});

test('[SE-17] who changed a host is told by what names that very host, and nobody where nothing does', async (t) => {
  const api = await anApi(t);
  const { value: token } = await api.ok('createToken', {}, { json: { name: 'bob', email: 'bob@example.com' } });
  for (const name of ['one', 'two']) await api.upload(name);
  await api.ok('createZone', {}, { json: { name: 'example.com' } });
  const put = (hostname: string, service: string, more: Pick<Call<'putDomain'>, 'token'> = {}) =>
    api.ok('putDomain', {}, { json: { hostname, service }, ...more });
  await put('shop.example.com', 'one');
  await put('shop.example.com', 'two');
  await put('api.example.com', 'two', { token });
  const late = () => api.response('putDomain', {}, going('"none"', { json: { hostname: 'shop.example.com', service: 'one' } }));
  assert.match((await api.refusedBy(late)).message, /ada@example\.com changed it/, 'bob put another host on the same Worker');
  const seen = await tagIn(api.response('listDomains', {}, { query: { hostname: 'shop.example.com' } }));
  await api.ok('deleteScript', { script_name: 'two' }, { query: { force: 'true' } });
  const gone = () => api.response('putDomain', {}, going(seen, { json: { hostname: 'shop.example.com', service: 'one' } }));
  const { status, message } = await api.refusedBy(gone);
  assert.equal(status, 412);
  assert.doesNotMatch(message, /@example/, 'it went with its Worker');
});

for (const [what, read] of Object.entries({
  'a custom domain': (api: TestApi, domain_id: string) => api.response('getDomain', { domain_id }),
  'the custom domains of a host': (api: TestApi) => api.response('listDomains', {}, { query: { hostname: 'shop.example.com' } }),
  'what was put there': (api: TestApi) => api.response('putDomain', {}, { json: { hostname: 'shop.example.com', service: 'one' } }),
}))
  test(`[SE-17] the tag of ${what} is of what is answered, also where that changes meanwhile`, async (t) => {
    const api = await anApi(t);
    for (const name of ['one', 'two']) await api.upload(name);
    await api.ok('createZone', {}, { json: { name: 'example.com' } });
    const hostname = 'shop.example.com';
    const put = (service: string, etag?: string) => api.response('putDomain', {}, call(etag, { json: { hostname, service } }));
    const { id } = await api.ok('putDomain', {}, { json: { hostname, service: 'one' } });
    const { store } = api.api;
    const [readDomains, snapshot, change] = [store.read.hosts.domains, store.snapshot.bind(store), store.change.bind(store)];
    // Somebody moves it right after it was read, by whichever way, or put; and once.
    const moved = async <Value>(value: Value): Promise<Value> => {
      t.mock.restoreAll();
      assert.equal((await put('two')).status, 200);
      return value;
    };
    if (what === 'what was put there') {
      t.mock.method(store, 'change', async (...asked: Parameters<typeof change>) => moved(await change(...asked)));
    } else {
      t.mock.method(store.read.hosts, 'domains', async () => moved(await readDomains()));
      t.mock.method(store, 'snapshot', async (work: Parameters<typeof snapshot>[0]) => moved(await snapshot(work)));
    }
    const answer = await read(api, id);
    t.mock.restoreAll();
    assert.match(JSON.stringify((await envelopeOf(answer)).result), /"service":"one"/);
    assert.equal((await put('two')).status, 200);
    assert.equal((await api.refusedBy(() => put('one', answer.headers.get('etag') ?? ''))).status, 412);
  });
