import type { Interval } from './evidence.ts';
import {
  errorGapBetween,
  gapsBetween,
  type ErrorSide,
  type ExceptionGap,
  type ExceptionGroup,
  type LatencyGap,
  type RateGap,
  type Sides,
} from './gaps.ts';
import { countOf, merged, quantileGapThatShows, quantileOf } from './quantiles.ts';
import { rateGapShows, rateGapThatShows, rateOf } from './rates.ts';
import { overallVerdict, verdictOn, type OverallVerdict, type Verdict } from './verdict.ts';

interface Measured {
  /** Undefined where there was no request. */
  readonly version: number | undefined;
  readonly baseline: number | undefined;
  /** The version's minus the baseline's. */
  readonly difference: number | undefined;
  /** What the difference may be. Infinite where nothing is known of that end. */
  readonly interval: Interval;
  /** From what on it would already show that the version is worse: a difference of rates, a ratio of latencies. Infinite where nothing would. */
  readonly showsFrom: number;
}

/** In parts of one request. */
export type RateComparison = Measured & Verdict & { readonly hits: { readonly version: number; readonly baseline: number } };

export type ExceptionComparison = RateComparison & Pick<ExceptionGroup, 'id' | 'name' | 'message'>;

/** In milliseconds; ratios are the version's divided by the baseline's. */
export type LatencyComparison = Measured &
  Verdict & { readonly quantile: number; readonly ratio: number | undefined; readonly ratioInterval: Interval };

export interface Comparison {
  readonly verdict: OverallVerdict;
  readonly errorRate: RateComparison;
  readonly latency: readonly LatencyComparison[];
  readonly exceptions: readonly ExceptionComparison[];
}

/** A rate that is higher by this, or doubled, matters; of what happens to more than half of all requests, that it is halved. */
const rateThatMatters = (rate: number): number => (rate > 0.5 ? rate / 2 : Math.max(0.01, rate));

/** How many times slower matters. What is slowest varies most. */
const slownessThatMatters = (quantile: number): number => (quantile < 0.95 ? 1.25 : 1.5);

const gapOf = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? undefined : one - other;

const compareRates = ({ version, baseline, interval, alpha }: RateGap, windowMs: number): RateComparison => {
  const traffic = { version: version.requests, baseline: baseline.requests, windowMs };
  const rate = rateOf({ hits: version.hits + baseline.hits, requests: traffic.version + traffic.baseline }) ?? 0;
  const shows = (gap: number, own: number, other: number): boolean => rateGapShows(gap, rate, own, other, alpha);
  const [own, other] = [rateOf(version), rateOf(baseline)];
  return {
    hits: { version: version.hits, baseline: baseline.hits },
    version: own,
    baseline: other,
    difference: gapOf(own, other),
    interval,
    showsFrom: rateGapThatShows(rate, traffic.version, traffic.baseline, alpha),
    ...verdictOn(interval, traffic, shows, rateThatMatters(rate)),
  };
};

const compareException = ({ id, name, message, ...gap }: ExceptionGap, windowMs: number): ExceptionComparison => ({
  id,
  name,
  message,
  ...compareRates(gap, windowMs),
});

const compareLatency = ({ quantile, difference, ratio, alpha }: LatencyGap, { version, baseline, windowMs }: Sides): LatencyComparison => {
  const traffic = { version: countOf(version.latency), baseline: countOf(baseline.latency), windowMs };
  const all = merged(version.latency, baseline.latency);
  const showsFrom = (own: number, other: number): number => quantileGapThatShows(quantile, all, own, other, alpha);
  const [own, other] = [quantileOf(quantile, version.latency), quantileOf(quantile, baseline.latency)];
  return {
    quantile,
    version: own,
    baseline: other,
    difference: gapOf(own, other),
    interval: difference,
    ratio: own === undefined || !other ? undefined : own / other,
    ratioInterval: ratio,
    showsFrom: showsFrom(traffic.version, traffic.baseline),
    ...verdictOn(difference, traffic, (slowness, one, two) => showsFrom(one, two) <= slowness, slownessThatMatters(quantile)),
  };
};

/** The errors of two versions alone: the same verdict that all of the comparison has on them. */
export const compareErrors = (version: ErrorSide, baseline: ErrorSide, windowMs: number): RateComparison =>
  compareRates(errorGapBetween(version, baseline), windowMs);

/** What a version did beside what another did (docs/decisions/0025-comparing-versions.md). */
export const compareSides = (sides: Sides): Comparison => {
  const gaps = gapsBetween(sides);
  const errorRate = compareRates(gaps.errorRate, sides.windowMs);
  const latency = gaps.latency.map((gap) => compareLatency(gap, sides));
  const exceptions = gaps.exceptions.map((gap) => compareException(gap, sides.windowMs));
  return { verdict: overallVerdict([errorRate, ...latency], exceptions), errorRate, latency, exceptions };
};
