/** What a deleted resource held is gone, also where the deletion was cut off between its row and its content. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { text } from 'node:stream/consumers';
import { sweepErasures } from '../../src/api/index.ts';
import { deleteQueue, deleteResource } from '../../src/control/index.ts';
import { DataClient, kvStore, r2Bucket } from '../../src/data/index.ts';
import { anApi, type TestApi } from '../support/api.ts';
import { accepted, ADA } from '../support/control-plane.ts';

const owed = (api: TestApi) => api.api.store.read.erasures.all();

/** The same API, with nobody where the content is. */
const withoutData = (t: TestContext, api: TestApi): TestApi => {
  const data = new DataClient('/nowhere');
  t.after(() => data[Symbol.asyncDispose]());
  return new (api.constructor as typeof TestApi)(t, { ...api.api, data }, api.plane, api.token, api.edge);
};

const aStoredValue = async (api: TestApi) => {
  const { id } = await api.ok('createKvNamespace', {}, { json: { title: 'cache' } });
  const store = kvStore(api.api.data, id);
  accepted(await store.put('key', { value: 'kept', expiry: {} }));
  return { id, keys: async () => accepted(await store.list({ limit: 10 })).keys.length };
};

const aTable = async (api: TestApi) => {
  const { uuid } = await api.ok('createD1Database', {}, { json: { name: 'shop' } });
  await api.ok('queryD1Database', { database: uuid }, { json: { sql: "CREATE TABLE a (b); INSERT INTO a VALUES ('kept')" } });
  const read = async () => {
    const path = '/query?resultsFormat=ARRAY_OF_OBJECTS';
    const body = JSON.stringify([{ sql: 'SELECT b FROM a' }]);
    return text((await api.api.data.ask({ kind: 'd1', id: uuid, name: 'shop' }, { method: 'POST', path, body })).body);
  };
  return { uuid, read };
};

const messagesIn = async (api: TestApi, name: string): Promise<number> => {
  const { queue_id } = await api.ok('getQueue', { queue_id: name });
  return (await api.ok('getQueueMetrics', { queue_id })).backlog_count;
};
const push = (api: TestApi, queue_id: string) => api.ok('pushQueueMessage', { queue_id }, { json: { body: 'a', content_type: 'text' } });

test('[C-11] what a namespace and a database held is erased after a deletion that was cut off there', async (t) => {
  const api = await anApi(t, { hasData: true });
  const [value, table] = [await aStoredValue(api), await aTable(api)];
  // As a process that is killed once the row is deleted.
  accepted(await deleteResource(api.api, ADA, { kind: 'kv_namespace', id: value.id }, false));
  accepted(await deleteResource(api.api, ADA, { kind: 'd1', id: table.uuid }, false));
  assert.deepEqual([await value.keys(), (await owed(api)).length], [1, 2]);
  assert.match(await table.read(), /kept/);
  await sweepErasures(api.api);
  assert.deepEqual([await value.keys(), await owed(api)], [0, []]);
  assert.match(await table.read(), /The database was deleted/);
  await sweepErasures(api.api);
});

test('[C-11] content that cannot be reached is erased later, and the answer says so; the deletion stands', async (t) => {
  const api = await anApi(t, { hasData: true });
  const table = await aTable(api);
  const apart = withoutData(t, api);
  const answer = await apart.response('deleteD1Database', { database: table.uuid });
  const { success, messages } = (await answer.json()) as { success: boolean; messages: readonly { message: string }[] };
  assert.equal(success, true);
  assert.match(messages[0]?.message ?? '', /could not be erased yet/);
  assert.equal((await api.refused('getD1Database', { database: table.uuid })).code, 7404);
  await assert.rejects(sweepErasures(apart.api), /1 deleted resources held could not be erased/);
  assert.equal((await owed(api)).length, 1);
  await sweepErasures(api.api);
  assert.match(await table.read(), /The database was deleted/);
  assert.deepEqual(await owed(api), []);
});

test('[C-11] the messages of a deleted queue are gone; those of one that was made since under its name stay', async (t) => {
  const api = await anApi(t, { hasData: true });
  const { queue_id } = await api.ok('createQueue', {}, { json: { queue_name: 'jobs' } });
  await push(api, queue_id);
  accepted(await deleteQueue(api.api, ADA, queue_id, false));
  const { queue_id: next } = await api.ok('createQueue', {}, { json: { queue_name: 'jobs' } });
  assert.equal(await messagesIn(api, 'jobs'), 0, 'it begins empty');
  await push(api, next);
  await sweepErasures(api.api);
  assert.deepEqual([await messagesIn(api, 'jobs'), await owed(api)], [1, []]);
});

test('[C-11] a bucket whose deletion was cut off after its place was gone has it back; one whose row is gone has none', async (t) => {
  const api = await anApi(t, { hasData: true });
  await api.ok('createR2Bucket', {}, { json: { name: 'files' } });
  const object = { bucket_name: 'files', object_key: 'a' };
  const bucket = await api.api.store.read.resources.byName('r2_bucket', 'files');
  assert.ok(bucket !== undefined);
  const { store, data } = api.api;
  await store.note((queries) => queries.erasures.insert({ kind: 'r2_bucket', id: bucket.id, name: 'files' }));
  accepted(await r2Bucket(data, 'files').delete());
  assert.equal((await api.refused('putR2Object', object, { body: 'x' })).code, 10006, 'as it is when the process is killed here');
  await sweepErasures(api.api);
  await api.ok('putR2Object', object, { body: 'x' });
  assert.deepEqual(await owed(api), []);
  await api.refused('deleteR2Bucket', { bucket_name: 'files' });
  assert.deepEqual(
    [(await api.ok('listR2Objects', { bucket_name: 'files' })).length, await owed(api)],
    [1, []],
    'a refused deletion leaves all',
  );
  await api.ok('deleteR2Object', object);
  await api.ok('deleteR2Bucket', { bucket_name: 'files' });
  assert.deepEqual(await owed(api), []);
  assert.equal((await r2Bucket(data, 'files').list({ limit: 1 })).ok, false);
});
