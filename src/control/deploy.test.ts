import assert from 'node:assert/strict';
import test from 'node:test';
import { uuid } from '../../test/support/builders.ts';
import {
  accepted,
  ADA,
  aControlPlane,
  aScriptUpload,
  aVersionUpload,
  BOB,
  refused,
  uploaded,
  type ControlPlane,
  type ControlPlaneOptions,
  type Said,
} from '../../test/support/control-plane.ts';
import type { RequestedShare, Version } from '../domain/index.ts';
import { changeSecrets, deleteDeployment, deploy, storedSpec } from './index.ts';

type Options = Partial<Parameters<typeof deploy>[2]>;

/** A Worker `hello` with these versions, of which the first serves. */
const aRollout = async (
  t: Parameters<typeof aControlPlane>[0],
  versions: readonly Said[] = [{}, {}],
  options: ControlPlaneOptions = {},
) => {
  const plane = await aControlPlane(t, options);
  const { control } = plane;
  const made: Version[] = [];
  for (const [at, said] of versions.entries()) {
    const request = at === 0 ? aScriptUpload(control, 'hello', said) : aVersionUpload(control, 'hello', said);
    made.push((await uploaded(control, request)).version);
  }
  const { tag } = (await control.store.read.workers.byName('hello'))!;
  const split = (...percentages: readonly (readonly [number, number])[]): RequestedShare[] =>
    percentages.map(([number, percentage]) => ({ version_id: made[number - 1]?.id ?? uuid(999), percentage }));
  const deployed = (shares: readonly RequestedShare[], more: Options = {}, actor = ADA) =>
    deploy(control, actor, {
      worker: 'hello',
      shares,
      message: undefined,
      force: false,
      expectedActive: undefined,
      triggeredBy: 'deployment',
      ...more,
    });
  return { plane, control, tag, versions: made, split, deployed, active: () => control.store.read.deployments.active(tag) };
};

/** Everything a refused deployment must leave as it was. */
const stateOf = async ({ control: { store } }: ControlPlane, tag: string) => [
  await store.read.meta.generation(),
  await store.read.audit.count(),
  await store.read.deployments.page(tag, { offset: 0, limit: 1000 }),
  await store.read.workers.all(),
];

test('[D-1] a deployment names one or two versions, and the newest deployment is the active one', async (t) => {
  const { deployed, split, active, control, versions } = await aRollout(t);
  const made = accepted(await deployed(split([1, 90], [2, 10]), { message: 'a canary' }, BOB));
  assert.deepEqual(made.split, [
    { versionId: versions[0]!.id, share: 90_000 },
    { versionId: versions[1]!.id, share: 10_000 },
  ]);
  assert.deepEqual([made.author, made.source, made.message, made.triggeredBy], [BOB.author, 'api', 'a canary', 'deployment']);
  assert.deepEqual(await active(), { ...made, number: 2 });
  const [entry] = await control.store.read.audit.page({ offset: 0, limit: 1 });
  assert.deepEqual([entry?.action, entry?.actor, entry?.detail['deployment']], ['deployment.create', BOB.author, made.id]);
});

test('[D-6] times of a Worker’s deployments strictly increase, whatever the clock does', async (t) => {
  const { deployed, split, plane } = await aRollout(t);
  const times: string[] = [];
  for (const move of [0, 0, 1, -1, -86_400_000, 0, 5_000, -4_999]) {
    plane.clock.move(move);
    times.push(accepted(await deployed(split([times.length % 2 === 0 ? 1 : 2, 100]))).createdOn);
  }
  assert.deepEqual(times, times.toSorted());
  assert.equal(new Set(times).size, times.length);
  assert.ok(
    times.every((time) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(time)),
    'all of one format, since clients compare the text',
  );
});

