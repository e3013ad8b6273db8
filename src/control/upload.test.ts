import assert from 'node:assert/strict';
import test from 'node:test';
import { aVariable, uuid } from '../../test/support/builders.ts';
import {
  accepted,
  ADA,
  aControlPlane,
  aScriptUpload,
  aVersionUpload,
  BOB,
  refused,
  STARTED,
  uploaded,
  type ControlPlane,
} from '../../test/support/control-plane.ts';
import { isSecret, type RequestedBinding, type Version } from '../domain/index.ts';
import { answered, createResource, createWorker, deleteResource, deleteVersion, deleteWorker, deploy, upload } from './index.ts';

const numbersOf = async ({ control }: ControlPlane, tag: string): Promise<readonly number[]> =>
  (await control.store.read.versions.page(tag, { offset: 0, limit: 1000 })).map(({ number }) => number);

/** All that a refused or failed call must leave as it was. */
const stateOf = async ({ control: { store } }: ControlPlane) => ({
  generation: await store.read.meta.generation(),
  audit: await store.read.audit.count(),
  workers: await Promise.all(
    (await store.read.workers.all()).map(async (worker) => ({
      worker,
      versions: await store.read.versions.ids(worker.tag, 100),
      deployments: (await store.read.deployments.page(worker.tag, { offset: 0, limit: 1000 })).map(({ id }) => id),
    })),
  ),
});

test('[V-1] every upload makes a version, also one that is identical to the last', async (t) => {
  const plane = await aControlPlane(t);
  const first = await uploaded(plane.control, aScriptUpload(plane.control, 'hello'));
  for (let again = 0; again < 2; again += 1) await uploaded(plane.control, aScriptUpload(plane.control, 'hello'));
  await uploaded(plane.control, aVersionUpload(plane.control, 'hello'));
  assert.deepEqual(await numbersOf(plane, first.worker.tag), [4, 3, 2, 1]);
});

test('[V-2] a repeated upload whose first answer never reached its client is answered with the version the first one made', async (t) => {
  const plane = await aControlPlane(t);
  const { control, clock } = plane;
  const first = accepted(await upload(control, ADA, await aScriptUpload(control, 'hello')));
  clock.move(2_000);
  const repeated = accepted(await upload(control, ADA, await aScriptUpload(control, 'hello')));
  assert.deepEqual([repeated.version.id, repeated.deployment?.id], [first.version.id, first.deployment?.id]);
  assert.equal(plane.tried.length, 1, 'and it is not tried again');
  await answered(control, first.version.id);
  assert.notEqual(accepted(await upload(control, ADA, await aScriptUpload(control, 'hello'))).version.id, first.version.id);
});

test('[V-2] a repeat is one by the same author, of the same upload, on the same path, within minutes', async (t) => {
  const { control, clock } = await aControlPlane(t);
  await uploaded(control, aScriptUpload(control, 'hello'));
  const first = accepted(await upload(control, ADA, await aVersionUpload(control, 'hello')));
  const others = [
    upload(control, BOB, await aVersionUpload(control, 'hello')),
    upload(control, ADA, await aVersionUpload(control, 'hello', { code: 'export default { }' })),
    upload(control, ADA, await aVersionUpload(control, 'hello', { annotations: { tag: 'v2' } })),
    upload(control, ADA, await aScriptUpload(control, 'hello')),
  ];
  for (const other of await Promise.all(others)) assert.notEqual(accepted(other).version.id, first.version.id);
  assert.equal(accepted(await upload(control, ADA, await aVersionUpload(control, 'hello'))).version.id, first.version.id);
  clock.move(6 * 60_000);
  assert.notEqual(accepted(await upload(control, ADA, await aVersionUpload(control, 'hello'))).version.id, first.version.id);
});

test('[V-2] a repeat that names its bindings by inheriting them is known again, though the version before is now its own', async (t) => {
  const { control } = await aControlPlane(t);
  await uploaded(control, aScriptUpload(control, 'hello', { metadata: { bindings: [aVariable('OLD', 'a')] } }));
  const request = () => aVersionUpload(control, 'hello', { metadata: { bindings: [{ type: 'inherit', name: 'NEW', old_name: 'OLD' }] } });
  const first = accepted(await upload(control, ADA, await request()));
  assert.equal(accepted(await upload(control, ADA, await request())).version.id, first.version.id);
});

test('[V-2] a repeat that comes while the first try is still under way waits for it', async (t) => {
  const plane = await aControlPlane(t);
  const [first, repeated] = await Promise.all([
    upload(plane.control, ADA, await aScriptUpload(plane.control, 'hello')),
    upload(plane.control, ADA, await aScriptUpload(plane.control, 'hello')),
  ]);
  assert.equal(accepted(first).version.id, accepted(repeated).version.id);
});

