import assert from 'node:assert/strict';
import test from 'node:test';
import { bandsOf, highest, type ChartData } from './chart-data.ts';

const line = { name: 'v2', look: 'new', values: [100, 120, 110] } as const;
const data = (between: readonly (readonly [number, number] | undefined)[]): ChartData => ({
  times: [0, 60, 120],
  lines: [{ ...line, between }],
  marks: [],
  say: String,
});

test('a band is shown where it has an end that says something, and raises the axis no further', () => {
  const open = data([
    [80, Infinity],
    [90, 1_000],
    [95, 180],
  ]);
  assert.deepEqual(bandsOf(open), [{ look: 'new', between: [undefined, undefined, [95, 180]] }]);
  assert.equal(highest(open), 180);
  assert.equal(highest(data([undefined, undefined, undefined])), 120);
  assert.deepEqual(bandsOf({ ...open, isStacked: true }), []);
});
