/** What makes a version or a deployment of a Worker that binds something, and what makes none. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { anApi, type TestApi } from '../support/api.ts';
import { saying } from '../support/worker-form.ts';

const toB = (more: object = {}) => ({ type: 'service', name: 'B', service: 'b', ...more });

/** How many versions and deployments a Worker has. */
const counted = async (api: TestApi, script_name: string): Promise<readonly [versions: number, deployments: number]> => {
  const { items } = await api.ok('listVersions', { script_name });
  const { deployments } = await api.ok('listDeployments', { script_name }, { query: { per_page: 100 } });
  return [items.length, deployments.length];
};

test('[V-6] new code of a Worker makes no version and no deployment of the one that binds it', async (t) => {
  const api = await anApi(t);
  await api.upload('b');
  await api.upload('a', { metadata: { bindings: [toB()] } });
  await api.upload('b', { code: saying('other') });
  const { id } = await api.uploadVersion('b', { code: saying('a canary') });
  const [serving] = (await api.active('b')).versions;
  await api.deploy('b', { [serving?.version_id ?? '']: 90, [id]: 10 });
  assert.deepEqual(
    [await counted(api, 'a'), await counted(api, 'b')],
    [
      [1, 1],
      [3, 3],
    ],
  );
});

test('[V-5] a change of a binding to a Worker makes a version and a deployment of the one that has it, and none of the other', async (t) => {
  const api = await anApi(t);
  await api.upload('b');
  await api.upload('a', { metadata: { bindings: [toB()] } });
  const settings = { bindings: [toB({ entrypoint: 'Admin' })] };
  await api.ok('patchSettings', { script_name: 'a' }, { json: settings });
  assert.deepEqual(
    [await counted(api, 'a'), await counted(api, 'b')],
    [
      [2, 2],
      [1, 1],
    ],
  );
  await api.upload('a');
  assert.deepEqual(
    [await counted(api, 'a'), await counted(api, 'b')],
    [
      [3, 3],
      [1, 1],
    ],
  );
});

test('[V-6] new content of what a Worker binds makes no version and no deployment of it', async (t) => {
  const api = await anApi(t, { hasData: true });
  const { id: namespace_id } = await api.ok('createKvNamespace', {}, { json: { title: 'cache' } });
  const { uuid: database } = await api.ok('createD1Database', {}, { json: { name: 'shop' } });
  const { queue_id } = await api.ok('createQueue', {}, { json: { queue_name: 'jobs' } });
  await api.ok('createR2Bucket', {}, { json: { name: 'files' } });
  const bindings = [
    { type: 'kv_namespace', name: 'KV', namespace_id },
    { type: 'd1', name: 'DB', id: database },
    { type: 'queue', name: 'JOBS', queue_name: 'jobs' },
    { type: 'r2_bucket', name: 'FILES', bucket_name: 'files' },
  ];
  await api.upload('a', { metadata: { bindings } });
  const before = await api.active('a');
  await api.ok('putKvValue', { namespace_id, key_name: 'key' }, { body: 'value' });
  await api.ok('queryD1Database', { database }, { json: { sql: 'CREATE TABLE a (b); INSERT INTO a VALUES (1)' } });
  await api.ok('pushQueueMessage', { queue_id }, { json: { body: 'a', content_type: 'text' } });
  await api.ok('putR2Object', { bucket_name: 'files', object_key: 'a' }, { body: 'value' });
  await api.ok('renameKvNamespace', { namespace_id }, { json: { title: 'store' } });
  await api.ok('patchQueue', { queue_id }, { json: { settings: { delivery_delay: 5 } } });
  assert.deepEqual(await counted(api, 'a'), [1, 1]);
  assert.deepEqual(await api.active('a'), before);
});
