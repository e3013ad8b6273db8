import type { Interval } from './evidence.ts';
import { quantileGap, type LatencyBucket, type QuantileGap } from './quantiles.ts';
import { rateGap, type Hits } from './rates.ts';

/** Exceptions that are the same one. */
export interface ExceptionGroup {
  readonly id: string;
  readonly name: string;
  readonly message: string;
  readonly count: number;
}

/** What a version did in a window. */
export interface Side {
  readonly requests: number;
  /** Those that were the version's fault: an outcome that is an error, or a status of 500 and above. */
  readonly errors: number;
  /** In milliseconds, the smallest first. */
  readonly latency: readonly LatencyBucket[];
  readonly exceptions: readonly ExceptionGroup[];
}

export interface Sides {
  readonly version: Side;
  readonly baseline: Side;
  readonly windowMs: number;
}

/** What is left of the difference of two rates, where `alpha` is how likely it may be to be ever wrong. */
export interface RateGap {
  readonly version: Hits;
  readonly baseline: Hits;
  readonly alpha: number;
  readonly interval: Interval;
}

export type ExceptionGap = RateGap & Pick<ExceptionGroup, 'id' | 'name' | 'message'>;

export type LatencyGap = QuantileGap & { readonly quantile: number; readonly alpha: number };

export interface Gaps {
  readonly errorRate: RateGap;
  readonly latency: readonly LatencyGap[];
  readonly exceptions: readonly ExceptionGap[];
}

/**
 * How likely it may be that anything that is the same on both sides is ever called better or worse, however often one looks. All that is
 * compared shares it (Bonferroni).
 */
export const FALSE_ALARMS = 0.05;
const ON_ERRORS = 0.4 * FALSE_ALARMS;
const ON_LATENCY = 0.4 * FALSE_ALARMS;
const ON_EXCEPTIONS = 0.2 * FALSE_ALARMS;

const QUANTILES = [0.5, 0.9, 0.99] as const;

/** A request that throws twice failed once. */
const inRequests = (count: number, { requests }: Pick<Side, 'requests'>): Hits => ({ hits: Math.min(count, requests), requests });

const rateGapOf = (version: Hits, baseline: Hits, alpha: number): RateGap => ({
  version,
  baseline,
  alpha,
  interval: rateGap(version, baseline, alpha),
});

const hitsOf = (side: Side, wanted: string): Hits => inRequests(side.exceptions.find(({ id }) => id === wanted)?.count ?? 0, side);

/**
 * Each group that was seen, the most frequent first. Nobody knows how many there will be: with a part of 1/(k(k+1)) for the k-th that
 * shows up, all that may ever come share the whole, and those that are here now are the k-th of k at the most.
 */
const exceptionGaps = ({ version, baseline }: Sides): readonly ExceptionGap[] => {
  const seen = [...version.exceptions, ...baseline.exceptions].filter(({ count }) => count > 0);
  const groups = [...new Map(seen.map((group) => [group.id, group])).values()];
  const alpha = ON_EXCEPTIONS / (groups.length * (groups.length + 1));
  return groups
    .map(({ id, name, message }) => Object.assign({ id, name, message }, rateGapOf(hitsOf(version, id), hitsOf(baseline, id), alpha)))
    .toSorted((a, b) => b.version.hits + b.baseline.hits - (a.version.hits + a.baseline.hits));
};

export type ErrorSide = Pick<Side, 'requests' | 'errors'>;

/** What is left of the difference of their errors. */
export const errorGapBetween = (version: ErrorSide, baseline: ErrorSide): RateGap =>
  rateGapOf(inRequests(version.errors, version), inRequests(baseline.errors, baseline), ON_ERRORS);

/** What is left of each difference between the two. */
export const gapsBetween = (sides: Sides): Gaps => {
  const { version, baseline } = sides;
  const alpha = ON_LATENCY / QUANTILES.length;
  return {
    errorRate: errorGapBetween(version, baseline),
    latency: QUANTILES.map((quantile) =>
      Object.assign({ quantile, alpha }, quantileGap(quantile, version.latency, baseline.latency, alpha)),
    ),
    exceptions: exceptionGaps(sides),
  };
};
