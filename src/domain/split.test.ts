import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { MOST_VERSIONS_IN_A_SPLIT, percentageOf, soleVersion, splitFrom, WHOLE, type RequestedShare, type SplitRefusal } from './split.ts';

/** Versions a, b, c … with these percentages. */
const asked = (...percentages: number[]): RequestedShare[] =>
  percentages.map((percentage, at) => ({ version_id: String.fromCodePoint(97 + at), percentage }));

const sharesOf = (...percentages: number[]): readonly number[] => {
  const split = splitFrom(asked(...percentages));
  assert.ok(split.ok, `${percentages.join(' + ')} was refused`);
  return split.value.map(({ share }) => share);
};

const refusalOf = (shares: readonly RequestedShare[]): SplitRefusal => {
  const split = splitFrom(shares);
  assert.ok(!split.ok, `${JSON.stringify(shares)} was accepted`);
  return split.refusal;
};

const thousandths = fc.integer({ min: 0, max: WHOLE });

test('[D-2] percentages are numbers from 0 to 100 in steps of 0.001', () => {
  const splits: readonly (readonly [number[], number[]])[] = [
    [[100], [100_000]],
    [
      [90, 10],
      [90_000, 10_000],
    ],
    [
      [0, 100],
      [0, 100_000],
    ],
    [
      [99.999, 0.001],
      [99_999, 1],
    ],
    [
      [33.333, 66.667],
      [33_333, 66_667],
    ],
    // 0.1 + 99.9 and 70.1 are no exact binary fractions.
    [
      [0.1, 99.9],
      [100, 99_900],
    ],
    [
      [70.1, 29.9],
      [70_100, 29_900],
    ],
  ];
  for (const [percentages, shares] of splits) assert.deepEqual(sharesOf(...percentages), shares, percentages.join(' + '));
});

test('[D-2] every split in whole thousandths comes out as it went in', () => {
  fc.assert(
    fc.property(thousandths, (share) => {
      assert.deepEqual(sharesOf(percentageOf(share), percentageOf(WHOLE - share)), [share, WHOLE - share]);
    }),
  );
});

test('[D-2] what is no percentage is refused with the version that has it', () => {
  for (const percentage of [-1, -0.001, 100.001, 1000, Number.NaN, Infinity, -Infinity]) {
    assert.deepEqual(refusalOf(asked(50, percentage)), { code: 'split_percentage_out_of_range', versionId: 'b', percentage });
  }
});

test('[D-3] a total within 0.001 of 100 is made exact on the larger share', () => {
  assert.deepEqual(sharesOf(33.333, 66.666), [33_333, 66_667]);
  assert.deepEqual(sharesOf(66.666, 33.333), [66_667, 33_333]);
  assert.deepEqual(sharesOf(33.3335, 66.6665), [33_334, 66_666]);
  assert.deepEqual(sharesOf(100, 0.001), [99_999, 1]);
  assert.deepEqual(sharesOf(99.999), [100_000]);
});

test('[D-3] [D-4] the total decides: within 0.001 it becomes exactly 100, beyond it is refused with the total', () => {
  fc.assert(
    fc.property(thousandths, thousandths, (a, b) => {
      const split = splitFrom(asked(percentageOf(a), percentageOf(b)));
      if (Math.abs(a + b - WHOLE) > 1) {
        assert.deepEqual(split, { ok: false, refusal: { code: 'split_not_100', total: (a + b) / 1000 } });
        return;
      }
      assert.ok(split.ok);
      const shares = split.value.map(({ share }) => share);
      assert.equal(shares[0]! + shares[1]!, WHOLE);
      assert.ok(shares.every((share) => share >= 0 && share <= WHOLE));
      assert.ok(Math.abs(shares[0]! - a) <= 1 && Math.abs(shares[1]! - b) <= 1);
    }),
  );
});

test('[D-4] a split that does not total 100, names a version twice, or names three versions is refused', () => {
  const refusals: readonly (readonly [RequestedShare[], SplitRefusal])[] = [
    [[], { code: 'split_empty' }],
    [asked(50), { code: 'split_not_100', total: 50 }],
    [asked(50, 49), { code: 'split_not_100', total: 99 }],
    [asked(50, 51), { code: 'split_not_100', total: 101 }],
    [asked(0, 0), { code: 'split_not_100', total: 0 }],
    [asked(99.998), { code: 'split_not_100', total: 99.998 }],
    [asked(40, 30, 30), { code: 'split_too_many', count: 3 }],
    [
      [
        { version_id: 'a', percentage: 50 },
        { version_id: 'a', percentage: 50 },
      ],
      { code: 'split_same_version_twice', versionId: 'a' },
    ],
  ];
  for (const [shares, refusal] of refusals) assert.deepEqual(refusalOf(shares), refusal);
});

test('[D-1] a split has one or two versions, in the order they were named', () => {
  assert.equal(MOST_VERSIONS_IN_A_SPLIT, 2);
  const split = splitFrom([
    { version_id: 'new', percentage: 10 },
    { version_id: 'old', percentage: 90 },
  ]);
  assert.deepEqual(split.ok && split.value.map(({ versionId }) => versionId), ['new', 'old']);
});

test('a version at 100 % is alone also beside one at 0 %', () => {
  const alone = splitFrom(asked(0, 100));
  assert.equal(alone.ok && soleVersion(alone.value), 'b');
  const shared = splitFrom(asked(0.001, 99.999));
  assert.equal(shared.ok && soleVersion(shared.value), undefined);
});
