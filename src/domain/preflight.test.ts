import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { aSecret, aVariable, aVersion, uuid } from '../../test/support/builders.ts';
import type { Binding, ResourceBinding } from './binding.ts';
import { deployedAlone, needsForce, planDeployment } from './deploy.ts';
import { preflight } from './preflight.ts';
import type { CandidateVersion, Proposal } from './proposal.ts';
import { refOf, type Resource } from './resource.ts';
import { splitFrom } from './split.ts';

const ACTIVE = { id: uuid(1000), by: 'ada@example.com', createdOn: '2026-11-01T11:00:00.000000Z' };
const KV: ResourceBinding = { type: 'kv_namespace', name: 'CACHE', namespace_id: 'kv-1' };
const D1: ResourceBinding = { type: 'd1', name: 'DB', id: 'db-1' };
const R2: ResourceBinding = { type: 'r2_bucket', name: 'PHOTOS', bucket_name: 'photos' };
const QUEUE: ResourceBinding = { type: 'queue', name: 'JOBS', queue_name: 'jobs' };
const EACH = [KV, D1, R2, QUEUE];

const EARLY = '2026-11-01T09:00:00.000Z';
const LATE = '2026-11-01T12:00:00.000Z';

/** What a binding reaches, there since the morning unless said. */
const the = (binding: ResourceBinding, createdOn = EARLY): Resource => {
  const { kind, key } = refOf(binding);
  return { kind, id: key, name: key, createdOn, settings: {} };
};

/** A Worker's versions by number, each with its bindings, which of them serve, and what there is to bind. */
interface World {
  readonly versions: Readonly<Record<number, readonly Binding[]>>;
  readonly active: readonly number[];
  readonly resources?: readonly Resource[];
  readonly window?: number;
}

const proposalIn = ({ versions: all, active, resources = [], window = 100 }: World, shares: Proposal['shares']): Proposal => {
  const versions = new Map<string, CandidateVersion>(
    Object.entries(all).map(([number, bindings]) => [uuid(Number(number)), aVersion(Number(number), { bindings })]),
  );
  return {
    shares,
    versions,
    active: { deployment: ACTIVE, versions: active.flatMap((number) => versions.get(uuid(number)) ?? []) },
    newestNumber: Math.max(...Object.keys(all).map(Number)),
    window,
    resources,
    services: new Map(),
    classes: [],
    owners: new Map(),
    events: { queue: [], scheduled: [] },
    deletions: [],
    knownSince: new Map([...versions.keys()].map((id) => [id, '2026-11-01T11:00:00.000000Z'])),
  };
};

const to = (number: number) => deployedAlone(uuid(number));
const checked = (world: World, shares: Proposal['shares']) => {
  const { blockers, warnings } = preflight(proposalIn(world, shares));
  return { blockers, warnings };
};
const CLEAR = { blockers: [], warnings: [] };

test('[R-5] going to a version whose namespace, bucket, queue or database is gone is refused, forced or not, with all of them at once', () => {
  const world: World = { versions: { 1: [...EACH, aVariable('V', '1')], 2: [] }, active: [2] };
  const proposal = proposalIn(world, to(1));
  const lost = EACH.map((binding) => ({ binding }));
  for (const force of [false, true]) {
    assert.deepEqual(planDeployment({ ...proposal, force, expectedActive: undefined }), {
      ok: false,
      refusal: { code: 'version_resources_missing', versionId: uuid(1), lost },
    });
  }
});

test('[R-5] what a lost resource was called, and who deleted it, is told where that is remembered', () => {
  const proposal = proposalIn({ versions: { 1: [KV], 2: [] }, active: [2] }, to(1));
  const was = { name: 'cache', by: 'bob', on: LATE };
  const { blockers } = preflight({ ...proposal, deletions: [{ kind: 'kv_namespace', key: 'kv-1', ...was }] });
  assert.deepEqual(blockers, [{ code: 'version_resources_missing', versionId: uuid(1), lost: [{ binding: KV, was }] }]);
});

test('[R-5] a resource of another kind, or one whose id is the name asked for, is not the one that was bound', () => {
  const impostors: readonly Resource[] = [
    { ...the(KV), kind: 'd1' },
    { kind: 'r2_bucket', id: 'photos', name: 'other', createdOn: EARLY, settings: {} },
    { kind: 'kv_namespace', id: 'other', name: 'kv-1', createdOn: EARLY, settings: {} },
  ];
  const { blockers } = checked({ versions: { 1: [KV, R2], 2: [] }, active: [2], resources: impostors }, to(1));
  assert.deepEqual(blockers, [{ code: 'version_resources_missing', versionId: uuid(1), lost: [{ binding: KV }, { binding: R2 }] }]);
});

