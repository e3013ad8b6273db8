import assert from 'node:assert/strict';
import test from 'node:test';
import { aVersion, uuid } from '../../test/support/builders.ts';
import type { DurableObjectClass } from './durable-objects.ts';
import { preflight } from './preflight.ts';
import type { CandidateVersion, Proposal } from './proposal.ts';

const ROOM: DurableObjectClass = { className: 'Room', namespaceId: 'a'.repeat(32), storage: 'sqlite' };
const LOG: DurableObjectClass = { className: 'Log', namespaceId: 'b'.repeat(32), storage: 'sqlite' };

const made = (number: number, more: Partial<CandidateVersion> = {}): CandidateVersion => ({
  ...aVersion(number),
  durableObjects: [ROOM],
  compatibilityDate: '2026-11-01',
  compatibilityFlags: [],
  ...more,
});

/** The first serves; both are to share. */
const blockers = (one: CandidateVersion, other: CandidateVersion, classes: readonly DurableObjectClass[] = [ROOM]) => {
  const proposal: Proposal = {
    shares: [one, other].map(({ id }) => ({ version_id: id, percentage: 50 })),
    versions: new Map([one, other].map((version) => [version.id, version])),
    active: { deployment: { id: uuid(1000), by: 'ada', createdOn: '2026-11-01T11:00:00.000000Z' }, versions: [one] },
    newestNumber: 2,
    window: 100,
    resources: [],
    services: new Map(),
    classes,
    owners: new Map(classes.map(({ namespaceId }) => [namespaceId, 'hello'])),
    deletions: [],
    knownSince: new Map(),
    events: { queue: [], scheduled: [] },
  };
  return preflight(proposal).blockers;
};

test('[G-8] objects are split between versions of one date and one set of flags, in whichever order these are listed', () => {
  const flags = { compatibilityFlags: ['nodejs_compat', 'global_navigator'] };
  assert.deepEqual(blockers(made(1), made(2)), []);
  assert.deepEqual(blockers(made(1, flags), made(2, { compatibilityFlags: flags.compatibilityFlags.toReversed() })), []);
  assert.deepEqual(blockers(made(1, flags), made(2, { compatibilityDate: undefined })), [
    {
      code: 'split_of_objects',
      classes: ['Room'],
      versions: [
        { versionId: uuid(1), date: '2026-11-01', flags: ['nodejs_compat', 'global_navigator'] },
        { versionId: uuid(2), date: undefined, flags: [] },
      ],
    },
  ]);
});

test('[G-8] a Worker without objects is split between any versions', () => {
  const none = { durableObjects: undefined };
  assert.deepEqual(blockers(made(1, { ...none, compatibilityFlags: ['nodejs_compat'] }), made(2, none), []), []);
});

test('[G-8] of versions made for other classes none shares, also where it serves', () => {
  const live = [LOG, ROOM];
  assert.deepEqual(blockers(made(1), made(2, { durableObjects: live }), live), [
    { code: 'version_classes_differ', versionId: uuid(1), made: ['Room'], live: ['Log', 'Room'] },
  ]);
});
