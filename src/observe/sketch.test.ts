import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Sketch } from './sketch.ts';

const latencies = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 });

const sketchOf = (values: readonly number[]): Sketch => {
  const sketch = new Sketch();
  for (const value of values) sketch.accept(value);
  return sketch;
};

test('[OB-1] quantiles are within 1 % of the truth, also after sketches were merged as data', () => {
  fc.assert(
    fc.property(latencies, latencies, fc.constantFrom(0, 0.5, 0.9, 0.99, 1), (one, other, share) => {
      const merged = new Sketch();
      for (const part of [one, other]) merged.add(JSON.parse(JSON.stringify(sketchOf(part).toBins())));
      const all = [...one, ...other].toSorted((a, b) => a - b);
      const truth = all[Math.floor(share * (all.length - 1))] ?? NaN;
      const said = merged.quantile(share) ?? NaN;
      assert.equal(merged.count, all.length);
      assert.ok(Math.abs(said - truth) <= 0.0101 * truth + 1e-9, `${said} for ${truth}`);
      assert.deepEqual(merged.toBins().bins, sketchOf(all).toBins().bins);
    }),
  );
});

test('[OB-1] its buckets hold every value once; an empty one has no quantiles', () => {
  fc.assert(
    fc.property(latencies, (values) => {
      const buckets = sketchOf(values).buckets();
      assert.equal(
        buckets.reduce((sum, { count }) => sum + count, 0),
        values.length,
      );
      assert.deepEqual(
        buckets,
        buckets.toSorted((a, b) => a.value - b.value),
      );
    }),
  );
  assert.equal(new Sketch().quantile(0.5), undefined);
});
