import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Sketch } from '../sketch.ts';
import { sketchBytes, SketchSum } from './stored-sketch.ts';

const values = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { maxLength: 100 });

const sketchOf = (all: readonly number[]): Sketch => {
  const sketch = new Sketch();
  for (const value of all) sketch.accept(value);
  return sketch;
};

test('[OB-1] a sketch that was stored and added up as bytes is the sketch of all values', () => {
  fc.assert(
    fc.property(values, values, (one, other) => {
      const sum = new SketchSum();
      sum.addBytes(sketchBytes(sketchOf(one).toBins()));
      sum.addBins(sketchOf(other).toBins());
      const again = new SketchSum();
      again.addBytes(sketchBytes(sum.toBins()));
      const whole = sketchOf([...one, ...other]).toBins();
      assert.deepEqual({ ...again.toBins(), sum: 0 }, { ...whole, sum: 0 });
      assert.equal(again.count, one.length + other.length);
      const truth = [0, 0.5, 0.9, 0.99, 1].map((share) => sketchOf([...one, ...other]).quantile(share));
      assert.deepEqual(again.quantiles([0, 0.5, 0.9, 0.99, 1]) ?? Array(5).fill(undefined), truth);
    }),
  );
});

test('counts beyond 32 bits keep their size', () => {
  const sum = new SketchSum();
  sum.addBytes(sketchBytes({ bins: [-300, 2 ** 40, 200, 1], zeros: 2 ** 33, sum: 1.5, min: 0, max: 9 }));
  assert.deepEqual(sum.toBins(), { bins: [-300, 2 ** 40, 200, 1], zeros: 2 ** 33, sum: 1.5, min: 0, max: 9 });
});
