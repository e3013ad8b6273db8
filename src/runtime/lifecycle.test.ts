import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { DEFAULT_LIFECYCLE, nextStep, surplusOf, type LifecycleSettings, type Situation, type Step, type Warm } from './lifecycle.ts';

const MINUTE = 60_000;
const NOW = 1_000_000_000;
const MB = 1024 * 1024;

const ready = (more: Partial<Extract<Situation, { state: 'ready' }>> = {}): Situation => ({
  state: 'ready',
  isActive: true,
  isSurplus: false,
  inFlight: 0,
  ownsObjects: false,
  idleSince: NOW,
  residentBytes: 60 * MB,
  isTraced: false,
  succeedAt: undefined,
  ...more,
});

const backingOff = (isActive: boolean, retryAt: number): Situation => ({ state: 'backing_off', isActive, retryAt });

const WAIT: Step = { act: 'wait', lookAgainAt: NOW + 1000 };
const DRAIN: Step = { act: 'drain' };

const WORLDS: readonly {
  readonly rule: string;
  readonly situation: Situation;
  readonly settings?: Partial<LifecycleSettings>;
  readonly step: Step;
}[] = [
  { rule: '[X-5] an active version that just served stays', situation: ready(), step: WAIT },
  { rule: '[X-5] an active version is stopped after ten idle minutes', situation: ready({ idleSince: NOW - 10 * MINUTE }), step: DRAIN },
  {
    rule: '[X-5] it is looked at again when it is due',
    situation: ready({ idleSince: NOW - 10 * MINUTE + 300 }),
    step: { act: 'wait', lookAgainAt: NOW + 300 },
  },
  { rule: '[X-5] idle time 0 keeps it for ever', situation: ready({ idleSince: 0 }), settings: { idleMs: 0 }, step: WAIT },
  {
    rule: '[Y-4] one that owns objects is never idle while it is active',
    situation: ready({ ownsObjects: true, idleSince: 0 }),
    step: WAIT,
  },
  {
    rule: '[Y-2] and is drained at once when it is not, whatever it is doing',
    situation: ready({ ownsObjects: true, isActive: false, inFlight: 1 }),
    step: DRAIN,
  },
  {
    rule: '[OB-11] one that is to be traced is succeeded, whatever it is doing',
    situation: ready({ succeedAt: 0, inFlight: 1 }),
    step: { act: 'succeed' },
  },
  {
    rule: '[OB-12] but not before it is due again',
    situation: ready({ succeedAt: NOW + 300 }),
    step: { act: 'wait', lookAgainAt: NOW + 300 },
  },
  {
    rule: '[OB-11] nor where it is stopped anyway',
    situation: ready({ succeedAt: 0, idleSince: NOW - 10 * MINUTE }),
    step: DRAIN,
  },
  { rule: '[X-6] open requests and WebSockets keep it, however old', situation: ready({ idleSince: 0, inFlight: 1 }), step: WAIT },
  {
    rule: '[X-6] open WebSockets keep a version no deployment names',
    situation: ready({ idleSince: 0, inFlight: 1, isActive: false }),
    step: WAIT,
  },
  {
    rule: '[X-7] a short idle time does not cut waitUntil',
    situation: ready({ idleSince: NOW - 20_000 }),
    settings: { idleMs: 1, watchMs: 60_000 },
    step: { act: 'wait', lookAgainAt: NOW + 10_000 },
  },
  {
    rule: '[X-7] after the grace for waitUntil it goes',
    situation: ready({ idleSince: NOW - 30_000 }),
    settings: { idleMs: 1 },
    step: DRAIN,
  },
  {
    rule: '[X-8] a version no deployment names stays warm for an hour',
    situation: ready({ isActive: false, idleSince: NOW - 59 * MINUTE }),
    step: WAIT,
  },
  { rule: '[X-8] and is drained after it', situation: ready({ isActive: false, idleSince: NOW - 60 * MINUTE }), step: DRAIN },
  {
    rule: '[X-34] one of too many is drained without that hour, and not within the grace of its waitUntil',
    situation: ready({ isActive: false, isSurplus: true, idleSince: NOW - 29_500 }),
    step: { act: 'wait', lookAgainAt: NOW + 500 },
  },
  {
    rule: '[X-34] and after it goes',
    situation: ready({ isActive: false, isSurplus: true, idleSince: NOW - 30_000 }),
    step: DRAIN,
  },
  {
    rule: '[X-34] but not while it has requests',
    situation: ready({ isActive: false, isSurplus: true, idleSince: 0, inFlight: 1 }),
    step: WAIT,
  },
  {
    rule: '[X-9] too much memory replaces it, also under load',
    situation: ready({ inFlight: 3, residentBytes: 513 * MB }),
    step: { act: 'replace', reason: 'It used 513 MB of memory, more than the 512 MB it may.' },
  },
  {
    rule: '[X-9] a version with a tracer beside it has as much as without one',
    situation: ready({ isTraced: true, residentBytes: 704 * MB }),
    step: WAIT,
  },
  { rule: '[X-9] memory nobody can measure is not a reason', situation: ready({ residentBytes: undefined }), step: WAIT },
  { rule: '[X-11] a failed active version is started when its back-off is over', situation: backingOff(true, NOW), step: { act: 'start' } },
  { rule: '[X-11] and not before', situation: backingOff(true, NOW + 700), step: { act: 'wait', lookAgainAt: NOW + 700 } },
  {
    rule: '[X-11] a failed version nobody needs is remembered for a minute',
    situation: backingOff(false, NOW - 1),
    step: { act: 'wait', lookAgainAt: NOW + 59_999 },
  },
  { rule: '[X-11] and then forgotten', situation: backingOff(false, NOW - MINUTE), step: { act: 'forget' } },
];

for (const { rule, situation, settings, step } of WORLDS) {
  test(rule, () => assert.deepEqual(nextStep(situation, { ...DEFAULT_LIFECYCLE, ...settings }, NOW), step));
}

const warmOnes: fc.Arbitrary<readonly Warm[]> = fc
  .array(fc.record({ script: fc.constantFrom('shop', 'blog', 'mail'), neededUntil: fc.nat(1000) }), { maxLength: 60 })
  .map((found) => found.map((each, index) => ({ ...each, versionId: `version ${index}` })));

test('[X-34] of each Worker the most recent ones are kept, as many as may be, whatever the others do', () => {
  fc.assert(
    fc.property(warmOnes, fc.nat(12), (warm, mostWarm) => {
      const surplus = surplusOf(warm, mostWarm);
      for (const script of ['shop', 'blog', 'mail']) {
        const own = warm.filter((each) => each.script === script);
        const kept = own.filter(({ versionId }) => !surplus.has(versionId));
        const gone = own.filter(({ versionId }) => surplus.has(versionId));
        assert.equal(kept.length, Math.min(own.length, mostWarm));
        const oldestKept = Math.min(...kept.map(({ neededUntil }) => neededUntil));
        assert.ok(gone.every(({ neededUntil }) => neededUntil <= oldestKept));
        assert.deepEqual(surplusOf(own, mostWarm), new Set(gone.map(({ versionId }) => versionId)));
      }
    }),
  );
});
