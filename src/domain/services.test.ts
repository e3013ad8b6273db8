import assert from 'node:assert/strict';
import test from 'node:test';
import type { ServiceBinding } from './binding.ts';
import { deployedAlone } from './deploy.ts';
import { preflight } from './preflight.ts';
import type { CandidateVersion, Proposal } from './proposal.ts';

const BACK: ServiceBinding = { type: 'service', name: 'BACK', service: 'back' };
const GONE: ServiceBinding = { type: 'service', name: 'GONE', service: 'gone', entrypoint: 'Admin' };

const same = { handlers: ['fetch'], compatibilityDate: undefined, compatibilityFlags: [] };
const versions = new Map<string, CandidateVersion>([
  ['old', { id: 'old', number: 1, bindings: [BACK, GONE], ...same }],
  ['new', { id: 'new', number: 2, bindings: [], ...same }],
]);

const proposed = (to: string, active: string, services: Proposal['services']): Proposal => ({
  shares: deployedAlone(to),
  versions,
  active: {
    deployment: { id: 'd', by: 'ada', createdOn: '2026-11-02T00:00:00.000000Z' },
    versions: [...versions.values()].filter(({ id }) => id === active),
  },
  newestNumber: 2,
  window: 100,
  resources: [],
  services,
  classes: [],
  owners: new Map(),
  events: { queue: [], scheduled: [] },
  deletions: [],
  knownSince: new Map([['old', '2026-11-01T00:00:00.000000Z']]),
});

test('[F-9] a version that binds a Worker that is gone is not deployed, and one that serves is told of', () => {
  const there = new Map([['back', undefined]]);
  const back = preflight(proposed('old', 'new', there));
  assert.deepEqual(back.blockers, [{ code: 'version_services_missing', versionId: 'old', bindings: [GONE] }]);
  const serving = preflight(proposed('old', 'old', there));
  assert.deepEqual([serving.blockers, serving.warnings], [[], [{ code: 'serves_without_services', versionId: 'old', bindings: [GONE] }]]);
});

test('[F-11] that a bound Worker was deployed since the version was there last is told, and forbids nothing', () => {
  const deployedOn = '2026-11-01T00:00:00.5Z';
  const { blockers, warnings } = preflight(
    proposed(
      'old',
      'new',
      new Map([
        ['back', deployedOn],
        ['gone', '2026-10-31T00:00:00Z'],
      ]),
    ),
  );
  assert.deepEqual(blockers, []);
  assert.deepEqual(warnings, [
    { code: 'service_redeployed', versionId: 'old', binding: BACK, deployedOn, since: '2026-11-01T00:00:00.000000Z' },
  ]);
});