test('[D-13] a refused deployment changes nothing', async (t) => {
  const { deployed, split, plane, tag, control, versions } = await aRollout(t, [{}, {}, {}, {}, {}], { deployableVersions: 3 });
  const foreign = await uploaded(control, aScriptUpload(control, 'other'));
  accepted(await deployed(split([5, 100])));
  const before = await stateOf(plane, tag);
  const [first] = versions;
  const refusals: readonly (readonly [RequestedShare[], Options, string])[] = [
    [[], {}, 'split_empty'],
    [split([4, 50], [5, 49]), {}, 'split_not_100'],
    [split([4, -1], [5, 101]), {}, 'split_percentage_out_of_range'],
    [split([4, 50], [4, 50]), {}, 'split_same_version_twice'],
    [split([3, 30], [4, 30], [5, 40]), {}, 'split_too_many'],
    [split([99, 100]), {}, 'version_not_found'],
    [[{ version_id: foreign.version.id, percentage: 100 }], {}, 'version_not_found'],
    [[{ version_id: "'; DROP TABLE versions; --", percentage: 100 }], {}, 'version_not_found'],
    [split([2, 100]), { force: true }, 'version_outside_window'],
    [split([4, 100]), { expectedActive: first!.id }, 'active_deployment_changed'],
    [split([4, 100]), { message: 'm'.repeat(1001) }, 'message_too_long'],
    [split([4, 100]), { worker: 'nobody' }, 'worker_not_found'],
  ];
  for (const [shares, more, code] of refusals) assert.equal(refused(await deployed(shares, more)).code, code);
  assert.deepEqual(await stateOf(plane, tag), before);
});

test('[D-4] one version written in two ways is still the same version twice', async (t) => {
  const { deployed, versions } = await aRollout(t);
  const { id } = versions[0]!;
  const shares = [id, id.replaceAll('-', '').toUpperCase()].map((version_id) => ({ version_id, percentage: 50 }));
  assert.deepEqual(refused(await deployed(shares)), { code: 'split_same_version_twice', versionId: id });
});

test('[D-9] of two clients that saw the same deployment one deploys, and the other is told who did what and when', async (t) => {
  const { deployed, split, active } = await aRollout(t);
  const expectedActive = (await active())!.id;
  const [ada, bob] = await Promise.all([
    deployed(split([2, 100]), { expectedActive }, ADA),
    deployed(split([1, 50], [2, 50]), { expectedActive }, BOB),
  ]);
  const [won, lost] = ada.ok ? [ada, bob] : [bob, ada];
  const { id, author, createdOn } = accepted(won);
  assert.deepEqual(refused(lost), {
    code: 'active_deployment_changed',
    expected: expectedActive,
    active: { id, by: author.email, createdOn },
  });
});

test('[D-11] a deployment that is not active can be deleted, the active one cannot', async (t) => {
  const { deployed, split, control, active, plane, tag } = await aRollout(t);
  const first = (await active())!;
  const second = accepted(await deployed(split([2, 100])));
  const before = await stateOf(plane, tag);
  assert.deepEqual(refused(await deleteDeployment(control, ADA, 'hello', second.id)), {
    code: 'deployment_is_active',
    deploymentId: second.id,
  });
  assert.deepEqual(refused(await deleteDeployment(control, ADA, 'hello', uuid(999))), {
    code: 'deployment_not_found',
    deploymentId: uuid(999),
  });
  assert.deepEqual(await stateOf(plane, tag), before);
  accepted(await deleteDeployment(control, ADA, 'hello', first.id));
  assert.equal(await control.store.read.deployments.byId(tag, first.id), undefined);
  assert.equal((await active())?.id, second.id);
});

test('[R-1] a rollback is a new deployment of an earlier version at 100 %, and the log is never rewound', async (t) => {
  const { deployed, split, control, tag } = await aRollout(t);
  accepted(await deployed(split([1, 50], [2, 50])));
  accepted(await deployed(split([2, 100])));
  const rollback = accepted(await deployed(split([1, 100])));
  const log = await control.store.read.deployments.page(tag, { offset: 0, limit: 10 });
  assert.deepEqual(
    log.map(({ number }) => number),
    [4, 3, 2, 1],
  );
  assert.deepEqual(
    log.map(({ split: shares }) => shares.length),
    [1, 1, 2, 1],
  );
  assert.equal(log[0]?.id, rollback.id);
});

