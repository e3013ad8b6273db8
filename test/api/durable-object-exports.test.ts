import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anApi, aSplit, type TestApi } from '../support/api.ts';
import { binds, declares, exporting } from '../support/object-worker.ts';
import { aWorker, type WorkerForm } from '../support/worker-form.ts';

const namespacesOf = async (api: TestApi) =>
  (await api.ok('listDurableObjectNamespaces', {})).map(({ id, script, class: className }) => ({ id, script, className }));

const ROOM = { Room: declares() };
const CHAT = exporting(['Room'], { exports: ROOM, bindings: [binds('ROOMS', 'Room')] });

/** What an upload answers about its exports, and its refusal with details. */
const reconciledBy = async (api: TestApi, name: string, worker: WorkerForm) => (await api.upload(name, worker)).exports_reconciliation;
const details = async (api: TestApi, worker: WorkerForm, name = 'chat') => {
  const response = await api.response('putScript', { script_name: name }, { body: aWorker(worker) });
  const { errors } = (await response.json()) as { errors: { code: number; meta?: { details: { class: string; scenario: string }[] } }[] };
  assert.deepEqual([response.status, errors.map(({ code }) => code)], [400, [100402]]);
  return errors[0]?.meta?.details.map(({ class: className, scenario }) => [scenario, className]);
};

test('[G-14] a declared class gets its objects with the version and its deployment in one change, and is shown with the version', async (t) => {
  const api = await anApi(t);
  const made = await api.upload('chat', CHAT);
  assert.deepEqual(made.exports_reconciliation?.created, ['Room']);
  const [room, ...others] = await namespacesOf(api);
  assert.deepEqual([room?.className, others], ['Room', []]);
  const version = await api.ok('getVersion', { script_name: 'chat', version_id: made.deployment_id });
  assert.deepEqual(version.resources.script_runtime.exports, ROOM);
  assert.deepEqual(version.resources.bindings, [{ ...binds('ROOMS', 'Room'), namespace_id: room?.id }]);
  const [audit] = await api.api.store.read.audit.page({ offset: 0, limit: 1 });
  assert.deepEqual(audit?.detail['migration'], { created: [{ class: 'Room', id: room?.id }] });

  const again = await reconciledBy(api, 'chat', CHAT);
  assert.deepEqual([again?.created, again?.info, await namespacesOf(api)], [[], [], [room]]);
});

test('[G-14] a tombstone renames a class with its objects and another deletes them; both are safe to remove afterwards', async (t) => {
  const api = await anApi(t);
  await api.upload('chat', CHAT);
  const [room] = await namespacesOf(api);
  const renamed = { Room: declares({ state: 'renamed', renamed_to: 'Hall' }), Hall: declares() };
  const first = await reconciledBy(api, 'chat', exporting(['Hall'], { exports: renamed, bindings: [binds('ROOMS', 'Hall')] }));
  assert.deepEqual([first?.renamed, first?.created], [[{ from: 'Room', to: 'Hall' }], []]);
  assert.deepEqual(await namespacesOf(api), [{ ...room, className: 'Hall' }]);
  const second = await reconciledBy(api, 'chat', exporting(['Hall'], { exports: renamed }));
  assert.deepEqual([second?.renamed, second?.removable_entries], [[], ['Room']]);
  assert.match(second?.info[0]?.message ?? '', /^Tombstone of type 'renamed' for class 'Room' has no effect/);

  const deleted = { Hall: declares({ state: 'deleted' }) };
  assert.deepEqual((await reconciledBy(api, 'chat', { metadata: { exports: deleted } }))?.deleted, ['Hall']);
  assert.deepEqual([await namespacesOf(api), await api.api.store.read.namespaces.deleted()], [[], [room?.id]]);
  const stale = await reconciledBy(api, 'chat', { metadata: { exports: deleted } });
  assert.deepEqual([stale?.removable_entries, stale?.info[0]?.scenario], [['Hall'], 'stale_tombstone']);
});

