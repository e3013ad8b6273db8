import assert from 'node:assert/strict';
import test from 'node:test';
import { bandsOf, drawnValues, highest, stepsBeyond, type ChartData } from './chart-data.ts';

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

test('one wide step does not press the lines to the floor: the axis ends where half of the band does', () => {
  const wide = data([
    [80, 130],
    [90, 239],
    [95, 140],
  ]);
  assert.equal(highest(wide), 140);
  assert.deepEqual(bandsOf(wide)[0]?.between[1], [90, 239]);
  assert.deepEqual(
    wide.lines.map((each) => stepsBeyond(wide, each)),
    [1],
  );
  assert.equal(stepsBeyond(wide, line), 0);
});

const stacked = (...values: readonly (readonly number[])[]): ChartData => ({
  times: values[0]?.map((_, at) => at * 60) ?? [],
  lines: values.map((each, at) => ({ name: `v${at}`, look: 'stable', values: each })),
  marks: [],
  isStacked: true,
  say: String,
});

test('requests of a single minute rise from the floor and fall to it, and where nothing came for long nothing is drawn', () => {
  assert.deepEqual(drawnValues(stacked([0, 0, 0, 100, 0, 0, 0])), [[null, null, 0, 100, 0, null, null]]);
  assert.deepEqual(drawnValues(stacked([2, 2, 2], [0, 5, 0])), [
    [2, 2, 2],
    [2, 7, 2],
  ]);
});

test('an axis reaches what stands above its chart', () => {
  assert.equal(highest({ ...data([undefined, undefined, undefined]), atLeast: 300 }), 300);
  assert.equal(highest({ ...data([undefined, undefined, undefined]), atLeast: 3 }), 120);
});