test('[R-2] going back over a changed secret is refused with its name until it is forced, and then brings the old value back', async (t) => {
  const { deployed, split, control, versions, plane, tag } = await aRollout(t, [
    { metadata: { bindings: [{ type: 'secret_text', name: 'TOKEN', text: 'old' }] } },
  ]);
  accepted(await changeSecrets(control, ADA, { worker: 'hello', changes: { TOKEN: { text: 'new' } } }));
  const before = await stateOf(plane, tag);
  const [first] = versions;
  assert.deepEqual(refused(await deployed(split([1, 100]))), { code: 'secrets_changed', versionId: first!.id, names: ['TOKEN'] });
  assert.deepEqual(await stateOf(plane, tag), before);
  const forced = accepted(await deployed(split([1, 100]), { force: true }));
  const spec = accepted(await storedSpec(control, forced.split[0]!.versionId));
  assert.deepEqual(spec.bindings, [{ type: 'secret_text', name: 'TOKEN', text: 'old' }]);
});

test('[R-3] the same secret set again to the same value holds nothing back', async (t) => {
  const { deployed, split, control } = await aRollout(t, [
    { metadata: { bindings: [{ type: 'secret_text', name: 'TOKEN', text: 'same' }] } },
  ]);
  accepted(await changeSecrets(control, ADA, { worker: 'hello', changes: { TOKEN: { text: 'same' } } }));
  accepted(await deployed(split([1, 100])));
});

test('[R-4] a rollback to a version that still runs waits for nothing, also while an upload is being tried', async (t) => {
  const { deployed, split, control, plane } = await aRollout(t);
  accepted(await deployed(split([2, 100])));
  const trial = Promise.withResolvers<void>();
  plane.trial = async () => {
    await trial.promise;
    return { ok: false, failure: { message: 'slow' } };
  };
  const uploading = aScriptUpload(control, 'hello', { code: 'slow' }).then((request) => uploaded(control, Promise.resolve(request)));
  const asked: unknown[] = [];
  control.feed.join('edge', (message) => asked.push(message));
  const processes = [1, 2].map((number) => ({
    versionId: split([number, 100])[0]!.version_id,
    script: 'hello',
    state: 'ready' as const,
    restarts: 0,
  }));
  control.feed.report({ edge: 'edge', generation: 1, url: '', processes });
  asked.length = 0;
  accepted(await deployed(split([1, 100])));
  assert.deepEqual(asked, [], 'and no edge is asked to make ready what is ready');
  trial.resolve();
  await assert.rejects(uploading, /slow/);
});

test('[W-1] the most recent versions can be deployed, and those of the active deployment always', async (t) => {
  const { deployed, split, control } = await aRollout(t, [{}, {}, {}, {}], { deployableVersions: 2 });
  assert.equal(refused(await deployed(split([2, 100]))).code, 'version_outside_window');
  accepted(await deployed(split([1, 90], [4, 10])));
  accepted(await deployed(split([1, 50], [3, 50])));
  await uploaded(control, aVersionUpload(control, 'hello'));
  accepted(await deployed(split([3, 1], [1, 99])));
  accepted(await deployed(split([4, 100])));
  assert.equal(refused(await deployed(split([1, 100]))).code, 'version_outside_window', 'once it has left it is out');
});

test('[L-2] a rollback by a client of the legacy log is an entry that names what it went back to', async (t) => {
  const { deployed, split, active, control, tag } = await aRollout(t);
  const first = (await active())!;
  accepted(await deployed(split([2, 100])));
  accepted(await deployed(split([1, 100]), { rollbackFrom: first.id, message: 'it broke', triggeredBy: 'rollback', force: true }));
  const [entry] = await control.store.read.deployments.page(tag, { offset: 0, limit: 1 });
  assert.deepEqual([entry?.rollbackFrom, entry?.message, entry?.triggeredBy, entry?.number], [first.id, 'it broke', 'rollback', 3]);
});

test('[L-3] a version’s id counts with hyphens or without', async (t) => {
  const { deployed, versions, active } = await aRollout(t);
  accepted(await deployed([{ version_id: versions[1]!.id.replaceAll('-', ''), percentage: 100 }]));
  assert.equal((await active())?.split[0]?.versionId, versions[1]!.id);
});
