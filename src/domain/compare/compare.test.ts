import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { compareSides, type Comparison } from './compare.ts';
import type { Side } from './gaps.ts';

const WINDOW_MS = 3_600_000;

const aSide = (requests: number, errors = 0, changes: Partial<Side> = {}): Side => ({
  requests,
  errors,
  latency: [],
  exceptions: [],
  ...changes,
});

const compare = (version: Side, baseline: Side): Comparison => compareSides({ version, baseline, windowMs: WINDOW_MS });

/** A side that threw one exception so many times. */
const thrown = (id: string, count: number): Pick<Side, 'exceptions'> => ({
  exceptions: [{ id, name: 'TypeError', message: id, count }],
});

/** A side all of whose requests took the same time. */
const all = (value: number): Side => aSide(1e6, 0, { latency: [{ value, count: 1e6 }] });

/** A side half of whose requests took long. */
const heaps = (count: number): Side => aSide(2 * count, 0, { latency: [10, 1_000].map((value) => ({ value, count })) });

const median = (own: Side, other: Side) => compare(own, other).latency[0];

const sides = fc
  .record({
    requests: fc.integer({ min: 0, max: 20_000 }),
    failing: fc.double({ min: 0, max: 1, noNaN: true }),
    values: fc.uniqueArray(fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 1e5, noNaN: true })), { maxLength: 30 }),
    counts: fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 4 }),
  })
  .map(({ requests, failing, values, counts }) =>
    aSide(requests, Math.floor(failing * failing * requests), {
      latency: values.toSorted((a, b) => a - b).map((value) => ({ value, count: Math.max(1, Math.floor(requests / 30)) })),
      exceptions: counts.map((count, at) => ({ id: `${at}`, name: 'Error', message: `${at}`, count })),
    }),
  );

const opposite = { better: 'worse', worse: 'better' } as const;

const isUnclear = (verdict: string | undefined): boolean => verdict === 'too_early' || verdict === 'no_clear_difference';

const turned = (verdict: string): string => (verdict === 'better' || verdict === 'worse' ? opposite[verdict] : verdict);

const times = (side: Side, factor: number): Side =>
  aSide(side.requests * factor, side.errors * factor, {
    latency: side.latency.map(({ value, count }) => ({ value, count: count * factor })),
    exceptions: side.exceptions.map((group) => ({ ...group, count: group.count * factor })),
  });

const verdictsOf = ({ verdict, errorRate, latency, exceptions }: Comparison): readonly string[] => [
  verdict,
  errorRate.verdict,
  ...latency.map((one) => one.verdict),
  ...exceptions.toSorted((a, b) => a.id.localeCompare(b.id)).map((one) => one.verdict),
];

test('[OB-40] with the sides swapped better is worse, and what is too early or not clear stays so', () => {
  fc.assert(
    fc.property(sides, sides, (one, other) => {
      const [there, back] = [verdictsOf(compare(one, other)), verdictsOf(compare(other, one))];
      for (const [at, verdict] of there.entries()) {
        if (isUnclear(verdict)) assert.ok(isUnclear(back[at]), `${verdict}, and back ${back[at]}`);
        else assert.equal(back[at], turned(verdict));
      }
    }),
    { numRuns: 60 },
  );
});

test('[OB-40] what was seen lies in its interval, and a verdict is clear where the interval is on one side of 0', () => {
  fc.assert(
    fc.property(sides, sides, (one, other) => {
      const { errorRate, latency, exceptions } = compare(one, other);
      for (const { difference, interval, verdict } of [errorRate, ...latency, ...exceptions]) {
        assert.ok(interval.lower <= interval.upper);
        if (difference !== undefined) assert.ok(interval.lower <= difference + 1e-9 && difference - 1e-9 <= interval.upper);
        assert.equal(verdict === 'worse', interval.lower > 0);
        assert.equal(verdict === 'better', interval.upper < 0);
      }
      for (const { ratio, ratioInterval, verdict } of latency) {
        if (ratio !== undefined) assert.ok(ratioInterval.lower <= ratio && ratio <= ratioInterval.upper);
        if (verdict === 'worse') assert.ok(ratioInterval.lower > 1);
        if (verdict === 'better') assert.ok(ratioInterval.upper < 1);
      }
    }),
    { numRuns: 60 },
  );
});

