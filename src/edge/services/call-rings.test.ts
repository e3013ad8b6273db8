import assert from 'node:assert/strict';
import test from 'node:test';
import { CallRings, MOST_CALLS_IN_RING } from './call-rings.ts';

const enter = (rings: CallRings, caller: string, callee: string, times: number): void => {
  for (let each = 0; each < times; each += 1) rings.enter(caller, callee);
};

/** Requests in hand as the edge counts them: each call, and those of `a` from outside. */
const ringsWith = (fromOutside: number, calls: (script: string) => number): CallRings =>
  new CallRings((script) => (script === 'a' ? fromOutside : 0) + calls(script));

test('[F-6] calls that do not come back to their caller are never too many', () => {
  const rings = ringsWith(0, () => 0);
  enter(rings, 'a', 'b', 1000);
  enter(rings, 'b', 'c', 1000);
  assert.equal(rings.ringOf('a', 'b'), undefined);
  assert.equal(rings.ringOf('c', 'd'), undefined);
});

test('[F-6] a ring is refused from its 33rd call on for one request, whichever of it calls, and its chain is told', () => {
  const half = MOST_CALLS_IN_RING / 2;
  const rings = ringsWith(1, () => half);
  enter(rings, 'a', 'b', half);
  enter(rings, 'b', 'a', half - 1);
  assert.equal(rings.ringOf('a', 'b'), undefined);
  rings.enter('b', 'a');
  assert.deepEqual(rings.ringOf('a', 'b'), ['a', 'b', 'a']);
  assert.deepEqual(rings.ringOf('b', 'a'), ['b', 'a', 'b']);
  assert.equal(rings.ringOf('a', 'other'), undefined);
  rings.leave('b', 'a');
  assert.equal(rings.ringOf('a', 'b'), undefined);
});

test('[F-6] as many requests as come from outside the ring may each make that many', () => {
  const calls = 3 * MOST_CALLS_IN_RING - 1;
  const rings = ringsWith(3, () => calls);
  enter(rings, 'a', 'a', calls);
  assert.equal(rings.ringOf('a', 'a'), undefined);
  rings.enter('a', 'a');
  assert.deepEqual(rings.ringOf('a', 'a'), ['a', 'a']);
});

test('[F-6] calls that wait for a cold Worker of the ring to start do not count against those who make them', () => {
  const waiting = 10 * MOST_CALLS_IN_RING;
  // Of `b` one older process finishes what it has in hand, and has called back; its successor starts.
  const rings = ringsWith(waiting, () => 1);
  rings.enter('b', 'a');
  enter(rings, 'a', 'b', waiting);
  assert.equal(rings.ringOf('a', 'b'), undefined);
});

test('[F-6] calls that have ended are forgotten', () => {
  const rings = ringsWith(0, () => 0);
  enter(rings, 'a', 'a', 40);
  for (let each = 0; each < 40; each += 1) rings.leave('a', 'a');
  rings.leave('a', 'a');
  assert.equal(rings.ringOf('a', 'a'), undefined);
});
