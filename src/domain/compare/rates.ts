import { edgeBetween, evidenceAgainst, limitFor, ratesLeft, type Interval } from './evidence.ts';

/** How often something happened in so many requests. */
export interface Hits {
  readonly hits: number;
  readonly requests: number;
}

/** Which part of the probability to be wrong is spent on how often both sides fail together, which scales an interval and decides nothing. */
const SPENT_ON_TOTAL = 0.1;

export const rateOf = ({ hits, requests }: Hits): number | undefined => (requests === 0 ? undefined : hits / requests);

const together = (one: Hits, other: Hits): Hits => ({ hits: one.hits + other.hits, requests: one.requests + other.requests });

const clamped = (difference: number): number => Math.min(1, Math.max(-1, difference));

/**
 * What is left of the difference of two rates. Were they equal, each hit would fall to the version as often as a request does: so which
 * share of the hits may be the version's is what decides (Lindon and Malek, 2022). That share, times how often both are hit together, is
 * the difference: it excludes 0 exactly where the share of the hits excludes that of the requests.
 */
export const rateGap = (version: Hits, baseline: Hits, alpha: number): Interval => {
  if (version.requests === 0 || baseline.requests === 0) return { lower: -1, upper: 1 };
  const total = together(version, baseline);
  const split = version.requests / total.requests;
  const shares = ratesLeft(version.hits, total.hits, alpha * (1 - SPENT_ON_TOTAL));
  const rates = ratesLeft(total.hits, total.requests, alpha * SPENT_ON_TOTAL);
  const difference = (share: number, rate: number): number => clamped((rate * (share - split)) / (split * (1 - split)));
  return {
    lower: difference(shares.lower, shares.lower > split ? rates.lower : rates.upper),
    upper: difference(shares.upper, shares.upper < split ? rates.lower : rates.upper),
  };
};

/**
 * Whether it would show that the version is hit more often by this gap, where both are hit at this rate; less often, where that is more
 * than half of all.
 */
export const rateGapShows = (gap: number, rate: number, version: number, baseline: number, alpha: number): boolean => {
  if (version === 0 || baseline === 0) return false;
  const hits = version * (rate > 0.5 ? Math.max(0, rate - gap) : Math.min(1, rate + gap));
  const against = evidenceAgainst(version / (version + baseline), hits, hits + rate * baseline);
  return against >= limitFor(alpha * (1 - SPENT_ON_TOTAL));
};

/** From which gap on it would show. Infinite where none would. */
export const rateGapThatShows = (rate: number, version: number, baseline: number, alpha: number): number => {
  const shows = (gap: number): boolean => rateGapShows(gap, rate, version, baseline, alpha);
  const farthest = Math.max(rate, 1 - rate);
  return shows(farthest) ? edgeBetween(farthest, 0, shows) : Infinity;
};
