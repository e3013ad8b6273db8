import type { LatencyBucket, Side, Sides } from '../../src/domain/index.ts';

/** What a version does: how often a request fails, how often it throws each of these, and how long it takes. */
export interface Behaviour {
  readonly errorRate: number;
  readonly exceptionRates?: readonly number[];
  /** The median in milliseconds, and the spread of its logarithm. Without it nothing is measured. */
  readonly latency?: { readonly medianMs: number; readonly spread: number };
}

export interface Minute {
  /** Which share of the requests the version has. */
  readonly share: number;
  /** How many times as often, and as slow, requests of both fail in it. */
  readonly trouble?: number;
}

export interface Rollout {
  readonly requestsPerMinute: number;
  readonly minutes: readonly Minute[];
  readonly version: Behaviour;
  readonly baseline: Behaviour;
  /** How many times as large a bucket of latencies is as the one before it; as in the product's sketches, if not given. */
  readonly bucketRatio?: number;
}

export const minutes = (count: number, share: number): readonly Minute[] => Array.from({ length: count }, () => ({ share }));

/** The same numbers for the same seed, evenly from 0 to 1 (mulberry32). */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** How long a request takes: log-normally distributed (Box and Muller). */
const latencyOf = ({ medianMs, spread }: NonNullable<Behaviour['latency']>, random: () => number): number =>
  medianMs * Math.exp(spread * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));

class Counted {
  requests = 0;
  errors = 0;
  readonly #behaviour: Behaviour;
  readonly #thrown: number[];
  readonly #latency = new Map<number, number>();
  readonly #width: number;

  constructor(behaviour: Behaviour, bucketRatio: number) {
    this.#behaviour = behaviour;
    this.#width = Math.log(bucketRatio);
    this.#thrown = (behaviour.exceptionRates ?? []).map(() => 0);
  }

  request(trouble: number, random: () => number): void {
    const { errorRate, exceptionRates = [], latency } = this.#behaviour;
    this.requests += 1;
    if (random() < errorRate * trouble) this.errors += 1;
    for (const [at, rate] of exceptionRates.entries()) if (random() < rate * trouble) this.#thrown[at] = (this.#thrown[at] ?? 0) + 1;
    if (latency === undefined) return;
    const key = Math.round(Math.log(trouble * latencyOf(latency, random)) / this.#width);
    this.#latency.set(key, (this.#latency.get(key) ?? 0) + 1);
  }

  toSide(): Side {
    const latency: LatencyBucket[] = [...this.#latency]
      .toSorted(([a], [b]) => a - b)
      .map(([key, count]) => ({ value: Math.exp(key * this.#width), count }));
    const exceptions = this.#thrown.map((count, at) => ({ id: `${at}`, name: 'Error', message: `${at}`, count }));
    return { requests: this.requests, errors: this.errors, latency, exceptions };
  }
}

/** What somebody sees who looks at the end of every minute. */
export function* looksAt(rollout: Rollout, random: () => number): Generator<Sides> {
  const { requestsPerMinute, version, baseline, bucketRatio = 1.01 / 0.99 } = rollout;
  const [own, other] = [new Counted(version, bucketRatio), new Counted(baseline, bucketRatio)];
  for (const [minute, { share, trouble = 1 }] of rollout.minutes.entries()) {
    for (let request = 0; request < requestsPerMinute; request += 1) (random() < share ? own : other).request(trouble, random);
    yield { version: own.toSide(), baseline: other.toSide(), windowMs: (minute + 1) * 60_000 };
  }
}

/** Of how many rollouts somebody who looks at the end of every minute is ever shown what `isShown` says: their share. */
export const shareShown = (count: number, rollout: Rollout, isShown: (sides: Sides) => boolean): number => {
  const random = seededRandom(1);
  let shown = 0;
  for (let at = 0; at < count; at += 1) {
    for (const sides of looksAt(rollout, random)) {
      if (!isShown(sides)) continue;
      shown += 1;
      break;
    }
  }
  return shown / count;
};
