import assert from 'node:assert/strict';
import test from 'node:test';
import {
  accepted,
  ADA,
  aControlPlane,
  aScriptUpload,
  aVersionUpload,
  refused,
  STARTED,
  uploaded,
  type ControlPlane,
} from '../../test/support/control-plane.ts';
import { deployedAlone, type Version } from '../domain/index.ts';
import { auditEntry } from './control.ts';
import { changeSecrets, deploy, upload } from './index.ts';

const FIRST = { metadata: { main_module: 'index.js', migrations: { new_tag: 'v1', new_sqlite_classes: ['Room'] } } };
const taking = { new_tag: 'v1', transferred_classes: [{ from: 'Room', from_script: 'chat', to: 'Room' }] };
const TAKES = { metadata: { main_module: 'index.js', migrations: taking } };

/** The Worker `chat` has rooms. Every code exports the class; what `meanwhile` does happens once, in the trial of a Worker's next upload. */
const aChat = async (t: Parameters<typeof aControlPlane>[0]) => {
  const plane = await aControlPlane(t);
  let pending: { readonly script: string; readonly work: () => Promise<unknown> } | undefined;
  plane.trial = async ({ script }) => {
    const now = pending?.script === script ? pending : undefined;
    if (now !== undefined) pending = undefined;
    await now?.work();
    return { ...STARTED, classes: [{ name: 'Room', kind: 'durable_object' }] };
  };
  const { version } = await uploaded(plane.control, aScriptUpload(plane.control, 'chat', FIRST));
  const meanwhile = (script: string, work: () => Promise<unknown>): void => void (pending = { script, work });
  return Object.assign(plane, { first: version.id, meanwhile });
};

const servingOf = async ({ control }: Pick<ControlPlane, 'control'>, name: string): Promise<Version> => {
  const worker = await control.store.read.workers.byName(name);
  const active = await control.store.read.deployments.active(worker?.tag ?? '');
  const version = await control.store.read.versions.byId(active?.split[0]?.versionId ?? '');
  assert.ok(version !== undefined);
  return version;
};
const ownerOf = async ({ control }: Pick<ControlPlane, 'control'>) =>
  (await control.store.read.namespaces.all()).map(({ script }) => script);

test('[G-13] of two Workers that take one class at once one gets it, and the other is told that it is gone', async (t) => {
  const plane = await aChat(t);
  const { control } = plane;
  const takers = ['hotel', 'inn'].map(async (name) => upload(control, ADA, await aScriptUpload(control, name, TAKES)));
  const results = await Promise.all(takers);
  const [owner] = await ownerOf(plane);
  assert.deepEqual(
    results.map(({ ok }) => ok),
    ['hotel', 'inn'].map((name) => name === owner),
  );
  const told = results.find(({ ok }) => !ok);
  assert.ok(told !== undefined && !told.ok && told.refusal.code === 'migration_source_unknown');
});

test('[G-13] a Worker whose class is taken while its upload is tried stores that upload without the class', async (t) => {
  const plane = await aChat(t);
  const { control } = plane;
  plane.meanwhile('chat', () => uploaded(control, aScriptUpload(control, 'hotel', TAKES)));
  const { version } = await uploaded(control, aScriptUpload(control, 'chat'));
  assert.equal(version.durableObjects, undefined);
  assert.deepEqual([(await servingOf(plane, 'chat')).id, await ownerOf(plane)], [version.id, ['hotel']]);
});

test('[G-13] a Worker that binds a class while it is taken is told that it is not there any more', async (t) => {
  const plane = await aChat(t);
  const { control } = plane;
  plane.meanwhile('lobby', () => uploaded(control, aScriptUpload(control, 'hotel', TAKES)));
  const bindings = [{ type: 'durable_object_namespace' as const, name: 'ROOMS', class_name: 'Room', script_name: 'chat' }];
  const told = refused(
    await upload(control, ADA, await aScriptUpload(control, 'lobby', { metadata: { main_module: 'index.js', bindings } })),
  );
  assert.equal(told.code, 'class_not_provisioned');
});

test('[G-13] what follows is made of what serves when the class goes, whatever is deployed or uploaded meanwhile', async (t) => {
  const plane = await aChat(t);
  const { control, first } = plane;
  const next = await uploaded(control, aScriptUpload(control, 'chat'));
  const back = { worker: 'chat', message: undefined, force: false, expectedActive: undefined, triggeredBy: 'deployment' };
  plane.meanwhile('hotel', async () => {
    accepted(await deploy(control, ADA, { ...back, shares: deployedAlone(first) }));
    await uploaded(control, aVersionUpload(control, 'chat', { code: 'export default { fetch() {} }' }));
  });
  await uploaded(control, aScriptUpload(control, 'hotel', TAKES));
  const serving = await servingOf(plane, 'chat');
  assert.deepEqual([serving.durableObjects, serving.number], [undefined, 4]);
  assert.notEqual(serving.id, next.version.id);
  const worker = await control.store.read.workers.byName('chat');
  const newest = await control.store.read.versions.newest(worker?.tag ?? '');
  assert.deepEqual([newest?.number, newest?.durableObjects], [5, undefined]);
});

test('[G-13] a secret that is set while the class goes is there afterwards, and brings no owner back', async (t) => {
  const plane = await aChat(t);
  const { control } = plane;
  plane.meanwhile('chat', () => uploaded(control, aScriptUpload(control, 'hotel', TAKES)));
  accepted(await changeSecrets(control, ADA, { worker: 'chat', changes: { KEY: { text: 'k' } } }));
  const serving = await servingOf(plane, 'chat');
  assert.deepEqual([serving.bindings.map(({ name }) => name), serving.durableObjects], [['KEY'], undefined]);
});

test('[G-13] a class is taken from a Worker that serves nothing; where what serves does not start without it, all stays', async (t) => {
  const plane = await aChat(t);
  const { control } = plane;
  plane.trial = async ({ script, durableObjects }) =>
    script === 'chat' && durableObjects === undefined
      ? { ok: false, failure: { message: 'Uncaught Error: no rooms' } }
      : { ...STARTED, classes: [{ name: 'Room', kind: 'durable_object' }] };
  const told = refused(await upload(control, ADA, await aScriptUpload(control, 'hotel', TAKES)));
  assert.deepEqual([told.code, await ownerOf(plane)], ['trial_failed', ['chat']]);
  await control.store.change(
    async (change) => {
      const worker = await change.workers.byName('chat');
      for (const { id } of await change.deployments.page(worker?.tag ?? '', { offset: 0, limit: 10 })) await change.deployments.delete(id);
      return { ok: true, value: null };
    },
    () => auditEntry(control, ADA, 'deployment.delete', 'worker/chat'),
  );
  await uploaded(control, aScriptUpload(control, 'hotel', TAKES));
  assert.deepEqual(await ownerOf(plane), ['hotel']);
});
