import { Upstream } from './upstream/index.ts';
import type { RunningVersion } from './version-pool.ts';

/** workerd closes a connection that was idle for 15 s (2026-11, tried): ours must be the side that closes first. */
const KEEP_ALIVE_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** The connections to each running version's process. A restarted version is another one, with new connections. */
export class Upstreams {
  readonly #upstreams = new WeakMap<RunningVersion, Upstream>();
  readonly responseTimeoutMs: number;

  constructor(responseTimeoutMs: number) {
    this.responseTimeoutMs = responseTimeoutMs;
  }

  to(version: RunningVersion): Upstream {
    return this.#upstreams.get(version) ?? this.#open(version);
  }

  #open(version: RunningVersion): Upstream {
    const timeouts = { connectMs: CONNECT_TIMEOUT_MS, responseMs: this.responseTimeoutMs, keepAliveMs: KEEP_ALIVE_MS };
    const upstream = new Upstream(version.socketPath, timeouts);
    this.#upstreams.set(version, upstream);
    void version.exited.then(() => upstream.close());
    return upstream;
  }
}
