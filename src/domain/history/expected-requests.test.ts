import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { WHOLE } from '../split.ts';
import { expectedRequests } from './expected-requests.ts';

const expected = (requests: number, ...percentages: readonly number[]): readonly number[] =>
  expectedRequests(
    percentages.map((percentage) => ({ share: percentage * 1000 })),
    requests,
  );

test('[OV-5] expected requests are whole and add up', () => {
  assert.deepEqual(expected(1200, 25, 75), [300, 900]);
  assert.deepEqual(expected(1200, 10, 90), [120, 1080]);
  assert.deepEqual(expected(3, 50, 50), [2, 1]);
  assert.deepEqual(expected(999, 0.1, 99.9), [1, 998]);
  assert.deepEqual(expected(0.4, 50, 50), [0, 0]);
  assert.deepEqual(expected(7, 100), [7]);
  assert.deepEqual(expected(7, 0, 100), [0, 7]);
});

test('[OV-5] of any traffic each version gets its share to less than one request', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: WHOLE }), fc.double({ min: 0, max: 1e7, noNaN: true }), (share, requests) => {
      const split = [{ share }, { share: WHOLE - share }];
      const [one = -1, other = -1] = expectedRequests(split, requests);
      const total = Math.round(requests);
      assert.equal(one + other, total);
      assert.ok(Math.abs(one - (total * share) / WHOLE) < 1 && one >= 0 && other >= 0);
    }),
  );
});