test('[V-3] a version never changes, whatever happens to its Worker', async (t) => {
  const { control, clock } = await aControlPlane(t);
  const annotations = { tag: 'v1', message: 'first' };
  const bindings: RequestedBinding[] = [{ type: 'secret_text', name: 'TOKEN', text: 'hush' }, aVariable('V', 'a')];
  const { version } = await uploaded(control, aScriptUpload(control, 'hello', { annotations, metadata: { bindings } }));
  const before = JSON.stringify(await control.store.read.versions.byId(version.id));
  clock.move(60_000);
  const second = await uploaded(control, aScriptUpload(control, 'hello', { code: 'changed' }), BOB);
  const shares = [{ version_id: version.id, percentage: 100 }];
  accepted(
    await deploy(control, BOB, {
      worker: 'hello',
      shares,
      message: 'x',
      force: true,
      expectedActive: undefined,
      triggeredBy: 'deployment',
    }),
  );
  accepted(await deleteVersion(control, BOB, 'hello', second.version.id));
  assert.equal(JSON.stringify(await control.store.read.versions.byId(version.id)), before);
});

test('[V-4] versions of a Worker are numbered 1, 2, 3, … and a number is never used twice, also after a deletion', async (t) => {
  const plane = await aControlPlane(t);
  const { control } = plane;
  const { worker } = await uploaded(control, aScriptUpload(control, 'hello'));
  const second = await uploaded(control, aVersionUpload(control, 'hello'));
  accepted(await deleteVersion(control, ADA, 'hello', second.version.id));
  await uploaded(control, aVersionUpload(control, 'hello'));
  assert.deepEqual(await numbersOf(plane, worker.tag), [3, 1]);
  const other = await uploaded(control, aScriptUpload(control, 'other'));
  assert.equal(other.version.number, 1, 'each Worker counts for itself');
});

