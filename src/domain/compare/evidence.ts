import { gammaln } from 'simple-statistics';

/**
 * Evidence that may be looked at as often as one likes. All rates, mixed, are bet against one of them, on each trial anew: where that one
 * is the truth, what the bets have made of 1 is a martingale, and with a probability of alpha at most it is ever above 1/alpha (Ville,
 * 1939). Mixed by a beta distribution it has a closed form (Robbins, 1970).
 */
export interface Mixture {
  readonly a: number;
  readonly b: number;
  readonly logBeta: number;
}

const logBeta = (a: number, b: number): number => gammaln(a) + gammaln(b) - gammaln(a + b);

export const mixtureOf = (a: number, b: number): Mixture => ({ a, b, logBeta: logBeta(a, b) });

/** Whatever the rate is, it is behind whoever knew it by half the logarithm of the trials (Krichevsky and Trofimov, 1981). */
const ANY_RATE = mixtureOf(0.5, 0.5);

const likelihoodMixed = (hits: number, trials: number, mixture: Mixture): number =>
  logBeta(mixture.a + hits, mixture.b + trials - hits) - mixture.logBeta;

const timesLog = (count: number, rate: number): number => (count === 0 ? 0 : count * Math.log(rate));

const likelihood = (rate: number, hits: number, trials: number): number => timesLog(hits, rate) + timesLog(trials - hits, 1 - rate);

/** The logarithm of what was won against `rate` by so many hits in so many trials. They need not be whole. */
export const evidenceAgainst = (rate: number, hits: number, trials: number, mixture = ANY_RATE): number =>
  likelihoodMixed(hits, trials, mixture) - likelihood(rate, hits, trials);

/** The evidence that excludes, where all that is ever excluded may be wrong with a probability of `alpha`. */
export const limitFor = (alpha: number): number => -Math.log(alpha);

/** So often halved, an interval from 0 to 1 is a millionth of a millionth. */
const HALVINGS = 40;

/** Where a condition that holds at `inside` and not at `outside` ends: the last place at which it holds. */
export const edgeBetween = (inside: number, outside: number, holds: (at: number) => boolean): number => {
  let [held, lost] = [inside, outside];
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = (held + lost) / 2;
    if (holds(middle)) held = middle;
    else lost = middle;
  }
  return held;
};

export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** The rates that are not excluded. */
export const ratesLeft = (hits: number, trials: number, alpha: number): Interval => {
  const least = likelihoodMixed(hits, trials, ANY_RATE) - limitFor(alpha);
  const isLeft = (rate: number): boolean => likelihood(rate, hits, trials) > least;
  const seen = trials === 0 ? 0.5 : hits / trials;
  return { lower: isLeft(0) ? 0 : edgeBetween(seen, 0, isLeft), upper: isLeft(1) ? 1 : edgeBetween(seen, 1, isLeft) };
};
