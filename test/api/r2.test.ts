/** Buckets and objects over the API, with the real process that holds them. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { anApi, type TestApi } from '../support/api.ts';

const object = (bucket_name: string, object_key: string) => ({ bucket_name, object_key });
const put = (api: TestApi, key: string, body: string, headers: Readonly<Record<string, string>> = {}) =>
  api.ok('putR2Object', object('files', key), { body, headers });
const get = (api: TestApi, key: string, headers: Readonly<Record<string, string>> = {}) =>
  api.response('getR2Object', object('files', key), { headers });
const aBucket = async (t: test.TestContext): Promise<TestApi> => {
  const api = await anApi(t, { hasData: true });
  await api.ok('createR2Bucket', {}, { json: { name: 'files' } });
  return api;
};

test('a bucket is made, listed, changed and deleted', async (t) => {
  const api = await anApi(t, { hasData: true });
  const made = await api.ok(
    'createR2Bucket',
    {},
    { json: { name: 'files', locationHint: 'weur' }, headers: { 'cf-r2-jurisdiction': 'eu' } },
  );
  assert.deepEqual({ ...made, creation_date: '' }, { name: 'files', creation_date: '', storage_class: 'Standard', jurisdiction: 'eu' });
  await api.ok('createR2Bucket', {}, { json: { name: 'cold', storageClass: 'InfrequentAccess' } });
  assert.deepEqual(await api.ok('getR2Bucket', { bucket_name: 'files' }), made);
  const changed = await api.ok('patchR2Bucket', { bucket_name: 'files' }, { headers: { 'cf-r2-storage-class': 'InfrequentAccess' } });
  assert.deepEqual(changed, { ...made, storage_class: 'InfrequentAccess' });
  await put(api, 'a', 'x');
  const [stored] = await api.ok('listR2Objects', { bucket_name: 'files' });
  assert.equal(stored?.storage_class, 'InfrequentAccess');
  const names = async (query: Readonly<Record<string, string | number>>) => {
    const { buckets } = await api.ok('listR2Buckets', {}, { query });
    return buckets.map(({ name }) => name);
  };
  assert.deepEqual(await names({}), ['cold', 'files']);
  assert.deepEqual(await names({ direction: 'desc' }), ['files', 'cold']);
  assert.deepEqual(await names({ name_contains: 'il' }), ['files']);
  assert.deepEqual(await names({ per_page: 1 }), ['cold']);
  assert.deepEqual(await names({ per_page: 1, cursor: 'cold' }), ['files']);
  await api.ok('deleteR2Object', object('files', 'a'));
  for (const bucket_name of ['files', 'cold']) assert.deepEqual(await api.ok('deleteR2Bucket', { bucket_name }), {});
  assert.deepEqual(await names({}), []);
});

test('refusals of buckets', async (t) => {
  const api = await aBucket(t);
  const refused = [
    await api.refused('createR2Bucket', {}, { json: { name: 'files' } }),
    await api.refused('createR2Bucket', {}, { json: { name: 'Files' } }),
    await api.refused('createR2Bucket', {}, { json: { name: 'cold', storageClass: 'Ice' } }),
    await api.refused('getR2Bucket', { bucket_name: 'other' }),
    await api.refused('deleteR2Bucket', { bucket_name: 'other' }),
    await api.refused('patchR2Bucket', { bucket_name: 'files' }),
    await api.refused('listR2Objects', { bucket_name: 'other' }),
  ];
  await put(api, 'a', 'x');
  refused.push(await api.refused('deleteR2Bucket', { bucket_name: 'files' }));
  const codes = refused.map(({ status, code }) => [status, code]);
  assert.deepEqual(codes, [
    [409, 10004],
    [400, 10005],
    [400, 10029],
    [404, 10006],
    [404, 10006],
    [400, 10029],
    [404, 10006],
    [409, 10008],
  ]);
});

test('a bucket that a deployed version binds is deleted by force only, and is empty when it is made again', async (t) => {
  const api = await aBucket(t);
  await api.upload('hello', { metadata: { bindings: [{ type: 'r2_bucket', name: 'FILES', bucket_name: 'files' }] } });
  const { status, code, message } = await api.refused('deleteR2Bucket', { bucket_name: 'files' });
  assert.deepEqual([status, code], [409, 100340]);
  assert.match(message, /of hello serves and binds it as FILES.*force=true/);
  await put(api, 'a', 'x');
  await api.ok('deleteR2Object', object('files', 'a'));
  await api.ok('deleteR2Bucket', { bucket_name: 'files' }, { query: { force: true } });
  const gone = await api.refused('putR2Object', object('files', 'a'), { body: 'x' });
  assert.deepEqual([gone.status, gone.code], [404, 10006]);
  await api.ok('createR2Bucket', {}, { json: { name: 'files' } });
  assert.deepEqual(await api.ok('listR2Objects', { bucket_name: 'files' }), []);
});

test('[O-7] an object has the key it was sent under, slashes and escapes too', async (t) => {
  const api = await aBucket(t);
  const keys = ['a', 'a/b//c.txt', 'with space', 'Ünï/\u{1f600}', '100%', 'a%2Fb', 'q?x=1&y#z', '..a/.b'];
  for (const key of keys) {
    const stored = await put(api, key, `value of ${key}`);
    assert.deepEqual([stored.key, stored.size], [key, String(Buffer.byteLength(`value of ${key}`))]);
    assert.equal(await (await get(api, key)).text(), `value of ${key}`);
  }
  const listed = await api.ok('listR2Objects', { bucket_name: 'files' });
  assert.deepEqual(listed.map(({ key }) => key).toSorted(), keys.toSorted());
  // As wrangler sends it.
  const raw = await api.send('GET', `/client/v4/accounts/${api.api.account.id}/r2/buckets/files/objects/a/b//c.txt`);
  assert.equal(await raw.text(), 'value of a/b//c.txt');
});

test('[O-8] an object is served with what it was stored with', async (t) => {
  const api = await aBucket(t);
  const headers = {
    'content-type': 'text/x',
    'content-language': 'de',
    'content-disposition': 'inline',
    'cache-control': 'no-store',
    expires: 'Sun, 09 Sep 2001 01:46:40 GMT',
  };
  const { etag } = await put(api, 'a', 'hello world', { ...headers, 'cf-r2-storage-class': 'InfrequentAccess' });
  assert.equal(etag, createHash('md5').update('hello world').digest('hex'));
  const whole = await get(api, 'a');
  assert.equal(await whole.text(), 'hello world');
  for (const [name, value] of Object.entries(headers)) assert.equal(whole.headers.get(name), value);
  assert.deepEqual([whole.status, whole.headers.get('etag'), whole.headers.get('content-length')], [200, `"${etag}"`, '11']);
  const [listed] = await api.ok('listR2Objects', { bucket_name: 'files' });
  assert.deepEqual(listed?.http_metadata, {
    contentType: 'text/x',
    contentLanguage: 'de',
    contentDisposition: 'inline',
    cacheControl: 'no-store',
    cacheExpiry: '2001-09-09T01:46:40.000Z',
  });
  const part = await get(api, 'a', { range: 'bytes=6-' });
  assert.deepEqual([part.status, await part.text(), part.headers.get('content-range')], [206, 'world', 'bytes 6-10/11']);
  const same = await get(api, 'a', { 'if-none-match': `"${etag}"` });
  assert.deepEqual([same.status, await same.text()], [304, '']);
  assert.equal((await get(api, 'a', { 'if-none-match': '"other"' })).status, 200);
  assert.equal((await get(api, 'a', { 'if-modified-since': new Date(Date.now() + 60_000).toUTCString() })).status, 304);
});

test('refusals of objects', async (t) => {
  const api = await aBucket(t);
  await put(api, 'a', 'x');
  assert.deepEqual(await codeOf(api.refused('getR2Object', object('files', 'nothing'))), [404, 10007]);
  assert.deepEqual(await codeOf(api.refused('getR2Object', object('files', 'a'), { headers: { range: 'bytes=5-' } })), [416, 10039]);
  assert.deepEqual(await codeOf(api.refused('putR2Object', object('files', 'k'.repeat(1025)), { body: 'x' })), [400, 10020]);
  assert.deepEqual(
    await codeOf(api.refused('putR2Object', object('files', 'b'), { body: 'x', headers: { 'cf-r2-storage-class': 'Ice' } })),
    [400, 10029],
  );
  const declared = { 'content-length': String(301 * 1024 * 1024) };
  assert.equal((await api.refused('putR2Object', object('files', 'b'), { body: 'x', headers: declared })).status, 413);
  assert.deepEqual(await api.ok('deleteR2Object', object('files', 'nothing')), { key: 'nothing' });
  assert.equal((await get(api, 'b')).status, 404);
});

test('a list goes on where its page ended', async (t) => {
  const api = await aBucket(t);
  for (const key of ['a', 'b/1', 'b/2', 'c']) await put(api, key, key);
  const page = async (query: Readonly<Record<string, string | number>>) => {
    const response = await api.response('listR2Objects', { bucket_name: 'files' }, { query });
    return (await response.json()) as {
      readonly result: readonly { readonly key: string }[];
      readonly result_info: { readonly cursor?: string; readonly is_truncated: boolean; readonly delimited: readonly string[] };
    };
  };
  const first = await page({ per_page: 2, delimiter: '/' });
  assert.deepEqual(
    [first.result.map(({ key }) => key), first.result_info.delimited, first.result_info.is_truncated],
    [['a'], ['b/'], true],
  );
  const second = await page({ per_page: 2, delimiter: '/', cursor: first.result_info.cursor ?? '' });
  assert.deepEqual([second.result.map(({ key }) => key), second.result_info.cursor], [['c'], undefined]);
  assert.deepEqual(
    (await page({ prefix: 'b/', start_after: 'b/1' })).result.map(({ key }) => key),
    ['b/2'],
  );
});

const codeOf = async (answer: Promise<{ readonly status: number; readonly code: number }>): Promise<readonly number[]> => {
  const { status, code } = await answer;
  return [status, code];
};
