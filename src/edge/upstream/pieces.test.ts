import assert from 'node:assert/strict';
import test from 'node:test';
import { giveBack, isLent, pieceOf } from './pieces.ts';

test('room that was given back is lent again, once, and no other is', () => {
  const [first, second] = [pieceOf(60_000), pieceOf(60_000)];
  assert.notEqual(first.buffer, second.buffer);
  const part = first.subarray(0, 100);
  assert.ok(isLent(part));
  giveBack(part);
  giveBack(first);
  assert.equal(isLent(first), false);
  const [third, fourth] = [pieceOf(60_000), pieceOf(60_000)];
  assert.equal(third.buffer, first.buffer);
  assert.notEqual(fourth.buffer, first.buffer);
  for (const own of [pieceOf(100), pieceOf(30_000), pieceOf(70_000)]) {
    assert.equal(isLent(own), false);
    giveBack(own);
    assert.equal(isLent(own), false);
  }
});
