import assert from 'node:assert/strict';
import test from 'node:test';
import { anApi, type TestApi } from '../support/api.ts';
import { saying } from '../support/worker-form.ts';

const HELLO = { script_name: 'hello' };

const tagOf = async (api: TestApi): Promise<string> => (await api.ok('getService', HELLO)).default_environment.script.tag;
const log = async (api: TestApi) => api.ok('listLegacyDeployments', { script_tag: await tagOf(api) }, { query: { order: 'asc' } });
const detail = async (api: TestApi, id: string) => api.ok('getLegacyDeployment', { script_tag: await tagOf(api), deployment_id: id });

/** As wrangler 3.34 sends it: a form with the message alone. */
const rollBack = (api: TestApi, id: string, message = '') => {
  const form = new FormData();
  form.set('message', message);
  return api.ok('putScript', HELLO, { body: form, query: { rollback_to: id } });
};

test('[L-1] the log is oldest first, ten latest, the last is active, and no upload that was not deployed', async (t) => {
  const api = await anApi(t);
  for (let number = 1; number <= 12; number += 1) await api.upload('hello', { code: saying(String(number)) });
  const never = await api.uploadVersion('hello', { code: saying('never deployed') });
  const { items, latest } = await log(api);
  assert.deepEqual(
    items.map(({ number }) => number),
    [3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  );
  assert.deepEqual(latest, items.at(-1));
  assert.equal(latest.id, (await api.active('hello')).id);
  const shown = await Promise.all(items.map(({ id }) => detail(api, id)));
  assert.ok(shown.every(({ resources }) => resources.script.etag !== never.resources.script.etag));
});

test('[L-1] the log of a Worker that never served is an error that can be printed', async (t) => {
  const api = await anApi(t);
  const { id } = await api.ok('createWorker', {}, { json: { name: 'hello' } });
  assert.deepEqual((await api.refused('listLegacyDeployments', { script_tag: id })).code, 100320);
  assert.deepEqual((await api.refused('listLegacyDeployments', { script_tag: 'f'.repeat(32) })).code, 10007);
});

test('[L-2] a rollback is a new entry that says where it went back to, and why', async (t) => {
  const api = await anApi(t);
  const { deployment_id: version } = await api.upload('hello', { code: saying('one') });
  await api.upload('hello', { code: saying('two') });
  const [first, second] = (await log(api)).items;
  const { deployment_id: made } = await rollBack(api, first?.id ?? '', 'two was broken');
  const { items, latest } = await log(api);
  assert.deepEqual(items.slice(0, 2), [first, second]);
  assert.deepEqual([items.length, latest.id, latest.number], [3, made, 3]);
  assert.deepEqual(latest.annotations, {
    'workers/triggered_by': 'rollback',
    'workers/rollback_from': first?.id,
    'workers/message': 'two was broken',
  });
  assert.deepEqual((await api.active('hello')).versions, [{ version_id: version, percentage: 100 }]);
});

test('[L-3] every id such a client printed works in detail and in rollback_to', async (t) => {
  const api = await anApi(t);
  const uploaded = await api.upload('hello', { code: saying('one') });
  const { id: undeployed } = await api.uploadVersion('hello', { code: saying('two') });
  await api.upload('hello', { code: saying('three') });
  const [entry] = (await log(api)).items;
  const one = await detail(api, entry?.id ?? '');
  for (const id of [entry?.id ?? '', uploaded.deployment_id]) {
    for (const written of [id, id.replaceAll('-', ''), id.toUpperCase()]) {
      assert.deepEqual((await detail(api, written)).resources, one.resources, written);
      await rollBack(api, written);
      assert.deepEqual((await api.active('hello')).versions, [{ version_id: uploaded.deployment_id, percentage: 100 }], written);
      await api.upload('hello', { code: saying('three') });
    }
  }
  await rollBack(api, undeployed);
  assert.deepEqual((await api.active('hello')).versions, [{ version_id: undeployed, percentage: 100 }], 'also a version that never served');
});

test('[L-3] a rollback to an entry that was a split splits again', async (t) => {
  const api = await anApi(t);
  const { deployment_id: one } = await api.upload('hello', { code: saying('one') });
  const { id: two } = await api.uploadVersion('hello', { code: saying('two') });
  const split = await api.deploy('hello', { [one]: 75, [two]: 25 });
  await api.deploy('hello', { [two]: 100 });
  await rollBack(api, split.id);
  assert.deepEqual((await api.active('hello')).versions, split.versions);
  assert.equal(
    (await detail(api, split.id)).resources.script.etag,
    (await api.ok('getVersion', { ...HELLO, version_id: one })).resources.script.etag,
  );
});

test('[L-4] rollback_to needs no force where secrets changed', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  const [entry] = (await log(api)).items;
  await api.ok('putSecret', HELLO, { json: { name: 'KEY', text: 'new' } });
  await rollBack(api, entry?.id ?? '');
  assert.equal((await log(api)).latest.annotations['workers/rollback_from'], entry?.id);
});

test('[L-3] an entry of the log can be rolled back to also when its version is older than the window', async (t) => {
  const api = await anApi(t, { deployableVersions: 3 });
  const { deployment_id: first } = await api.upload('hello', { code: saying('0') });
  const { items } = await log(api);
  for (let number = 1; number <= 4; number += 1) await api.upload('hello', { code: saying(String(number)) });
  assert.equal(
    (await api.refused('createDeployment', HELLO, { json: { versions: [{ version_id: first, percentage: 100 }] } })).code,
    100315,
  );
  await rollBack(api, items[0]?.id ?? '');
  assert.deepEqual(
    (await api.active('hello')).versions.map(({ version_id }) => version_id),
    [first],
  );
});
