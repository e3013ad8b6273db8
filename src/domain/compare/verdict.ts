import type { Interval } from './evidence.ts';

/** What more is needed until a gap that matters would show. */
export interface Missing {
  readonly version: number;
  readonly baseline: number;
  /** How long that takes if requests come as they did. Undefined where one side had none. */
  readonly ms: number | undefined;
}

/** Less is better of all that is compared. */
export type Verdict =
  | { readonly verdict: 'better' | 'worse' | 'no_clear_difference' }
  | { readonly verdict: 'too_early'; readonly missing: Missing };

export interface Traffic {
  readonly version: number;
  readonly baseline: number;
  readonly windowMs: number;
}

/** What more than this many requests would not show is not waited for. */
const MOST_REQUESTS = 2 ** 30;

/** From which number of requests on a condition holds that does not at `few`, to about a hundredth of it. */
const enoughFrom = (few: number, isEnough: (requests: number) => boolean): number | undefined => {
  let [below, above] = [few, Math.max(1, 2 * few)];
  while (!isEnough(above)) {
    [below, above] = [above, 2 * above];
    if (above > MOST_REQUESTS) return undefined;
  }
  while (above - below > Math.max(1, above / 100)) {
    const middle = Math.ceil((above + below) / 2);
    if (isEnough(middle)) above = middle;
    else below = middle;
  }
  return above;
};

type IsEnough = (version: number, baseline: number) => boolean;

/** What each side lacks of as many requests as both need, if nothing else changes. */
const missingUntil = ({ version, baseline, windowMs }: Traffic, isEnough: IsEnough): Missing | undefined => {
  const few = Math.min(version, baseline);
  const each = enoughFrom(few, (least) => isEnough(Math.max(version, least), Math.max(baseline, least)));
  if (each === undefined) return undefined;
  const lacks = { version: Math.max(0, each - version), baseline: Math.max(0, each - baseline) };
  const windows = Math.max(lacks.version && lacks.version / version, lacks.baseline && lacks.baseline / baseline);
  return { ...lacks, ms: Number.isFinite(windows) ? Math.ceil(windows * windowMs) : undefined };
};

/** Whether a gap as large as this would show, with so many requests of both. */
type Shows = (gap: number, version: number, baseline: number) => boolean;

/**
 * By what is left of the difference; where that may be nothing, by whether a gap that matters would show with these requests. Where it never
 * would, as between two heaps of latencies, it is too early as long as nothing would.
 */
export const verdictOn = ({ lower, upper }: Interval, traffic: Traffic, shows: Shows, matters: number): Verdict => {
  if (lower > 0) return { verdict: 'worse' };
  if (upper < 0) return { verdict: 'better' };
  const isEnough = (gap: number): boolean => shows(gap, traffic.version, traffic.baseline);
  if (isEnough(matters)) return { verdict: 'no_clear_difference' };
  const until = (gap: number): Missing | undefined => missingUntil(traffic, (own, other) => shows(gap, own, other));
  const missing = until(matters) ?? (isEnough(Number.MAX_VALUE) ? undefined : until(Number.MAX_VALUE));
  return missing === undefined ? { verdict: 'no_clear_difference' } : { verdict: 'too_early', missing };
};

/** One verdict over all that was compared. */
export type OverallVerdict = Verdict['verdict'] | 'mixed';

/**
 * What is clear decides. Otherwise it is too early as long as it is for one of `awaited`: kinds of exceptions are so many and most so rare
 * that it would be so for ever.
 */
export const overallVerdict = (awaited: readonly Verdict[], others: readonly Verdict[]): OverallVerdict => {
  const all = new Set([...awaited, ...others].map(({ verdict }) => verdict));
  if (all.has('worse')) return all.has('better') ? 'mixed' : 'worse';
  if (all.has('better')) return 'better';
  return awaited.some(({ verdict }) => verdict === 'too_early') ? 'too_early' : 'no_clear_difference';
};
