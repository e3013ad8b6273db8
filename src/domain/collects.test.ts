import assert from 'node:assert/strict';
import test from 'node:test';
import { collectsOf, collectsOtherwise } from './collects.ts';

const KEPT = { isKept: true, sampleRate: 1, logpush: false };

const SETTINGS = [
  [{}, undefined],
  [{ observability: null, logpush: null }, undefined],
  [{ observability: { enabled: false, head_sampling_rate: 0.5 } }, undefined],
  [{ observability: { enabled: true } }, KEPT],
  [{ observability: { enabled: true, head_sampling_rate: 0.25 } }, { ...KEPT, sampleRate: 0.25 }],
  [{ observability: { enabled: true, head_sampling_rate: 0 } }, { ...KEPT, sampleRate: 0 }],
  [{ observability: { enabled: true, head_sampling_rate: 7 } }, KEPT],
  [{ observability: { logs: { enabled: true, head_sampling_rate: 0.1 } } }, { ...KEPT, sampleRate: 0.1 }],
  [{ observability: { enabled: true, head_sampling_rate: 0.25, logs: { invocation_logs: false } } }, { ...KEPT, sampleRate: 0.25 }],
  [{ observability: { enabled: true, logs: { enabled: false } } }, undefined],
  [{ logpush: true }, { isKept: false, sampleRate: 1, logpush: true }],
  [
    { logpush: true, observability: { enabled: true } },
    { ...KEPT, logpush: true },
  ],
] as const;

test('[OB-2] what is kept of a Worker is what its settings say, those of its logs first', () => {
  for (const [settings, collects] of SETTINGS) assert.deepEqual(collectsOf(settings), collects, JSON.stringify(settings));
});

test('settings differ in what is kept where any of it does', () => {
  for (const [before, one] of SETTINGS)
    for (const [after, other] of SETTINGS)
      assert.equal(collectsOtherwise(before, after), JSON.stringify(one) !== JSON.stringify(other), JSON.stringify([before, after]));
});
