import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { aSecret, aVersion, uuid } from '../../test/support/builders.ts';
import type { Binding } from './binding.ts';
import { carriedOver, deployedAlone, planDeployment, type DeployRequest } from './deploy.ts';
import { isInWindow } from './preflight.ts';
import type { CandidateVersion } from './proposal.ts';
import type { Refusal } from './refusal.ts';
import { WHOLE } from './split.ts';

const ACTIVE = { id: uuid(1000), by: 'ada@example.com', createdOn: '2026-11-01T11:00:00.000000Z' };

/** A Worker's versions by number, each with its bindings, and which of them serve. */
interface World {
  readonly versions: Readonly<Record<number, readonly Binding[]>>;
  readonly active?: readonly number[];
  readonly window?: number;
}

const candidates = ({ versions }: World): Map<string, CandidateVersion> =>
  new Map(Object.entries(versions).map(([number, bindings]) => [uuid(Number(number)), aVersion(Number(number), { bindings })]));

const planned = (world: World, shares: DeployRequest['shares'], more: Partial<DeployRequest> = {}) => {
  const versions = candidates(world);
  return planDeployment({
    shares,
    versions,
    active: world.active && { deployment: ACTIVE, versions: world.active.flatMap((number) => versions.get(uuid(number)) ?? []) },
    newestNumber: Math.max(...Object.keys(world.versions).map(Number)),
    window: world.window ?? 100,
    resources: [],
    services: new Map(),
    classes: [],
    owners: new Map(),
    events: { queue: [], scheduled: [] },
    deletions: [],
    knownSince: new Map(),
    force: false,
    expectedActive: undefined,
    ...more,
  });
};

const alone = (number: number) => deployedAlone(uuid(number));
const refused = (refusal: Refusal) => ({ ok: false, refusal });
const TO = (number: number) => ({ ok: true, value: [{ versionId: uuid(number), share: WHOLE }] });

const OLD = [aSecret('TOKEN', 'old'), aSecret('KEY', 'same')];
const NEW = [aSecret('TOKEN', 'new'), aSecret('KEY', 'same')];

test('[D-5] a version that is unknown, or of another Worker, is refused', () => {
  assert.deepEqual(planned({ versions: { 1: [] } }, alone(2)), refused({ code: 'version_not_found', versionId: uuid(2) }));
});

test('[D-4] a split that does not total 100 is refused before its versions are looked at', () => {
  const shares = [{ version_id: 'unknown', percentage: 30 }];
  assert.deepEqual(planned({ versions: { 1: [] } }, shares), refused({ code: 'split_not_100', total: 30 }));
});

test('[D-9] with If-Match a deployment is made only while the named one is active, and else is told who deployed what and when', () => {
  const world: World = { versions: { 1: [], 2: [] }, active: [1] };
  assert.deepEqual(planned(world, alone(2), { expectedActive: ACTIVE.id }), TO(2));
  const expected = uuid(999);
  assert.deepEqual(
    planned(world, alone(2), { expectedActive: expected }),
    refused({ code: 'active_deployment_changed', expected, active: ACTIVE }),
  );
  assert.deepEqual(
    planned({ versions: { 1: [] } }, alone(1), { expectedActive: expected }),
    refused({ code: 'active_deployment_changed', expected, active: undefined }),
  );
});

test('[W-1] the newest versions of the window can be deployed, and those of the active deployment always', () => {
  const world: World = { versions: { 1: [], 2: [], 3: [], 4: [], 5: [] }, active: [1], window: 3 };
  for (const number of [1, 3, 4, 5]) assert.deepEqual(planned(world, alone(number)), TO(number));
  assert.deepEqual(planned(world, alone(2)), refused({ code: 'version_outside_window', versionId: uuid(2), window: 3 }));
  assert.deepEqual(
    planned(world, alone(2), { force: true }),
    refused({ code: 'version_outside_window', versionId: uuid(2), window: 3 }),
    'force is about secrets only',
  );
});

