import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { whiskerOf } from './whisker.ts';

const isClear = (lower: number | null, upper: number | null) => whiskerOf({ difference: 1, interval: { lower, upper } }, 10)?.isClear;

test('a whisker is filled only where its interval leaves zero out', () => {
  const intervals = [
    [-1, 3],
    [0.5, 3],
    [0, 3],
    [null, 3],
    [0.5, null],
    [null, null],
  ] as const;
  assert.deepEqual(
    intervals.map((interval) => isClear(interval[0], interval[1])),
    [false, true, false, false, true, false],
  );
  assert.equal(whiskerOf({ difference: null, interval: { lower: null, upper: null } }, 10), undefined);
});

test('a whisker stays on its line, in its order, with zero in the middle', () => {
  const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.tuple(number, number, number), fc.double({ min: 1e-6, max: 1e3, noNaN: true }), (values, least) => {
      const [lower = 0, difference = 0, upper = 0] = values.toSorted((a, b) => a - b);
      const whisker = whiskerOf({ difference, interval: { lower, upper } }, least);
      assert.ok(whisker !== undefined && 0 <= whisker.from && whisker.from <= whisker.dot && whisker.dot <= whisker.to && whisker.to <= 1);
      assert.equal(whisker.dot < 0.5, difference < 0 && whisker.dot !== 0.5);
    }),
  );
});
