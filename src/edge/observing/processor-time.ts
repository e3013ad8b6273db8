import type { CpuCount } from '../../observe/index.ts';
import type { RunningVersion } from '../version-pool.ts';

interface Served {
  readonly script: string;
  requests: number;
}

const MINUTE_MS = 60_000;

/**
 * Processor time of the versions that served since it was last read: what their processes used meanwhile, in a process of two versions
 * shared by their requests. It is read beside the way of requests, and never of a process that serves nothing.
 */
export class ProcessorTime {
  #served = new Map<RunningVersion, Served>();
  /** What a process had used when it was last read. It is known by its end, which all versions in it share. */
  readonly #used = new WeakMap<Promise<unknown>, number>();
  readonly #shares = new WeakMap<RunningVersion, number>();

  served(version: RunningVersion, script: string): void {
    const served = this.#served.get(version);
    if (served === undefined) this.#served.set(version, { script, requests: 1 });
    else served.requests += 1;
  }

  /** What each version used since the last reading. */
  read(now: number): readonly CpuCount[] {
    const processes = Map.groupBy(this.#served, ([{ exited }]) => exited);
    this.#served = new Map();
    const minute = Math.floor(now / MINUTE_MS);
    const counts: CpuCount[] = [];
    for (const [exited, versions] of processes) {
      const [version] = versions[0] ?? [];
      const used = version?.cpuMs();
      if (used === undefined) continue;
      const before = this.#used.get(exited) ?? version?.startupCpuMs;
      this.#used.set(exited, used);
      const requests = versions.reduce((sum, [, served]) => sum + served.requests, 0);
      const share = Math.max(0, used - (before ?? 0)) / requests;
      for (const [each, served] of versions) {
        // Where it is not known what its start used, the first of its requests would seem to have.
        if (before !== undefined) this.#shares.set(each, share);
        counts.push({ minute, script: served.script, versionId: each.versionId, cpuMs: share * served.requests });
      }
    }
    return counts;
  }

  /** What a request took of those that ended before the last reading, as far as that is known. */
  shareOf(version: RunningVersion): number | undefined {
    return this.#shares.get(version);
  }
}
