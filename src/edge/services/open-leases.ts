import type { ServerResponse } from 'node:http';
import type { RunningVersion } from '../version-pool.ts';

/**
 * The leases that are open, of each version's process, which end with it. All of a process wait with one reaction: its end is a promise
 * that is pending as long as it runs, and keeps whatever was put on it.
 */
export class OpenLeases {
  readonly #open = new WeakMap<RunningVersion, Set<ServerResponse>>();

  /** Until the asking side closes it. */
  add(version: RunningVersion, lease: ServerResponse): void {
    const open = this.#open.get(version) ?? this.#heed(version);
    open.add(lease);
    lease.once('close', () => open.delete(lease));
  }

  #heed(version: RunningVersion): Set<ServerResponse> {
    const open = new Set<ServerResponse>();
    this.#open.set(version, open);
    void version.exited.then(() => {
      for (const lease of open) lease.end();
    });
    return open;
  }
}
