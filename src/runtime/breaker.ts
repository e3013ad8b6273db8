/** What a version's failures told: failed starts, crashes, hangs, too much memory. All times are milliseconds of one clock. */
export interface Breaker {
  /** When it failed, as far back as the window reaches. */
  readonly failedAt: readonly number[];
  /** Failures since it tripped, that one included; 0 while it has not. */
  readonly trips: number;
  /** When it tripped. */
  readonly trippedAt: number | undefined;
}

export interface BreakerSettings {
  /** So many failures within {@link breakerWindowMs} trip it. */
  readonly breakerFailures: number;
  readonly breakerWindowMs: number;
}

export const DEFAULT_BREAKER: BreakerSettings = {
  breakerFailures: 5,
  breakerWindowMs: 30_000,
};

export const CLOSED: Breaker = { failedAt: [], trips: 0, trippedAt: undefined };

/** A process that ran this long had started well: its end is the first failure of a new row. */
export const STEADY_AFTER_MS = 60_000;

/** One failure more. `ranMs`: how long the process had answered; 0 for one that never did. */
export const afterFailure = (
  breaker: Breaker,
  { breakerFailures, breakerWindowMs }: BreakerSettings,
  now: number,
  ranMs: number,
): Breaker => {
  const { failedAt, trips, trippedAt } = ranMs >= STEADY_AFTER_MS ? CLOSED : breaker;
  const recent = [...failedAt.filter((time) => now - time < breakerWindowMs), now].slice(-breakerFailures);
  const isTripped = trips > 0 || recent.length >= breakerFailures;
  return isTripped
    ? { failedAt: recent, trips: trips + 1, trippedAt: trippedAt ?? now }
    : { failedAt: recent, trips: 0, trippedAt: undefined };
};

const SHORT_MS = 50;
const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 60_000;

/**
 * How long to wait before the next try. A version that fails now and then is tried at once, then after 50, 100, 200 ms:
 * requests are held meanwhile. One that tripped is tried after 1 s, 2 s, 4 s … up to a minute, and its requests are refused.
 */
export const backOffMs = ({ failedAt, trips }: Breaker): number => {
  if (trips > 0) return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (trips - 1));
  return failedAt.length <= 1 ? 0 : SHORT_MS * 2 ** (failedAt.length - 2);
};
