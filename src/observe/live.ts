import type { Count } from './report.ts';
import { SketchSum } from './archive/stored-sketch.ts';
import { isError } from './words.ts';

const TICK_MS = 1_000;

/** What the versions of a Worker did since the last one. */
export interface LiveCounts {
  /** As ISO has it. */
  readonly at: string;
  readonly versions: readonly LiveVersion[];
}

export interface LiveVersion {
  readonly version_id: string;
  readonly requests: number;
  readonly errors: number;
  /** Null where there is nothing. */
  readonly latency_ms: { readonly p50: number; readonly p90: number; readonly p99: number } | null;
}

interface Sum {
  requests: number;
  errors: number;
  readonly latency: SketchSum;
}

/** Counts as they come, for whoever looks on. */
export class Live {
  readonly #followers = new Map<string, Set<Map<string, Sum>>>();

  take(counts: readonly Count[]): void {
    if (this.#followers.size === 0) return;
    for (const count of counts) for (const sums of this.#followers.get(count.script) ?? []) add(sums, count);
  }

  /**
   * Tells each second what came, also where nothing did, until it is told to stop. Whoever is slow to listen misses no count, but hears
   * of more of them at once.
   */
  follow(script: string, tell: (counts: LiveCounts) => Promise<unknown>): () => void {
    const sums = new Map<string, Sum>();
    const followers = this.#followers.get(script) ?? new Set();
    this.#followers.set(script, followers.add(sums));
    let isListening = true;
    const timer = setInterval(() => {
      if (!isListening) return;
      isListening = false;
      const versions = [...sums].map(([version_id, sum]) => liveVersion(version_id, sum));
      sums.clear();
      const listensAgain = (): void => void (isListening = true);
      tell({ at: new Date().toISOString(), versions }).then(listensAgain, listensAgain);
    }, TICK_MS);
    return () => {
      clearInterval(timer);
      followers.delete(sums);
      if (followers.size === 0) this.#followers.delete(script);
    };
  }
}

const add = (sums: Map<string, Sum>, { versionId, kind, statusClass, outcome, requests, latency }: Count): void => {
  let sum = sums.get(versionId);
  if (sum === undefined) sums.set(versionId, (sum = { requests: 0, errors: 0, latency: new SketchSum() }));
  sum.requests += requests;
  if (isError(outcome, statusClass * 100)) sum.errors += requests;
  if (kind !== 'websocket') sum.latency.addBins(latency);
};

const liveVersion = (version_id: string, { requests, errors, latency }: Sum): LiveVersion => {
  const [p50 = 0, p90 = 0, p99 = 0] = latency.quantiles([0.5, 0.9, 0.99])?.map((ms) => Math.round(ms * 1_000) / 1_000) ?? [];
  return { version_id, requests, errors, latency_ms: latency.count === 0 ? null : { p50, p90, p99 } };
};