test('[R-6] a binding to a database that exists never refuses, whatever serves', () => {
  for (const serving of [[], [D1], [KV]]) {
    assert.deepEqual(checked({ versions: { 1: [D1], 2: serving }, active: [2], resources: [the(D1), the(KV)] }, to(1)), CLEAR);
  }
});

test('[R-7] all reasons are told at once, those that force helps with last', () => {
  const world: World = { versions: { 1: [aSecret('TOKEN', 'old'), KV], 2: [], 3: [aSecret('TOKEN', 'new')] }, active: [3], window: 1 };
  const shares = [
    { version_id: uuid(1), percentage: 50 },
    { version_id: uuid(9), percentage: 50 },
  ];
  const reasons = [
    { code: 'version_outside_window', versionId: uuid(1), window: 1 },
    { code: 'version_resources_missing', versionId: uuid(1), lost: [{ binding: KV }] },
    { code: 'version_not_found', versionId: uuid(9) },
  ];
  const secrets = { code: 'secrets_changed', versionId: uuid(1), names: ['TOKEN'] };
  const proposal = { ...proposalIn(world, shares), expectedActive: undefined };
  const refusedFor = (force: boolean) => planDeployment({ ...proposal, force });
  assert.deepEqual(refusedFor(false), { ok: false, refusal: { code: 'deployment_refused', reasons: [...reasons, secrets] } });
  assert.deepEqual(refusedFor(true), { ok: false, refusal: { code: 'deployment_refused', reasons } });
});

test('[R-8] a version that serves already may take over although something it binds is gone, and that is told', () => {
  const world: World = { versions: { 1: [KV], 2: [] }, active: [1, 2] };
  const warning = { code: 'serves_without_resources', versionId: uuid(1), lost: [{ binding: KV }] };
  assert.deepEqual(checked(world, to(1)), { blockers: [], warnings: [warning] });
  assert.ok(planDeployment({ ...proposalIn(world, to(1)), force: false, expectedActive: undefined }).ok);
});

test('[R-8] nothing is asked of the side that is left', () => {
  assert.deepEqual(checked({ versions: { 1: [KV, R2], 2: [] }, active: [1] }, to(2)), CLEAR);
});

test('[R-9] a resource that was made anew under the same name since the version last served is told, and refuses nothing', () => {
  const world: World = { versions: { 1: [R2, QUEUE], 2: [] }, active: [2], resources: [the(R2, LATE), the(QUEUE, EARLY)] };
  const since = '2026-11-01T11:00:00.000000Z';
  assert.deepEqual(checked(world, to(1)), {
    blockers: [],
    warnings: [{ code: 'resource_recreated', versionId: uuid(1), binding: R2, createdOn: LATE, since }],
  });
  assert.ok(planDeployment({ ...proposalIn(world, to(1)), force: false, expectedActive: undefined }).ok);
});

test('[R-5] one of the name that the lost one had is named: it is not the one that was bound', () => {
  const proposal = proposalIn({ versions: { 1: [KV], 2: [] }, active: [2], resources: [{ ...the(KV), id: 'kv-2', name: 'cache' }] }, to(1));
  const was = { name: 'cache', by: 'bob', on: LATE };
  const { blockers } = preflight({ ...proposal, deletions: [{ kind: 'kv_namespace', key: 'kv-1', ...was }] });
  assert.deepEqual(blockers, [{ code: 'version_resources_missing', versionId: uuid(1), lost: [{ binding: KV, was, namesake: 'kv-2' }] }]);
});

test('[R-13] that the tables of a database changed since the version last served is told, and refuses nothing', () => {
  const proposal = proposalIn({ versions: { 1: [D1], 2: [D1] }, active: [2], resources: [the(D1)] }, to(1));
  const since = '2026-11-01T11:00:00.000000Z';
  const warned = (schemaChangedOn: Proposal['schemaChangedOn']) => preflight({ ...proposal, schemaChangedOn }).warnings;
  const changed = new Map([['db-1', LATE]]);
  assert.deepEqual(warned(changed), [{ code: 'schema_changed', versionId: uuid(1), binding: D1, name: 'db-1', changedOn: LATE, since }]);
  assert.ok(planDeployment({ ...proposal, schemaChangedOn: changed, force: false, expectedActive: undefined }).ok);
  assert.deepEqual(warned(new Map([['db-1', EARLY]])), []);
  assert.deepEqual(warned(new Map([['db-1', undefined]])), [], 'they never changed');
  assert.deepEqual(warned(new Map()), [{ code: 'schema_unknown', versionId: uuid(1), binding: D1, name: 'db-1' }], 'nobody could say');
  assert.deepEqual(warned(undefined), [], 'nobody asked');
});