test('[G-15] what does not fit is refused with 100402 and each class in the details, and nothing changes', async (t) => {
  const api = await anApi(t);
  await api.upload('chat', CHAT);
  const before = api.world();
  const exports = { Ghost: declares(), Old: declares({ storage: 'legacy-kv' }) };
  assert.deepEqual(await details(api, exporting(['Old'], { exports })), [
    ['config_references_nonexistent_class', 'Ghost'],
    ['invalid_export', 'Old'],
    ['orphaned_provisioned_namespace', 'Room'],
  ]);
  assert.deepEqual(await details(api, exporting(['Room'], { exports: { Room: declares({ state: 'deleted' }) } })), [
    ['tombstone_delete_class_still_in_code', 'Room'],
  ]);
  assert.deepEqual(api.world(), before);
  await api.upload('lobby', { metadata: { bindings: [binds('ROOMS', 'Room', 'chat')] } });
  const refused = await api.refused(
    'putScript',
    { script_name: 'chat' },
    { body: aWorker({ metadata: { exports: { Room: declares({ state: 'deleted' }) } } }) },
  );
  assert.match(refused.message, /^Durable Object exports reconciliation failed.*Other Workers bind the objects of 'Room'/);
  const many = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`Class${index}`, declares()]));
  const flood = await api.refused('putScript', { script_name: 'chat' }, { body: aWorker(exporting(['Room'], { exports: many })) });
  assert.deepEqual([flood.code, /more than 1000 entries/.test(flood.message)], [10021, true]);
  const both = exporting(['Room'], { exports: ROOM, migrations: { new_tag: 'v1', new_sqlite_classes: ['Log'] } });
  assert.match((await api.refused('putScript', { script_name: 'chat' }, { body: aWorker(both) })).message, /both "exports".*"migrations"/);
});

test('[G-14] entrypoints among the exports need nothing, stand beside migrations and are shown', async (t) => {
  const api = await anApi(t);
  const exports = { Api: { type: 'worker', cache: { enabled: true } } };
  const made = await api.upload('chat', exporting(['Room'], { exports, migrations: { new_tag: 'v1', new_sqlite_classes: ['Room'] } }));
  assert.equal(made.exports_reconciliation, undefined);
  const version = await api.ok('getVersion', { script_name: 'chat', version_id: made.deployment_id });
  assert.deepEqual(version.resources.script_runtime.exports, exports);
});

test('[G-14] a Worker goes from migrations to exports without a change to its objects', async (t) => {
  const api = await anApi(t);
  await api.upload(
    'chat',
    exporting(['Room', 'Old'], { migrations: { new_tag: 'v1', new_sqlite_classes: ['Room'], new_classes: ['Old'] } }),
  );
  const before = await namespacesOf(api);
  const exports = { ...ROOM, Old: declares({ storage: 'legacy-kv' }) };
  const made = await reconciledBy(api, 'chat', exporting(['Room', 'Old'], { exports }));
  assert.deepEqual([made?.created, await namespacesOf(api)], [[], before]);
});

test('[G-17] a version upload that changes no class is stored; one that would is refused, with 100406 where a binding waits for it', async (t) => {
  const api = await anApi(t);
  await api.upload('chat', CHAT);
  const same = await api.uploadVersion('chat', CHAT);
  assert.deepEqual(same.resources.script_runtime.exports, ROOM);
  const more = { ...ROOM, Log: declares() };
  const upload = (bindings: readonly object[]) =>
    api.refused('createVersion', { script_name: 'chat' }, { body: aWorker(exporting(['Room', 'Log'], { exports: more, bindings })) });
  const bound = await upload([binds('LOGS', 'Log')]);
  assert.deepEqual([bound.status, bound.code], [400, 100406]);
  assert.match(bound.message, /"LOGS" depends on the class 'Log'.*`wrangler deploy` once/);
  const unbound = await upload([]);
  assert.deepEqual([unbound.status, unbound.code], [400, 10211]);
  assert.match(unbound.message, /would change which Durable Objects exist \(Log\)/);
});

test('[G-17] a split of versions that do not declare the same classes is refused with 100405 first of all', async (t) => {
  const api = await anApi(t);
  await api.upload('other', exporting(['Room'], { exports: ROOM }));
  const plain = await api.upload('chat', exporting([], { exports: { Old: declares({ state: 'deleted' }) } }));
  const waits = { Room: declares({ state: 'expecting-transfer', storage: 'sqlite', transfer_from: 'other' }) };
  const next = await api.uploadVersion('chat', exporting(['Room'], { exports: waits }));
  const json = aSplit({ [plain.deployment_id]: 50, [next.id]: 50 });
  const refused = await api.refused('createDeployment', { script_name: 'chat' }, { json });
  assert.deepEqual([refused.status, refused.code], [400, 100405]);
  assert.match(refused.message, /^All versions in a multi-version deployment must declare identical `exports`/);
  await api.deploy('chat', { [next.id]: 100 });
});
