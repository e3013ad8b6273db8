import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Count } from './report.ts';
import { Sketch } from './sketch.ts';
import { Tally } from './tally.ts';
import { unreportedCounts, unreportedCpu } from './unreported.ts';
import { INVOCATION_KINDS, OUTCOMES } from './words.ts';

const MINUTE = 29_000_000;
const at = (minute: number): number => (MINUTE + minute) * 60_000 + 500;

const invocation = fc.record({
  versionId: fc.constantFrom('v1', 'v2', 'v3'),
  kind: fc.constantFrom(...INVOCATION_KINDS),
  status: fc.option(fc.integer({ min: 100, max: 599 }), { nil: undefined }),
  outcome: fc.constantFrom(...OUTCOMES),
  wallMs: fc.double({ min: 0, max: 1e5, noNaN: true }),
  minute: fc.integer({ min: 0, max: 200 }),
});

const summed = (counts: readonly Count[], keyOf: (count: Count) => string): Map<string, { requests: number; latencies: number }> => {
  const sums = new Map<string, { requests: number; latencies: number }>();
  for (const count of counts) {
    const sum = sums.get(keyOf(count)) ?? { requests: 0, latencies: 0 };
    const sketch = new Sketch();
    sketch.add(count.latency);
    sums.set(keyOf(count), { requests: sum.requests + count.requests, latencies: sum.latencies + sketch.count });
  }
  return sums;
};

const wayOf = ({ versionId, kind, statusClass, outcome }: Count): string => `${versionId} ${kind} ${statusClass} ${outcome}`;

test('[OB-3] every invocation is counted once, by minute, version, kind, status class and outcome, however often what was counted is taken', () => {
  fc.assert(
    fc.property(fc.array(invocation, { maxLength: 200 }), fc.integer({ min: 1, max: 20 }), (invocations, every) => {
      const tally = new Tally();
      const taken: Count[] = [];
      const expected = new Map<string, { requests: number; latencies: number }>();
      for (const [index, { versionId, kind, status, outcome, wallMs, minute }] of invocations.entries()) {
        tally.count(`of ${versionId}`, versionId, kind, status, outcome, wallMs, at(minute));
        const key = `${MINUTE + minute} of ${versionId} ${versionId} ${kind} ${Math.floor((status ?? 0) / 100)} ${outcome}`;
        const requests = (expected.get(key)?.requests ?? 0) + 1;
        expected.set(key, { requests, latencies: requests });
        if (index % every === 0) taken.push(...tally.take());
      }
      taken.push(...tally.take());
      assert.deepEqual(
        summed(taken, (count) => `${count.minute} ${count.script} ${wayOf(count)}`),
        expected,
      );
      assert.deepEqual(tally.take(), []);
    }),
  );
});

test('[OB-3] what waits to be told is added up by minute; without room for each, minutes are added up too, and nothing is lost', () => {
  fc.assert(
    fc.property(fc.array(invocation, { maxLength: 200 }), fc.integer({ min: 1, max: 50 }), (invocations, most) => {
      const tally = new Tally();
      const waiting = unreportedCounts(most);
      for (const { versionId, status, outcome, wallMs, minute } of invocations) {
        tally.count('hello', versionId, 'fetch', status, outcome, wallMs, at(minute));
        waiting.add(tally.take());
      }
      const ways = new Set(
        invocations.map(({ versionId, status, outcome }) => `${versionId} ${Math.floor((status ?? 0) / 100)} ${outcome}`),
      );
      assert.ok(waiting.size <= Math.max(most, ways.size), `${waiting.size} wait`);
      const told: Count[] = [];
      for (let some = waiting.take(7); some.length > 0; some = waiting.take(7)) told.push(...some);
      assert.equal(waiting.size, 0);
      const keys = told.map((count) => `${count.minute} ${wayOf(count)}`);
      assert.equal(new Set(keys).size, keys.length);
      for (const { requests, latencies } of summed(told, wayOf).values()) assert.equal(requests, latencies);
      assert.equal(
        told.reduce((sum, { requests }) => sum + requests, 0),
        invocations.length,
      );
    }),
  );
});

const cpu = (minute: number) => ({ minute, script: 'hello', versionId: 'v1', cpuMs: 1 });

test('[OB-3] while nothing is told for hours each minute stands alone as long as there is room', () => {
  const waiting = unreportedCpu(100);
  for (let minute = 0; minute < 100; minute += 1) waiting.add([cpu(minute), cpu(minute)]);
  assert.equal(waiting.size, 100);
  for (let minute = 100; minute < 700; minute += 1) waiting.add([cpu(minute), cpu(minute)]);
  assert.ok(waiting.size <= 100);
  const told = waiting.take(1_000);
  assert.equal(
    told.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    1_400,
  );
  assert.deepEqual(new Set(told.map(({ minute }) => minute % 8)), new Set([0]));
});
