import assert from 'node:assert/strict';
import test from 'node:test';
import { afterFailure, backOffMs, CLOSED, DEFAULT_BREAKER, STEADY_AFTER_MS, type Breaker } from './breaker.ts';

/** The breaker after failures at these times, none of which came after a steady run. */
const failedAt = (...times: readonly number[]): Breaker =>
  times.reduce((breaker, time) => afterFailure(breaker, DEFAULT_BREAKER, time, 0), CLOSED);

test('[X-11] a first failure is tried again at once, the next after short pauses, and after the trip they double from 1 s to a minute', () => {
  const times = Array.from({ length: 14 }, (_, time) => time);
  const delays = times.map((last) => backOffMs(failedAt(...times.slice(0, last + 1))));
  assert.deepEqual(delays, [0, 50, 100, 200, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000]);
});

test('[X-29] five failures within 30 s trip the breaker, four do not, nor do five that are further apart', () => {
  assert.equal(failedAt(0, 1, 2, 3).trippedAt, undefined);
  assert.equal(failedAt(0, 1, 2, 29_999, 29_999).trippedAt, 29_999);
  assert.equal(failedAt(0, 8000, 16_000, 24_000, 32_000).trippedAt, undefined);
});

test('[X-29] once tripped it stays so until a process ran steadily, however seldom it is tried', () => {
  const tripped = failedAt(0, 1, 2, 3, 4);
  const later = afterFailure(tripped, DEFAULT_BREAKER, 1_000_000, STEADY_AFTER_MS - 1);
  assert.deepEqual([later.trips, later.trippedAt], [2, 4]);
  const anew = afterFailure(later, DEFAULT_BREAKER, 2_000_000, STEADY_AFTER_MS);
  assert.deepEqual(anew, { failedAt: [2_000_000], trips: 0, trippedAt: undefined });
});