test('[W-1] a window of n holds exactly the n newest numbers', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 200 }), (newest, window) => {
      const numbers = Array.from({ length: newest }, (_, at) => at + 1).filter((number) => isInWindow(number, newest, window));
      assert.equal(numbers.length, Math.min(newest, window));
      assert.equal(numbers.at(-1), newest);
    }),
  );
});

test('[R-2] going back to a version whose secrets differ from those that serve is refused with their names, until it is forced', () => {
  const world: World = { versions: { 1: OLD, 2: NEW }, active: [2] };
  assert.deepEqual(planned(world, alone(1)), refused({ code: 'secrets_changed', versionId: uuid(1), names: ['TOKEN'] }));
  assert.deepEqual(planned(world, alone(1), { force: true }), TO(1));
});

test('[R-2] a secret that was removed since counts as changed, one that came since does not, and all are named in order', () => {
  const world: World = { versions: { 1: [aSecret('B', '1'), aSecret('A', '1')], 2: [aSecret('C', '1'), aSecret('B', '2')] }, active: [2] };
  assert.deepEqual(planned(world, alone(1)), refused({ code: 'secrets_changed', versionId: uuid(1), names: ['A', 'B'] }));
});

test('[R-2] a version that binds none of the secrets that came or changed since goes back unasked', () => {
  const without: readonly (readonly Binding[])[] = [
    [],
    [aSecret('KEY', 'same')],
    [{ type: 'plain_text', name: 'TOKEN', text: 'in clear' }],
  ];
  for (const bindings of without) assert.deepEqual(planned({ versions: { 1: bindings, 2: NEW }, active: [2] }, alone(1)), TO(1));
});

test('[R-2] in a split the newest version that serves is the one whose secrets count', () => {
  const world: World = { versions: { 1: OLD, 2: OLD, 3: NEW }, active: [3, 2] };
  assert.deepEqual(planned(world, alone(1)), refused({ code: 'secrets_changed', versionId: uuid(1), names: ['TOKEN'] }));
});

test('[R-2] other bindings may differ', () => {
  const world: World = {
    versions: { 1: [...OLD, { type: 'plain_text', name: 'V', text: '1' }], 2: [...OLD, { type: 'plain_text', name: 'V', text: '2' }] },
    active: [2],
  };
  assert.deepEqual(planned(world, alone(1)), TO(1));
});

test('[R-3] a version newer than those that serve is never held back for its secrets', () => {
  assert.deepEqual(planned({ versions: { 1: OLD, 2: NEW }, active: [1] }, alone(2)), TO(2));
  assert.deepEqual(planned({ versions: { 1: OLD, 2: [] }, active: [1] }, alone(2)), TO(2));
});

test('[R-3] a version that already serves is never held back, so a canary can be taken back', () => {
  assert.deepEqual(planned({ versions: { 1: OLD, 2: NEW }, active: [1, 2] }, alone(1)), TO(1));
});

test('[R-3] a first deployment is never held back', () => {
  assert.deepEqual(planned({ versions: { 1: OLD, 2: NEW } }, alone(1)), TO(1));
});

test('[S-2] carrying over replaces the versions and keeps every share, in order', () => {
  const version = fc.stringMatching(/^[a-f]{1,3}$/);
  const split = fc.uniqueArray(fc.record({ versionId: version, share: fc.nat(WHOLE) }), {
    maxLength: 2,
    selector: (entry) => entry.versionId,
  });
  fc.assert(
    fc.property(split, fc.dictionary(version, fc.uuid()), (before, replacement) => {
      const after = carriedOver(before, new Map(Object.entries(replacement)));
      assert.deepEqual(
        after.map(({ share }) => share),
        before.map(({ share }) => share),
      );
      assert.deepEqual(
        after.map(({ versionId }) => versionId),
        before.map(({ versionId }) => replacement[versionId] ?? versionId),
      );
    }),
  );
});
