import assert from 'node:assert/strict';
import test from 'node:test';
import { DEFAULT_HANG, whyHung, type Silence } from './hang.ts';

const WORLDS: readonly {
  readonly rule: string;
  readonly silence: Omit<Silence, 'requests'>;
  readonly requests?: number;
  readonly limitMs?: number;
  readonly reason: string | undefined;
}[] = [
  {
    rule: '[X-30] a loop is ended once it used the CPU time its version may and left the probe unanswered',
    silence: { unansweredMs: 100, usedCpuMs: 51 },
    limitMs: 50,
    reason: 'It used 51 ms of CPU time without an answer, more than the 50 ms it may with 1 request.',
  },
  { rule: '[X-30] work below the limit is legal', silence: { unansweredMs: 5000, usedCpuMs: 4999 }, limitMs: 5000, reason: undefined },
  { rule: '[X-30] an answered probe is no hang', silence: { unansweredMs: undefined, usedCpuMs: 99_999 }, limitMs: 50, reason: undefined },
  {
    rule: '[X-30] a probe asked just now is not unanswered',
    silence: { unansweredMs: 99, usedCpuMs: 99_999 },
    limitMs: 50,
    reason: undefined,
  },
  {
    rule: '[X-30] ten requests at once may use their limit each',
    silence: { unansweredMs: 1000, usedCpuMs: 499 },
    limitMs: 50,
    requests: 10,
    reason: undefined,
  },
  {
    rule: '[X-30] and a thousand no more than 30 s together',
    silence: { unansweredMs: 31_000, usedCpuMs: 30_000 },
    limitMs: 50,
    requests: 1000,
    reason: 'It used 30000 ms of CPU time without an answer, more than the 30000 ms it may with 1000 requests.',
  },
  {
    rule: '[X-30] without a limit of its own a version may work for 30 s, whatever the clock says',
    silence: { unansweredMs: 31_000, usedCpuMs: 29_999 },
    reason: undefined,
  },
  {
    rule: '[X-30] and not longer',
    silence: { unansweredMs: 31_000, usedCpuMs: 30_000 },
    reason: 'It used 30000 ms of CPU time without an answer, more than the 30000 ms it may with 1 request.',
  },
  {
    rule: '[X-10] a process that is silent for 10 s and does not work hangs',
    silence: { unansweredMs: 10_000, usedCpuMs: 999 },
    reason: 'It did not answer for 10 s while it had requests.',
  },
  { rule: '[X-10] a shorter silence is no hang', silence: { unansweredMs: 9999, usedCpuMs: 0 }, reason: undefined },
  {
    rule: '[X-10] where nobody can tell the CPU time the clock stands in for it',
    silence: { unansweredMs: 30_000, usedCpuMs: undefined },
    reason: 'It did not answer for 30 s while it had requests.',
  },
  { rule: '[X-10] and is as generous', silence: { unansweredMs: 29_999, usedCpuMs: undefined }, reason: undefined },
];

for (const { rule, silence, requests = 1, limitMs, reason } of WORLDS) {
  test(rule, () => assert.equal(whyHung({ ...silence, requests }, limitMs, DEFAULT_HANG)?.reason, reason));
}
