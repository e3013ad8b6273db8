import assert from 'node:assert/strict';
import test from 'node:test';
import { aBatch, aTrace, NOON } from '../testing.ts';
import { MOST_TRACE_DEPTH } from '../trace.ts';
import { checkedBatch } from './checked-batch.ts';

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
const logging = (message: unknown) => aTrace({ logs: [{ message: [message], level: 'log', timestamp: NOON }] });
const checkedWith = (traces: readonly unknown[]) => checkedBatch(JSON.stringify({ ...aBatch([]), traces }));

test('[OB-29] one trace that cannot be so takes no other with it', () => {
  const bad = [null, {}, 7, aTrace({ v: 1 }), aTrace({ v: -1 }), aTrace({ endedAt: -1 }), { ...aTrace(), logs: [{}] }];
  const checked = checkedWith([aTrace({ outcome: 'first' }), ...bad, aTrace({ outcome: 'last' })]);
  assert.deepEqual(
    checked?.batch.traces.map(({ outcome }) => outcome),
    ['first', 'last'],
  );
  assert.equal(checked?.refused, bad.length);
});

test('[OB-29] what is nested so deep that nobody can follow it is refused, and only that', () => {
  for (const depth of [MOST_TRACE_DEPTH + 20, 4_600, 500_000]) {
    const deep = '['.repeat(depth) + ']'.repeat(depth);
    const body = JSON.stringify({ ...aBatch([]), traces: [logging('HERE'), { ...aTrace(), event: { there: 'HERE' } }, aTrace()] });
    const checked = checkedBatch(body.replaceAll('"HERE"', deep));
    assert.deepEqual([checked?.batch.traces.length, checked?.refused], [1, 2], `${depth}`);
  }
  assert.equal(checkedWith([logging(nested(MOST_TRACE_DEPTH))])?.refused, 0);
});
