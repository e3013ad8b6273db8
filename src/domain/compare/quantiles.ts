import { evidenceAgainst, limitFor, mixtureOf, type Interval } from './evidence.ts';

/** How many values there are of about one size. */
export interface LatencyBucket {
  readonly value: number;
  readonly count: number;
}

/** How far the value of a bucket may be from those in it. Sketches promise it. */
export const RELATIVE_ACCURACY = 0.01;

export interface QuantileGap {
  readonly difference: Interval;
  /** The version's quantile divided by the baseline's. */
  readonly ratio: Interval;
}

/** What may be the quantile, and the evidence that it is not. */
interface Candidate {
  readonly value: number;
  readonly evidence: number;
}

/** How sharply the mixture lies around the share, as after so many trials. With 100 it is about tightest from 300 to 100,000 values. */
const SHARPNESS = 100;

export const countOf = (buckets: readonly LatencyBucket[]): number => buckets.reduce((sum, { count }) => sum + count, 0);

/** The value that this share of the values does not exceed. Undefined where there are none. */
export const quantileOf = (share: number, buckets: readonly LatencyBucket[]): number | undefined => {
  const rank = share * countOf(buckets);
  let below = 0;
  return buckets.find(({ count }) => (below += count) > 0 && below >= rank)?.value;
};

/**
 * Each value is at or below the quantile with the probability `share`: so the evidence against a value being the quantile is that of how
 * many are below it (Howard and Ramdas, 2022). Of the equal values as many count as below as speak least against it.
 */
const candidatesOf = (share: number, buckets: readonly LatencyBucket[]): readonly Candidate[] => {
  const trials = countOf(buckets);
  const mixture = mixtureOf(SHARPNESS * share, SHARPNESS * (1 - share));
  let below = 0;
  return [{ value: 0, count: 0 }, ...buckets, { value: Infinity, count: 0 }].map(({ value, count }) => {
    const hits = Math.min(Math.max(share * trials, below), below + count);
    below += count;
    return { value, evidence: evidenceAgainst(share, hits, trials, mixture) };
  });
};

/** The last candidate that is left with evidence below the limit, of those from the likeliest on: against each there is more than before. */
const lastLeft = (candidates: readonly Candidate[], limit: number): number => {
  let [left, gone] = [0, candidates.length];
  while (gone - left > 1) {
    const middle = (left + gone) >> 1;
    if ((candidates[middle]?.evidence ?? Infinity) < limit) left = middle;
    else gone = middle;
  }
  return candidates[left]?.value ?? Infinity;
};

/**
 * How little the quantile of some values may lie above that of others. Each request tells of one of the two, so that what was won on both
 * multiplies to one martingale: a pair of candidates is excluded by its evidence together, which takes less than to exclude each alone.
 */
const leastAbove = (above: readonly Candidate[], under: readonly Candidate[], limit: number): { difference: number; ratio: number } => {
  const least = { difference: Infinity, ratio: Infinity };
  const likeliest = Math.min(...under.map(({ evidence }) => evidence));
  const high = under.slice(under.findIndex(({ evidence }) => evidence === likeliest));
  for (const { value, evidence } of above) {
    if (evidence + likeliest >= limit) continue;
    const most = lastLeft(high, limit - evidence) * (1 + RELATIVE_ACCURACY);
    const own = value * (1 - RELATIVE_ACCURACY);
    if (own === Infinity) break;
    least.difference = Math.min(least.difference, own - most);
    least.ratio = Math.min(least.ratio, own === most ? 1 : own / most);
  }
  return least;
};

/** What is left of how far apart the two quantiles are, where all that is ever excluded may be wrong with a probability of `alpha`. */
export const quantileGap = (
  share: number,
  version: readonly LatencyBucket[],
  baseline: readonly LatencyBucket[],
  alpha: number,
): QuantileGap => {
  const [own, other] = [candidatesOf(share, version), candidatesOf(share, baseline)];
  const slower = leastAbove(own, other, limitFor(alpha));
  const faster = leastAbove(other, own, limitFor(alpha));
  return {
    difference: { lower: slower.difference, upper: -faster.difference },
    ratio: { lower: slower.ratio, upper: 1 / faster.ratio },
  };
};

/** The values of both. */
export const merged = (one: readonly LatencyBucket[], other: readonly LatencyBucket[]): readonly LatencyBucket[] => {
  const counts = new Map<number, number>();
  for (const { value, count } of [...one, ...other]) counts.set(value, (counts.get(value) ?? 0) + count);
  return [...counts].map(([value, count]) => ({ value, count })).toSorted((a, b) => a.value - b.value);
};

/** As many values as wanted that are spread as these are. Where there are none to go by, they are all the same. */
const spread = (values: readonly LatencyBucket[], wanted: number): readonly LatencyBucket[] => {
  const count = countOf(values);
  return count === 0 ? [{ value: 1, count: wanted }] : values.map((bucket) => ({ ...bucket, count: (bucket.count / count) * wanted }));
};

/** How many times as slow the version would have to be for that to show, with these numbers of values spread as `values` are. */
export const quantileGapThatShows = (
  share: number,
  values: readonly LatencyBucket[],
  version: number,
  baseline: number,
  alpha: number,
): number => 1 / quantileGap(share, spread(values, version), spread(values, baseline), alpha).ratio.lower;
