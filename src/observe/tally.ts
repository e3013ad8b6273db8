import type { Count } from './report.ts';
import { Sketch } from './sketch.ts';
import { INVOCATION_KINDS, OUTCOMES, type InvocationKind, type Outcome } from './words.ts';

const MINUTE_MS = 60_000;
/** The first digits of statuses, and 0 for none. */
const STATUS_CLASSES = 6;

/** What one version did in the minute that is counted. */
interface Page {
  readonly script: string;
  readonly versionId: string;
  /** Latencies by kind, status class and outcome, as one number. */
  readonly ways: Map<number, Sketch>;
}

/** Counts invocations as they end, at the cost of two look-ups and a few additions each. */
export class Tally {
  #minute = 0;
  #pages = new Map<string, Page>();
  #closed: Count[] = [];

  /** `now` is when it ended, milliseconds since 1970: it counts for that minute. */
  count(
    script: string,
    versionId: string,
    kind: InvocationKind,
    status: number | undefined,
    outcome: Outcome,
    wallMs: number,
    now: number,
  ): void {
    const minute = Math.floor(now / MINUTE_MS);
    if (minute !== this.#minute) this.#turn(minute);
    let page = this.#pages.get(versionId);
    if (page === undefined) this.#pages.set(versionId, (page = { script, versionId, ways: new Map() }));
    const way = wayOf(kind, status, outcome);
    let latencies = page.ways.get(way);
    if (latencies === undefined) page.ways.set(way, (latencies = new Sketch()));
    latencies.accept(wallMs);
  }

  /** What was counted since it was last taken. */
  take(): readonly Count[] {
    this.#turn(this.#minute);
    const taken = this.#closed;
    this.#closed = [];
    return taken;
  }

  #turn(next: number): void {
    for (const page of this.#pages.values())
      for (const [way, latencies] of page.ways) this.#closed.push(countOf(this.#minute, page, way, latencies));
    this.#pages.clear();
    this.#minute = next;
  }
}

const wayOf = (kind: InvocationKind, status: number | undefined, outcome: Outcome): number => {
  const statusClass = status === undefined ? 0 : Math.min(STATUS_CLASSES - 1, Math.floor(status / 100));
  return (INVOCATION_KINDS.indexOf(kind) * STATUS_CLASSES + statusClass) * OUTCOMES.length + OUTCOMES.indexOf(outcome);
};

const countOf = (minute: number, { script, versionId }: Page, way: number, latencies: Sketch): Count => {
  const ofKind = Math.floor(way / OUTCOMES.length);
  return {
    minute,
    script,
    versionId,
    kind: INVOCATION_KINDS[Math.floor(ofKind / STATUS_CLASSES)] ?? 'other',
    statusClass: ofKind % STATUS_CLASSES,
    outcome: OUTCOMES[way % OUTCOMES.length] ?? 'unknown',
    requests: latencies.count,
    latency: latencies.toBins(),
  };
};
