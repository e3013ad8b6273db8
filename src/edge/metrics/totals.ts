import { Sketch, type Count, type Outcome } from '../../observe/index.ts';

/** Upper bounds of the latencies' buckets, milliseconds: from a hello to what hardly anybody waits for. */
export const BUCKETS_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000] as const;

/** Versions that one scrape names; what others did is told as that of `other`. */
const MOST_VERSIONS = 1_000;
/** How long a version is told of that no deployment names any more. */
const KEPT_MS = 60 * 60_000;
const LOOK_EVERY_MS = 60_000;
const OTHER = 'other';

/** All that a version did since its edge began to count it. */
export interface Total {
  readonly script: string;
  readonly version: string;
  /** By the first digit of the status; 0 where there is none. */
  readonly byStatus: number[];
  /** By how it ended, where that was not `ok`. */
  readonly byOutcome: Map<Outcome, number>;
  /** Of all but WebSockets, which last as long as their visitors stay: as many as {@link BUCKETS_MS}, and those beyond. */
  readonly latencies: number[];
  latencySumMs: number;
  countedAt: number;
}

export interface TotalsOptions {
  /** What deployments name. */
  readonly deployed: () => { has(versionId: string): boolean };
  readonly most?: number;
}

/** Sums of what was counted, for whoever looks now and then, or never. */
export class Totals {
  readonly #deployed: TotalsOptions['deployed'];
  readonly #most: number;
  readonly #byVersion = new Map<string, Total>();
  #lookedAt = 0;

  constructor({ deployed, most = MOST_VERSIONS }: TotalsOptions) {
    this.#deployed = deployed;
    this.#most = most;
  }

  add(counts: readonly Count[], now: number): void {
    if (Math.abs(now - this.#lookedAt) >= LOOK_EVERY_MS) this.#letGo(now);
    for (const count of counts) addTo(this.#of(count), count, now);
  }

  read(now: number): readonly Total[] {
    this.#letGo(now);
    return [...this.#byVersion.values()];
  }

  /** Of versions that left their deployments and have served nothing for long: those that come have their room. */
  #letGo(now: number): void {
    this.#lookedAt = now;
    const deployed = this.#deployed();
    for (const [version, { countedAt }] of this.#byVersion)
      if (version !== OTHER && now - countedAt > KEPT_MS && !deployed.has(version)) this.#byVersion.delete(version);
  }

  #of({ script, versionId }: Count): Total {
    const known = this.#byVersion.get(versionId);
    if (known !== undefined) return known;
    const isOther = this.#byVersion.size >= this.#most;
    const version = isOther ? OTHER : versionId;
    const total = this.#byVersion.get(version) ?? emptyTotal(isOther ? OTHER : script, version);
    this.#byVersion.set(version, total);
    return total;
  }
}

const emptyTotal = (script: string, version: string): Total => ({
  script,
  version,
  byStatus: [0, 0, 0, 0, 0, 0],
  byOutcome: new Map(),
  latencies: Array.from({ length: BUCKETS_MS.length + 1 }, () => 0),
  latencySumMs: 0,
  countedAt: 0,
});

const addTo = (total: Total, { statusClass, outcome, requests, kind, latency }: Count, now: number): void => {
  total.countedAt = now;
  total.byStatus[statusClass] = (total.byStatus[statusClass] ?? 0) + requests;
  if (outcome !== 'ok') total.byOutcome.set(outcome, (total.byOutcome.get(outcome) ?? 0) + requests);
  if (kind === 'websocket') return;
  const sketch = new Sketch();
  sketch.add(latency);
  total.latencySumMs += sketch.sum;
  for (const { value, count } of sketch.buckets()) {
    const at = BUCKETS_MS.findIndex((bound) => value <= bound);
    const bucket = at === -1 ? BUCKETS_MS.length : at;
    total.latencies[bucket] = (total.latencies[bucket] ?? 0) + count;
  }
};
