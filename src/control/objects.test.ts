import assert from 'node:assert/strict';
import test from 'node:test';
import {
  accepted,
  ADA,
  aControlPlane,
  aScriptUpload,
  refused,
  STARTED,
  uploaded,
  type ControlPlane,
} from '../../test/support/control-plane.ts';
import { deployedAlone, type DurableObjectBinding } from '../domain/index.ts';
import { deleteWorker, deploy, upload, usesOfObjects } from './index.ts';

const ROOMS: DurableObjectBinding = { type: 'durable_object_namespace', name: 'ROOMS', class_name: 'Room', script_name: 'chat' };
const bindingRooms = { metadata: { main_module: 'index.js', bindings: [ROOMS] } };
const withMigration = (migrations: object) => ({ metadata: { main_module: 'index.js', migrations } });
const FIRST = withMigration({ new_tag: 'v1', steps: [{ new_sqlite_classes: ['Room'] }] });
const REMOVE = withMigration({ old_tag: 'v1', new_tag: 'v2', steps: [{ deleted_classes: ['Room'] }] });

/** The Worker `chat` has rooms, and `lobby` binds them. */
const aLobby = async (t: Parameters<typeof aControlPlane>[0]): Promise<ControlPlane & { readonly lobby: string }> => {
  const plane = await aControlPlane(t);
  const { control } = plane;
  plane.trial = async () => ({ ...STARTED, classes: [{ name: 'Room', kind: 'durable_object' }] });
  await uploaded(control, aScriptUpload(control, 'chat', FIRST));
  const { version } = await uploaded(control, aScriptUpload(control, 'lobby', bindingRooms));
  return { ...plane, lobby: version.id };
};

const deletesRooms = async ({ control }: ControlPlane) => upload(control, ADA, await aScriptUpload(control, 'chat', REMOVE));

test('[G-10] a binding to a class of another Worker gets its namespace; who binds it owns no objects', async (t) => {
  const { control, tried } = await aLobby(t);
  const [room] = await control.store.read.namespaces.all();
  const newest = tried.at(-1);
  assert.deepEqual(newest?.bindings, [{ ...ROOMS, namespace_id: room?.namespaceId }]);
  assert.equal(newest?.durableObjects, undefined);
  assert.deepEqual(tried[0]?.durableObjects, [{ className: 'Room', namespaceId: room?.namespaceId, storage: 'sqlite' }]);
});

test('[G-10] a class of a Worker that does not exist, or that is no class of it, is not bound', async (t) => {
  const plane = await aControlPlane(t);
  const { control } = plane;
  const lobby = async () => refused(await upload(control, ADA, await aScriptUpload(control, 'lobby', bindingRooms)));
  assert.deepEqual(await lobby(), { code: 'class_not_provisioned', binding: ROOMS, reason: 'script', classes: [] });
  await uploaded(control, aScriptUpload(control, 'chat'));
  assert.deepEqual(await lobby(), { code: 'class_not_provisioned', binding: ROOMS, reason: 'class', classes: [] });
  plane.trial = async () => ({ ...STARTED, classes: [{ name: 'Hall', kind: 'durable_object' }] });
  await uploaded(control, aScriptUpload(control, 'chat', withMigration({ new_tag: 'v1', steps: [{ new_sqlite_classes: ['Hall'] }] })));
  assert.deepEqual(await lobby(), { code: 'class_not_provisioned', binding: ROOMS, reason: 'class', classes: ['Hall'] });
});

test('[G-10] a class and a Worker whose objects another one reaches stay, and the refusal names who; by force the Worker goes', async (t) => {
  const plane = await aLobby(t);
  const { control, lobby } = plane;
  const users = [{ script: 'lobby', versionId: lobby, bindings: ['ROOMS'] }];
  assert.deepEqual(refused(await deletesRooms(plane)), { code: 'class_in_use', className: 'Room', users });
  assert.deepEqual(refused(await deleteWorker(control, ADA, 'chat')), { code: 'worker_objects_in_use', name: 'chat', users });
  const chat = await control.store.read.workers.byName('chat');
  const namespaces = await control.store.read.namespaces.all();
  assert.deepEqual(
    (await usesOfObjects(control.store.read, chat?.tag ?? '', namespaces)).map(({ script, versionId }) => [script, versionId]),
    [['lobby', lobby]],
  );
  accepted(await deleteWorker(control, ADA, 'chat', true));
  assert.deepEqual(await control.store.read.namespaces.all(), []);
});

test('[G-9] a version that binds a class of another Worker is not deployed again once that is deleted', async (t) => {
  const plane = await aLobby(t);
  const { control, lobby } = plane;
  await uploaded(control, aScriptUpload(control, 'lobby'));
  accepted(await deletesRooms(plane));
  const back = {
    worker: 'lobby',
    shares: deployedAlone(lobby),
    message: undefined,
    force: true,
    expectedActive: undefined,
    triggeredBy: 'deployment',
  };
  const refusal = refused(await deploy(control, ADA, back));
  assert.ok(refusal.code === 'version_objects_missing');
  assert.deepEqual(
    refusal.bindings.map(({ name }) => name),
    ['ROOMS'],
  );
});

test("[G-6] two classes that take each other's names in two steps keep their own objects", async (t) => {
  const plane = await aControlPlane(t);
  const { control } = plane;
  plane.trial = async () => ({ ...STARTED, classes: ['A', 'B'].map((name) => ({ name, kind: 'durable_object' as const })) });
  await uploaded(control, aScriptUpload(control, 'chat', withMigration({ new_tag: 'v1', new_sqlite_classes: ['A', 'B'] })));
  const before = await control.store.read.namespaces.all();
  const steps = [
    ['A', 'C'],
    ['B', 'A'],
    ['C', 'B'],
  ].map(([from, to]) => ({ renamed_classes: [{ from, to }] }));
  await uploaded(control, aScriptUpload(control, 'chat', withMigration({ old_tag: 'v1', new_tag: 'v2', steps })));
  const after = await control.store.read.namespaces.all();
  assert.deepEqual(
    after.map(({ namespaceId }) => namespaceId),
    before.map(({ namespaceId }) => namespaceId).toReversed(),
  );
});
