import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test, { type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { anApi, type TestApi } from '../support/api.ts';
import { until } from '../support/until.ts';
import { aWorker } from '../support/worker-form.ts';

const MEBIBYTE = 1024 * 1024;

const aNamespace = async (t: TestContext) => {
  const api = await anApi(t, { hasData: true });
  const { id } = await api.ok('createKvNamespace', {}, { json: { title: 'cache' } });
  return { api, id, at: (key_name: string) => ({ namespace_id: id, key_name }) };
};

const bytesOf = async (api: TestApi, params: { namespace_id: string; key_name: string }) => {
  const response = await api.response('getKvValue', params);
  assert.equal(response.status, 200, await response.clone().text());
  return Buffer.from(await response.arrayBuffer());
};

const keysOf = async (api: TestApi, namespace_id: string, query = {}) =>
  (await api.ok('listKvKeys', { namespace_id }, { query })).map(({ name }) => name);

test('a namespace is made, listed in order, renamed and deleted', async (t) => {
  const api = await anApi(t, { hasData: true });
  const made = await Promise.all(['b', 'c', 'a'].map((title) => api.ok('createKvNamespace', {}, { json: { title } })));
  for (const { id, supports_url_encoding } of made) {
    assert.match(id, /^[0-9a-f]{32}$/);
    assert.equal(supports_url_encoding, true);
  }
  const titles = async (query = {}) => (await api.ok('listKvNamespaces', {}, { query })).map(({ title }) => title);
  assert.deepEqual(await titles(), ['a', 'b', 'c']);
  assert.deepEqual(await titles({ direction: 'desc', order: 'title' }), ['c', 'b', 'a']);
  assert.deepEqual(await titles({ per_page: 2, page: 2 }), ['c']);
  assert.deepEqual(await titles({ per_page: 2, page: 3 }), []);
  const ids = made.map(({ id }) => id).toSorted();
  assert.deepEqual(
    (await api.ok('listKvNamespaces', {}, { query: { order: 'id' } })).map(({ id }) => id),
    ids,
  );
  const [first] = made;
  assert.ok(first !== undefined);
  const renamed = await api.ok('renameKvNamespace', { namespace_id: first.id }, { json: { title: 'z' } });
  assert.deepEqual(renamed, { ...first, title: 'z' });
  assert.deepEqual(await api.ok('getKvNamespace', { namespace_id: first.id }), renamed);
  await api.ok('deleteKvNamespace', { namespace_id: first.id });
  assert.deepEqual(await titles(), ['a', 'c']);
});

test('a namespace that a deployed version binds is deleted only by force, and the refusal says how', async (t) => {
  const { api, id } = await aNamespace(t);
  const bindings = [{ type: 'kv_namespace', name: 'CACHE', namespace_id: id }];
  await api.ok('putScript', { script_name: 'shop' }, { body: aWorker({ metadata: { bindings } }) });
  const { status, code, message } = await api.refused('deleteKvNamespace', { namespace_id: id });
  assert.deepEqual([status, code], [409, 100340]);
  assert.match(message, /"cache" is in use.*of shop serves and binds it as CACHE.*\?force=true/s);
  await api.ok('deleteKvNamespace', { namespace_id: id }, { query: { force: true } });
});

test('[N-1] values of any bytes and keys of any characters come back as they were stored', async (t) => {
  const { api, at, id } = await aNamespace(t);
  const keys = ['plain', 'a/b/c', 'per%2Fcent', '100%', 'a?b#c&d=e', ' space ', 'naïve 日本 🦊', '\u0000\n', 'k'.repeat(512)];
  for (const key of keys) {
    const value = randomBytes(1000);
    await api.ok('putKvValue', at(key), { body: value });
    assert.deepEqual(await bytesOf(api, at(key)), value, JSON.stringify(key));
  }
  assert.deepEqual(new Set(await keysOf(api, id)), new Set(keys));
  for (const key of keys) await api.ok('deleteKvValue', at(key));
  assert.deepEqual(await keysOf(api, id), []);
  await api.ok('putKvValue', at('empty'), { body: '' });
  assert.equal((await bytesOf(api, at('empty'))).length, 0);
});

test('[N-2] a value of 25 MiB is stored, streamed with or without its length; one byte more is refused and changes nothing', async (t) => {
  const { api, at } = await aNamespace(t);
  const value = randomBytes(25 * MEBIBYTE);
  await api.ok('putKvValue', at('large'), { body: value, headers: { 'content-length': String(value.length) } });
  assert.ok(value.equals(await bytesOf(api, at('large'))));
  await api.ok('putKvValue', at('streamed'), { body: ReadableStream.from([value]) });
  assert.ok(value.equals(await bytesOf(api, at('streamed'))));
  const more = Buffer.concat([value, Buffer.from('!')]);
  for (const headers of [{ 'content-length': String(more.length) }, {}]) {
    const { status } = await api.refused('putKvValue', at('large'), { body: ReadableStream.from([more]), headers } as never);
    assert.equal(status, 413);
  }
  const huge = ReadableStream.from([more, Buffer.alloc(MEBIBYTE)]);
  assert.deepEqual((await api.refused('putKvValue', at('large'), { body: huge })).code, 100301);
  assert.ok(value.equals(await bytesOf(api, at('large'))));
});

test('[N-2] a value that breaks off on its way is not stored', async (t) => {
  const { api, at } = await aNamespace(t);
  await api.ok('putKvValue', at('key'), { body: 'before' });
  const broken = ReadableStream.from(
    (async function* () {
      yield Buffer.from('half');
      await wait(10);
      throw new Error('the connection was reset');
    })(),
  );
  const response = await api.response('putKvValue', at('key'), { body: broken });
  assert.equal(response.status, 500);
  assert.equal((await bytesOf(api, at('key'))).toString(), 'before');
});

test('metadata comes with a form, in any order, as JSON or spread by the SDK, and is answered as it was', async (t) => {
  const { api, at, id } = await aNamespace(t);
  const metadata = { unit: '°C', list: [1, 2], deep: { ok: true }, 日本: '\u007f' };
  const form = new FormData();
  form.append('metadata', JSON.stringify(metadata));
  form.append('value', new Blob([Buffer.from([0, 255, 13, 10])]));
  await api.ok('putKvValue', at('form'), { body: form });
  assert.deepEqual(await bytesOf(api, at('form')), Buffer.from([0, 255, 13, 10]));
  assert.deepEqual(await api.ok('getKvMetadata', at('form')), metadata);
  const spread = new FormData();
  spread.append('value', 'text');
  spread.append('metadata[unit]', 'K');
  await api.ok('putKvValue', at('spread'), { body: spread });
  assert.deepEqual(await api.ok('getKvMetadata', at('spread')), { unit: 'K' });
  await api.ok('putKvValue', at('plain'), { body: 'p' });
  assert.equal(await api.ok('getKvMetadata', at('plain')), null);
  assert.deepEqual(await api.ok('listKvKeys', { namespace_id: id }), [
    { name: 'form', metadata },
    { name: 'plain' },
    { name: 'spread', metadata: { unit: 'K' } },
  ]);
});

test('an expiration is kept, given as a time or as seconds from now, and answered with the value and in the list', async (t) => {
  const { api, at, id } = await aNamespace(t);
  const now = Math.floor(Date.now() / 1000);
  await api.ok('putKvValue', at('time'), { body: 't', query: { expiration: now + 1000 } });
  await api.ok('putKvValue', at('ttl'), { body: 't', query: { expiration_ttl: 600, expiration: now + 100 } });
  const [time, ttl] = await api.ok('listKvKeys', { namespace_id: id });
  assert.equal(time?.expiration, now + 1000);
  assert.ok(ttl?.expiration !== undefined && ttl.expiration >= now + 600 && ttl.expiration < now + 660, String(ttl?.expiration));
  assert.equal((await api.response('getKvValue', at('time'))).headers.get('expiration'), String(now + 1000));
  await api.ok('putKvValue', at('time'), { body: 't' });
  assert.equal((await api.response('getKvValue', at('time'))).headers.get('expiration'), null);
});

test('keys are listed page after page, by prefix', async (t) => {
  const { api, id } = await aNamespace(t);
  const body = Array.from({ length: 25 }, (_, index) => ({
    key: `${index % 2 === 0 ? 'even' : 'odd'}-${String(index).padStart(2, '0')}`,
    value: 'v',
  }));
  await api.ok('putKvBulk', { namespace_id: id }, { json: body });
  const seen: string[] = [];
  let cursor = '';
  do {
    const { result, result_info } = await api.answer(
      'listKvKeys',
      { namespace_id: id },
      { query: { prefix: 'even-', limit: 5, ...(cursor === '' ? {} : { cursor }) } },
    );
    seen.push(...result.map(({ name }) => name));
    assert.equal(result_info?.['count'], result.length);
    cursor = String(result_info?.['cursor']);
  } while (cursor !== '');
  assert.deepEqual(
    seen,
    body
      .map(({ key }) => key)
      .filter((key) => key.startsWith('even'))
      .toSorted(),
  );
});

test('bulk calls store, read and delete thousands of keys', async (t) => {
  const { api, id } = await aNamespace(t);
  const binary = randomBytes(100);
  const many = Array.from({ length: 2_000 }, (_, index) => ({ key: `k${index}`, value: `v${index}` }));
  const special = [
    { key: 'k0', value: binary.toString('base64'), base64: true },
    { key: 'k1', value: '{"a":1}', metadata: { m: 1 }, expiration_ttl: 600 },
  ];
  assert.deepEqual(await api.ok('putKvBulk', { namespace_id: id }, { json: many }), {
    successful_key_count: 2_000,
    unsuccessful_keys: [],
  });
  await api.ok('putKvBulk', { namespace_id: id }, { json: special });
  assert.deepEqual(await bytesOf(api, { namespace_id: id, key_name: 'k0' }), binary);
  const get = (json: Readonly<Record<string, unknown>>) => api.ok('getKvBulk', { namespace_id: id }, { json });
  assert.deepEqual(await get({ keys: ['k2', 'none'] }), { values: { k2: 'v2', none: null } });
  assert.deepEqual(await get({ keys: ['k1'], type: 'json', withMetadata: true }), {
    values: { k1: { value: { a: 1 }, metadata: { m: 1 } } },
  });
  const keys = many.map(({ key }) => key);
  assert.deepEqual(await api.ok('deleteKvBulk', { namespace_id: id }, { json: keys.slice(0, 1_500) }), {
    successful_key_count: 1_500,
    unsuccessful_keys: [],
  });
  await api.ok('deleteKvBulkLegacy', { namespace_id: id }, { json: keys.slice(1_500, 1_999) });
  assert.deepEqual(await keysOf(api, id), ['k1999']);
});

const form = (parts: Readonly<Record<string, string>>) => {
  const body = new FormData();
  for (const [name, text] of Object.entries(parts)) body.append(name, text);
  return { body };
};

test('[N-4] what is wrong with a call changes nothing and is said with the code that clients of Cloudflare know', async (t) => {
  const { api, id, at } = await aNamespace(t);
  await api.ok('putKvValue', at('key'), { body: 'v' });
  const ns = { namespace_id: id };
  const none = { namespace_id: '0'.repeat(32) };
  const now = Math.floor(api.api.clock.now().getTime() / 1000);
  const bulk = (entry: object) =>
    api.refused('putKvBulk', ns, {
      json: [
        { key: 'fine', value: 'v' },
        { key: 'k', value: 'v', ...entry },
      ],
    });
  for (const [what, status, code, ask] of [
    ['a key that is not there', 404, 10009, () => api.refused('getKvValue', at('missing'))],
    ['a namespace that is not there', 404, 10013, () => api.refused('getKvNamespace', none)],
    ['a value of no namespace', 404, 10013, () => api.refused('getKvValue', { ...none, key_name: 'k' })],
    ['a put to no namespace', 404, 10013, () => api.refused('putKvValue', { ...none, key_name: 'k' }, { body: 'v' })],
    ['keys of no namespace', 404, 10013, () => api.refused('listKvKeys', none)],
    ['a rename of no namespace', 404, 10013, () => api.refused('renameKvNamespace', none, { json: { title: 't' } })],
    ['a delete of no namespace', 404, 10013, () => api.refused('deleteKvNamespace', none)],
    ['a bulk put to no namespace', 404, 10013, () => api.refused('putKvBulk', none, { json: [{ key: 'k', value: 'v' }] })],
    ['a title twice', 400, 10014, () => api.refused('createKvNamespace', {}, { json: { title: 'cache' } })],
    ['no title', 400, 10019, () => api.refused('createKvNamespace', {}, { json: {} })],
    ['an empty title', 400, 10019, () => api.refused('renameKvNamespace', ns, { json: { title: ' ' } })],
    ['a title too long', 400, 10019, () => api.refused('createKvNamespace', {}, { json: { title: 't'.repeat(513) } })],
    ['metadata of no key', 404, 10009, () => api.refused('getKvMetadata', at('ke'))],
    ['a key too long', 400, 10026, () => api.refused('putKvValue', at('k'.repeat(513)), { body: 'v' })],
    ['a ttl too short', 400, 10034, () => api.refused('putKvValue', at('key'), { body: 'x', query: { expiration_ttl: 59 } })],
    ['a ttl that is no number', 400, 10026, () => api.refused('putKvValue', at('key'), { body: 'x', query: { expiration_ttl: 'soon' } })],
    ['a time that is over', 400, 10033, () => api.refused('putKvValue', at('key'), { body: 'x', query: { expiration: now - 5 } })],
    ['a form without a value', 400, 10012, () => api.refused('putKvValue', at('key'), form({ metadata: '{}' }))],
    ['metadata that is no JSON', 400, 10012, () => api.refused('putKvValue', at('key'), form({ value: 'v', metadata: '{' }))],
    [
      'metadata too long',
      413,
      10026,
      () => api.refused('putKvValue', at('key'), form({ value: 'v', metadata: JSON.stringify('m'.repeat(1023)) })),
    ],
    ['a limit of 1001', 400, 10026, () => api.refused('listKvKeys', ns, { query: { limit: 1001 } })],
    ['a cursor of nobody', 400, 10026, () => api.refused('listKvKeys', ns, { query: { cursor: '%%%' } })],
    ['a bulk of nothing', 400, 10029, () => api.refused('putKvBulk', ns, { json: [] })],
    ['a bulk of 10,001', 400, 10029, () => api.refused('deleteKvBulk', ns, { json: Array.from({ length: 10_001 }, (_, i) => `${i}`) })],
    [
      'a bulk get of 101',
      400,
      10029,
      () => api.refused('getKvBulk', ns, { json: { keys: Array.from({ length: 101 }, (_, i) => `${i}`) } }),
    ],
    ['JSON that is none', 400, 10026, () => api.refused('getKvBulk', ns, { json: { keys: ['key'], type: 'json' } })],
    ['an empty key in a bulk', 400, 10026, () => bulk({ key: '' })],
    ['half a character as key', 400, 10026, () => bulk({ key: '\ud800' })],
    ['base64 that is none', 400, 10012, () => bulk({ value: '*', base64: true })],
    ['a short ttl in a bulk', 400, 10034, () => bulk({ expiration_ttl: 5 })],
    ['metadata too long in a bulk', 413, 10026, () => bulk({ metadata: 'm'.repeat(1023) })],
  ] as const) {
    const { status: given, code: said, message } = await ask();
    assert.deepEqual([given, said], [status, code], `${what}: ${message}`);
  }
  assert.deepEqual(await keysOf(api, id), ['key']);
  assert.equal((await bytesOf(api, at('key'))).toString(), 'v');
});

test('[N-5] what was in a deleted namespace is deleted', async (t) => {
  const { api, id } = await aNamespace(t);
  await api.ok('putKvBulk', { namespace_id: id }, { json: Array.from({ length: 1500 }, (_, i) => ({ key: `k${i}`, value: 'v' })) });
  await api.ok('deleteKvNamespace', { namespace_id: id });
  const left = async () => {
    const { body } = await api.api.data.ask({ kind: 'kv_namespace', id, name: id }, { method: 'GET', path: '/?key_count_limit=1' });
    return ((await body.toArray()) as Buffer[]).toString();
  };
  await until('an empty namespace', async () => (await left()) === '{"keys":[],"list_complete":true}');
});