test('[OB-40] what is the same on both sides is never better or worse, however much of it there is', () => {
  fc.assert(
    fc.property(sides, fc.integer({ min: 1, max: 1_000 }), (side, factor) => {
      const seen = new Set(verdictsOf(compare(times(side, factor), side)));
      assert.ok(!seen.has('better') && !seen.has('worse') && !seen.has('mixed'));
    }),
    { numRuns: 60 },
  );
});

test('[OB-40] what is clear stays clear with more of the same', () => {
  fc.assert(
    fc.property(sides, sides, fc.integer({ min: 2, max: 50 }), (one, other, factor) => {
      const less = verdictsOf(compare(one, other));
      const more = verdictsOf(compare(times(one, factor), times(other, factor)));
      for (const [at, verdict] of less.entries()) {
        if (at > 0 && (verdict === 'better' || verdict === 'worse')) assert.equal(more[at], verdict);
      }
    }),
    { numRuns: 60 },
  );
});

test('[OB-40] too early says how many requests are missing, on the side that lacks them, and how long they take', () => {
  const { errorRate, verdict } = compare(aSide(100), aSide(9_900, 20));
  assert.ok(errorRate.verdict === 'too_early');
  assert.equal(verdict, 'too_early');
  const { version, baseline, ms } = errorRate.missing;
  assert.ok(version > 300 && version < 700, `${version}`);
  assert.equal(baseline, 0);
  assert.equal(ms, (version / 100) * WINDOW_MS);
  const later = compare(aSide(100 + version), aSide(9_900, 20)).errorRate;
  assert.equal(later.verdict, 'no_clear_difference');
  assert.ok(later.showsFrom <= 0.01 && later.showsFrom > 0.009, `${later.showsFrom}`);
  const none = compare(aSide(0), aSide(500)).errorRate;
  assert.ok(none.verdict === 'too_early' && none.missing.version > 500 && none.missing.ms === undefined);
});

test('[OB-40] no clear difference says what gap would already show: with it the verdict is clear, with less it is not', () => {
  for (const [requests, errors] of [
    [5_000, 10],
    [50_000, 500],
    [5_000, 0],
    [5_000, 5_000],
  ] as const) {
    const { errorRate } = compare(aSide(requests, errors), aSide(requests, errors));
    assert.equal(errorRate.verdict, 'no_clear_difference');
    const gap = errorRate.showsFrom * requests * (errors > requests / 2 ? -1 : 1);
    const at = (part: number): string =>
      compare(aSide(requests, errors + Math.ceil(part * gap)), aSide(requests, errors)).errorRate.verdict;
    assert.equal(at(1.02), gap > 0 ? 'worse' : 'better');
    assert.equal(at(0.9), 'no_clear_difference');
  }
});

test('[OB-40] where some is better and some worse the whole is mixed, and one exception that is worse makes it worse', () => {
  const moved = compare(aSide(2_000, 100, thrown('line 12', 100)), aSide(2_000, 100, thrown('line 10', 100)));
  assert.deepEqual([moved.verdict, moved.errorRate.verdict], ['mixed', 'no_clear_difference']);
  const added = compare(aSide(2_000, 120, thrown('new', 25)), aSide(2_000, 100));
  assert.deepEqual([added.verdict, added.errorRate.verdict], ['worse', 'no_clear_difference']);
  assert.equal(added.exceptions[0]?.verdict, 'worse');
  assert.equal(compare(aSide(2_000, 10), aSide(2_000, 200)).verdict, 'better');
});

test('[OB-40] a quantile between two heaps of latencies is told of as soon as anything is known of it, and not waited for for ever', () => {
  const early = median(heaps(0), heaps(1));
  assert.ok(early?.verdict === 'too_early' && early.missing.version > 10 && early.missing.version < 1_000);
  const later = median(heaps(5_000), heaps(5_000));
  assert.equal(later?.verdict, 'no_clear_difference');
  assert.ok(later.showsFrom > 100 && later.showsFrom < 110, `${later.showsFrom}`);
});

test('[OB-40] a difference of latencies that is within the accuracy of their buckets is none', () => {
  const verdictAt = (ratio: number): string => compare(all(100 * ratio), all(100)).latency[0]?.verdict ?? '';
  assert.equal(verdictAt(1.01 / 0.99), 'no_clear_difference');
  assert.equal(verdictAt(1.03), 'worse');
  assert.equal(verdictAt(0.97), 'better');
  assert.equal(compare(all(0), all(0)).latency[0]?.verdict, 'no_clear_difference');
});