test('[V-4] uploads made at the same time all get a number of their own', async (t) => {
  const plane = await aControlPlane(t);
  const uploads = Array.from({ length: 12 }, async (_, at) =>
    uploaded(plane.control, aScriptUpload(plane.control, 'hello', { code: `export default ${at}` })),
  );
  const made = await Promise.all(uploads);
  assert.equal(new Set(made.map(({ worker }) => worker.tag)).size, 1, 'also the first ones make one Worker');
  assert.deepEqual(await numbersOf(plane, made[0]!.worker.tag), [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
});

test('[V-4] a Worker that was deleted while an upload was under way does not come back by it', async (t) => {
  const plane = await aControlPlane(t);
  const { control } = plane;
  const { worker } = await uploaded(control, aScriptUpload(control, 'hello'));
  const [late, deleted] = await Promise.all([
    upload(control, ADA, await aVersionUpload(control, 'hello')),
    deleteWorker(control, ADA, 'hello'),
  ]);
  assert.ok(late.ok && deleted.ok);
  assert.equal(await control.store.read.workers.byName('hello'), undefined);
  assert.equal(await control.store.read.versions.count(worker.tag), 0);
  assert.equal(refused(await upload(control, ADA, await aVersionUpload(control, 'hello'))).code, 'first_upload_by_version');
});

const variables = (name: string, text: string) => ({ bindings: [aVariable(name, text)] });

test('[V-5] a change of code, of one whitespace even, of a binding, a variable, the compatibility date or flags, or the usage model is in the version', async (t) => {
  const { control } = await aControlPlane(t);
  await uploaded(control, aScriptUpload(control, 'hello'));
  const changes: Parameters<typeof aScriptUpload>[2][] = [
    { code: 'export default {} ' },
    { metadata: variables('V', 'a') },
    { metadata: variables('V', 'b') },
    { metadata: variables('W', 'b') },
    { metadata: { bindings: [{ type: 'secret_text', name: 'TOKEN', text: 'hush' }], keep_bindings: [] } },
    { metadata: { compatibility_date: '2026-10-01', keep_bindings: [] } },
    { metadata: { compatibility_flags: ['nodejs_compat'], keep_bindings: [] } },
    { metadata: { usage_model: 'unbound', keep_bindings: [] } },
  ];
  const ran = new Set<string>();
  for (const [at, change] of changes.entries()) {
    const { version } = await uploaded(control, aVersionUpload(control, 'hello', change));
    assert.equal(version.number, at + 2);
    const { modules, bindings, compatibilityDate, compatibilityFlags, usageModel } = version;
    const names = bindings.map((binding) => (isSecret(binding) ? binding.fingerprint : binding));
    ran.add(JSON.stringify([modules, names, compatibilityDate, compatibilityFlags, usageModel]));
  }
  assert.equal(ran.size, changes.length, 'no two of them are the same');
});

test('[V-7] a version is stored only after it started once; else the upload is refused with the script’s own words and nothing changes', async (t) => {
  const plane = await aControlPlane(t);
  const { control } = plane;
  await uploaded(control, aScriptUpload(control, 'hello'));
  const before = await stateOf(plane);
  plane.trial = () => Promise.resolve({ ok: false, failure: { message: 'ReferenceError: x is not defined' } });
  for (const name of ['hello', 'fresh']) {
    const refusal = refused(await upload(control, ADA, await aScriptUpload(control, name, { code: 'x' })));
    assert.deepEqual(refusal, { code: 'trial_failed', message: 'ReferenceError: x is not defined' });
  }
  plane.trial = () => Promise.reject(new Error('no runtime'));
  await assert.rejects(async () => upload(control, ADA, await aScriptUpload(control, 'hello', { code: 'y' })), { message: 'no runtime' });
  assert.deepEqual(await stateOf(plane), before);
  plane.trial = () => Promise.resolve(STARTED);
  assert.equal((await uploaded(control, aScriptUpload(control, 'hello'))).version.number, 2, 'a refused upload costs no number');
});

test('[V-7] what is tried is what will run: secrets open, the id and the time of the version', async (t) => {
  const plane = await aControlPlane(t);
  const bindings: RequestedBinding[] = [
    { type: 'secret_text', name: 'TOKEN', text: 'hush' },
    { type: 'version_metadata', name: 'META' },
  ];
  const { version } = await uploaded(
    plane.control,
    aScriptUpload(plane.control, 'hello', { annotations: { tag: 'v1' }, metadata: { bindings } }),
  );
  const [spec] = plane.tried;
  assert.deepEqual([spec?.id, spec?.script, spec?.tag, spec?.createdOn], [version.id, 'hello', 'v1', version.createdOn]);
  assert.deepEqual(spec?.bindings, bindings);
});

test('[V-8] the first upload of a Worker cannot be a version upload, except to one that was made without code', async (t) => {
  const plane = await aControlPlane(t);
  const refusal = refused(await upload(plane.control, ADA, await aVersionUpload(plane.control, 'hello')));
  assert.deepEqual(refusal, { code: 'first_upload_by_version', name: 'hello' });
  assert.equal(plane.tried.length, 0);
  accepted(await createWorker(plane.control, ADA, 'hello', {}));
  const { version, deployment } = await uploaded(plane.control, aVersionUpload(plane.control, 'hello'));
  assert.deepEqual([version.number, deployment], [1, undefined]);
});

test('[V-9] what this release cannot do is refused by name and never dropped', async (t) => {
  const plane = await aControlPlane(t);
  for (const member of ['tail_consumers', 'containers']) {
    const request = await aScriptUpload(plane.control, 'hello', { metadata: { [member]: [{ tag: 'v1' }] } });
    assert.deepEqual(refused(await upload(plane.control, ADA, request)), { code: 'metadata_unsupported', member });
  }
  assert.equal(await plane.control.store.read.workers.byName('hello'), undefined);
});

const tokenOf = (version: Version) => version.bindings.find(({ name }) => name === 'TOKEN');

test('[V-10] [V-11] secrets and inherited bindings come from the version before, deployed or not', async (t) => {
  const { control } = await aControlPlane(t);
  const bindings: RequestedBinding[] = [{ type: 'secret_text', name: 'TOKEN', text: 'one' }, aVariable('V', 'a')];
  const first = await uploaded(control, aScriptUpload(control, 'hello', { metadata: { bindings } }));
  const rotated = await uploaded(
    control,
    aVersionUpload(control, 'hello', { metadata: { bindings: [{ type: 'secret_text', name: 'TOKEN', text: 'two' }] } }),
  );
  const next = await uploaded(control, aVersionUpload(control, 'hello', { metadata: {} }));
  assert.deepEqual(tokenOf(next.version), tokenOf(rotated.version));
  assert.notDeepEqual(tokenOf(next.version), tokenOf(first.version));
  assert.equal(
    next.version.bindings.some(({ name }) => name === 'V'),
    false,
    'a variable is kept only on request',
  );
  const request = await aVersionUpload(control, 'hello', { metadata: { bindings: [{ type: 'inherit', name: 'V' }] } });
  assert.deepEqual(refused(await upload(control, ADA, request)), { code: 'inherit_missing', names: ['V'] });
  const named: RequestedBinding = { type: 'inherit', name: 'V', version_id: first.version.id };
  const back = await uploaded(control, aVersionUpload(control, 'hello', { metadata: { bindings: [named] } }));
  assert.deepEqual(
    back.version.bindings.find(({ name }) => name === 'V'),
    aVariable('V', 'a'),
  );
});

test('[V-11] what an upload takes over is of the version that really is before it, also when both are made at once', async (t) => {
  const { control } = await aControlPlane(t);
  await uploaded(control, aScriptUpload(control, 'hello'));
  const secret: RequestedBinding = { type: 'secret_text', name: 'TOKEN', text: 'hush' };
  const first = await aVersionUpload(control, 'hello', { metadata: { bindings: [secret] } });
  const second = await aVersionUpload(control, 'hello', { code: 'export default 2' });
  const [, made] = await Promise.all([upload(control, ADA, first), upload(control, ADA, second)]);
  const versions = await control.store.read.versions.page(accepted(made).worker.tag, { offset: 0, limit: 2 });
  assert.ok(versions.every(({ bindings }) => bindings.some(({ name }) => name === 'TOKEN')));
});

test('[V-13] tag, message and alias that exceed their limits are refused before anything is tried', async (t) => {
  const plane = await aControlPlane(t);
  for (const annotations of [{ tag: 't'.repeat(101) }, { message: 'm'.repeat(1001) }, { alias: 'Not-An-Alias' }]) {
    const { code } = refused(await upload(plane.control, ADA, await aScriptUpload(plane.control, 'hello', { annotations })));
    assert.match(code, /too_long|alias_invalid/);
  }
  assert.equal(plane.tried.length, 0);
});

test('[V-15] a version carries author, source, time, tag, message, startup time, usage model and placement', async (t) => {
  const plane = await aControlPlane(t);
  plane.trial = () => Promise.resolve({ ...STARTED, startupTimeMs: 17, handlers: ['fetch', 'scheduled'] });
  const metadata = { usage_model: 'unbound' as const, placement: { mode: 'smart' } };
  const annotations = { tag: 'v1', message: 'first' };
  const { version } = await uploaded(plane.control, aScriptUpload(plane.control, 'hello', { annotations, metadata }), BOB);
  const stored = await plane.control.store.read.versions.byId(version.id);
  assert.deepEqual(
    [
      stored?.author,
      stored?.source,
      stored?.createdOn,
      stored?.tag,
      stored?.message,
      stored?.startupTimeMs,
      stored?.usageModel,
      stored?.placement,
    ],
    [BOB.author, 'api', '2026-11-01T10:00:00.000000Z', 'v1', 'first', 17, 'unbound', { mode: 'smart' }],
  );
  assert.deepEqual(stored?.handlers, ['fetch', 'scheduled']);
});

test('[V-15] times of a Worker’s versions follow their numbers, whatever the clock does', async (t) => {
  const { control, clock } = await aControlPlane(t);
  const times: string[] = [];
  for (const move of [0, 0, -5_000, 10, -60_000, 0]) {
    clock.move(move);
    times.push((await uploaded(control, aScriptUpload(control, 'hello'))).version.createdOn);
  }
  assert.deepEqual(times, times.toSorted());
  assert.equal(new Set(times).size, times.length);
});

test('[V-16] a version that does not serve can be deleted; one that does cannot, also at 0 %', async (t) => {
  const plane = await aControlPlane(t);
  const { control } = plane;
  const first = await uploaded(control, aScriptUpload(control, 'hello'));
  const second = await uploaded(control, aVersionUpload(control, 'hello'));
  const third = await uploaded(control, aVersionUpload(control, 'hello'));
  const shares = [
    { version_id: first.version.id, percentage: 100 },
    { version_id: second.version.id, percentage: 0 },
  ];
  accepted(
    await deploy(control, ADA, {
      worker: 'hello',
      shares,
      message: '',
      force: false,
      expectedActive: undefined,
      triggeredBy: 'deployment',
    }),
  );
  const before = await stateOf(plane);
  for (const { version } of [first, second]) {
    assert.deepEqual(refused(await deleteVersion(control, ADA, 'hello', version.id)), { code: 'version_is_live', versionId: version.id });
  }
  assert.deepEqual(refused(await deleteVersion(control, ADA, 'hello', uuid(77))), { code: 'version_not_found', versionId: uuid(77) });
  await uploaded(control, aScriptUpload(control, 'other'));
  assert.equal(refused(await deleteVersion(control, ADA, 'other', third.version.id)).code, 'version_not_found');
  accepted(await deleteWorker(control, ADA, 'other'));
  const { workers } = await stateOf(plane);
  assert.deepEqual(workers, before.workers);
  accepted(await deleteVersion(control, ADA, 'hello', third.version.id));
  assert.equal(await control.store.read.versions.byId(third.version.id), undefined);
});

test('[V-16] the past deployments that named a deleted version go with it, and the audit log keeps them', async (t) => {
  const { control } = await aControlPlane(t);
  const first = await uploaded(control, aScriptUpload(control, 'hello'));
  const second = await uploaded(control, aScriptUpload(control, 'hello'));
  accepted(await deleteVersion(control, ADA, 'hello', first.version.id));
  const log = await control.store.read.deployments.page(first.worker.tag, { offset: 0, limit: 9 });
  assert.deepEqual(
    log.map(({ id, number }) => [id, number]),
    [[second.deployment?.id, 2]],
  );
  const audit = await control.store.read.audit.page({ offset: 0, limit: 9 });
  assert.ok(audit.some(({ detail }) => detail['deployment'] === first.deployment?.id));
});

test('[D-7] an upload to the script itself makes its version and the deployment at 100 % in one step', async (t) => {
  const { control } = await aControlPlane(t);
  const { worker, version, deployment } = await uploaded(
    control,
    aScriptUpload(control, 'hello', { settings: { logpush: true, tags: ['a'] } }),
  );
  assert.deepEqual(deployment?.split, [{ versionId: version.id, share: 100_000 }]);
  assert.deepEqual([deployment?.message, deployment?.triggeredBy], ['Automatic deployment on upload.', 'upload']);
  assert.equal((await control.store.read.deployments.active(worker.tag))?.id, deployment?.id);
  assert.deepEqual(worker.settings, { logpush: true, tags: ['a'] });
  assert.deepEqual(await control.store.read.workers.byName('hello'), worker, 'and its answer is what is stored');
});

test('[D-7] where the deployment cannot be stored there is no version, no Worker, no audit row either', async (t) => {
  const plane = await aControlPlane(t);
  const { control, ids } = plane;
  const empty = await stateOf(plane);
  const request = await aScriptUpload(control, 'hello');
  plane.trial = async () => {
    ids.failsNext = 'uuid';
    return STARTED;
  };
  await assert.rejects(upload(control, ADA, request), { message: 'no id today' });
  assert.deepEqual(await stateOf(plane), empty);
  plane.trial = () => Promise.resolve(STARTED);
  assert.equal(accepted(await upload(control, ADA, request)).version.number, 1);
});

test('[D-8] a version upload changes no deployment', async (t) => {
  const { control } = await aControlPlane(t);
  const { worker, deployment } = await uploaded(control, aScriptUpload(control, 'hello'));
  const generation = await control.store.read.meta.generation();
  const second = await uploaded(control, aVersionUpload(control, 'hello'));
  assert.equal(second.deployment, undefined);
  assert.equal((await control.store.read.deployments.active(worker.tag))?.id, deployment?.id);
  assert.equal(await control.store.read.deployments.count(worker.tag), 1);
  assert.equal(await control.store.read.meta.generation(), generation, 'nor the routing table');
});

test('[W-4] an alias is given to the version uploaded with it, and given again moves on', async (t) => {
  const { control } = await aControlPlane(t);
  const { worker } = await uploaded(control, aScriptUpload(control, 'hello'));
  await uploaded(control, aVersionUpload(control, 'hello', { annotations: { alias: 'staging' } }));
  const second = await uploaded(control, aVersionUpload(control, 'hello', { annotations: { alias: 'staging' } }));
  assert.deepEqual(await control.store.read.versions.aliases(worker.tag), { staging: second.version.id });
});

test('what a version binds and somebody deletes while it is tried is missed when it is stored, and nothing is', async (t) => {
  const plane = await aControlPlane(t);
  const { control } = plane;
  const { id } = accepted(await createResource(control, ADA, { kind: 'kv_namespace', id: 'a'.repeat(32), name: 'links' }));
  await uploaded(control, aScriptUpload(control, 'hello'));
  const before = await stateOf(plane);
  plane.trial = async () => {
    accepted(await deleteResource(control, BOB, { kind: 'kv_namespace', id }, false));
    return STARTED;
  };
  const binding: RequestedBinding = { type: 'kv_namespace', name: 'LINKS', namespace_id: id };
  const { code } = refused(await upload(control, ADA, await aScriptUpload(control, 'hello', { metadata: { bindings: [binding] } })));
  assert.equal(code, 'resources_missing');
  assert.deepEqual((await stateOf(plane)).workers, before.workers);
});