test('[R-13] of the version that serves nothing is told: it was there when the tables changed', () => {
  const proposal = proposalIn({ versions: { 1: [D1] }, active: [1], resources: [the(D1)] }, to(1));
  assert.deepEqual(preflight({ ...proposal, schemaChangedOn: new Map([['db-1', LATE]]) }).warnings, []);
});

test('[R-14] a version that does not handle what its Worker is called for is told of, serving or not, and refused for nothing', () => {
  const events = { queue: ['jobs'], scheduled: ['* * * * *'] };
  for (const active of [1, 2]) {
    const proposal = { ...proposalIn({ versions: { 1: [], 2: [] }, active: [active] }, to(1)), events };
    assert.deepEqual(preflight(proposal), {
      split: splitFrom(to(1)),
      blockers: [],
      warnings: [
        { code: 'handler_missing', versionId: uuid(1), handler: 'queue', sources: ['jobs'] },
        { code: 'handler_missing', versionId: uuid(1), handler: 'scheduled', sources: ['* * * * *'] },
      ],
    });
    const versions = new Map([[uuid(1), aVersion(1, { handlers: ['fetch', 'queue', 'scheduled'] })]]);
    assert.deepEqual(preflight({ ...proposal, versions }).warnings, []);
  }
});

test('[R-8] a version that serves although objects it binds are gone is told of', () => {
  const ROOMS: Binding = { type: 'durable_object_namespace', name: 'ROOMS', class_name: 'Room', script_name: 'chat', namespace_id: 'ns-1' };
  const world: World = { versions: { 1: [ROOMS] }, active: [1] };
  const warning = { code: 'serves_without_objects', versionId: uuid(1), bindings: [ROOMS] };
  assert.deepEqual(checked(world, to(1)), { blockers: [], warnings: [warning] });
  assert.deepEqual(preflight({ ...proposalIn(world, to(1)), owners: new Map([['ns-1', 'chat']]) }).warnings, []);
});

test('[R-9] one that was made within the same instant is none', () => {
  const resources = [the(R2, '2026-11-01T11:00:00.000Z')];
  assert.deepEqual(checked({ versions: { 1: [R2], 2: [] }, active: [2], resources }, to(1)), CLEAR);
});

const binding: fc.Arbitrary<Binding> = fc.oneof(
  fc.constantFrom(...EACH),
  fc.record({ name: fc.constantFrom('A', 'B'), value: fc.constantFrom('1', '2') }).map(({ name, value }) => aSecret(name, value)),
);
const bindings = fc.uniqueArray(binding, { selector: ({ name }) => name });
const world: fc.Arbitrary<World> = fc.record({
  versions: fc.record({ 1: bindings, 2: bindings, 3: bindings, 4: bindings }),
  active: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 2 }),
  resources: fc.subarray(EACH).map((there) => there.map((each) => the(each))),
  window: fc.integer({ min: 1, max: 4 }),
});
const split = fc
  .tuple(fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 2 }), fc.integer({ min: 0, max: 100 }))
  .map(([numbers, percentage]) =>
    numbers.map((number, at) => ({
      version_id: uuid(number),
      percentage: numbers.length === 1 ? 100 : at === 0 ? percentage : 100 - percentage,
    })),
  );

test('[R-5] [R-7] [R-8] a deployment is refused exactly for its blockers and, until it is forced, for what needs that', () => {
  fc.assert(
    fc.property(world, split, fc.boolean(), (each, shares, force) => {
      const proposal = proposalIn(each, shares);
      const { blockers, warnings } = preflight(proposal);
      const planned = planDeployment({ ...proposal, force, expectedActive: undefined });
      const forcible = force ? [] : warnings.filter(needsForce);
      assert.equal(planned.ok, blockers.length + forcible.length === 0);
      const serving = new Set(each.active.map(uuid));
      for (const blocker of blockers) assert.ok('versionId' in blocker && !serving.has(blocker.versionId));
      for (const { version_id } of shares) {
        const version = proposal.versions.get(version_id);
        const isWhole = version?.bindings.every(
          (bound) => !EACH.some(({ name }) => name === bound.name) || (each.resources ?? []).some(({ kind }) => kind === bound.type),
        );
        const isBlockedForIt = blockers.some((blocker) => blocker.code === 'version_resources_missing' && blocker.versionId === version_id);
        if (version !== undefined) assert.equal(isBlockedForIt, !isWhole && !serving.has(version_id));
      }
    }),
  );
});

const said = (each: World, shares: Proposal['shares']): readonly string[] => {
  const { blockers, warnings } = preflight(proposalIn(each, shares));
  return [...blockers, ...warnings].map((reason) => JSON.stringify(reason)).toSorted();
};

test('[R-7] the order in which versions are named changes nothing but the order of what is said', () => {
  fc.assert(fc.property(world, split, (each, shares) => assert.deepEqual(said(each, shares), said(each, shares.toReversed()))));
});
