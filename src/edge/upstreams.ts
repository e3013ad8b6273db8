import { Pool } from 'undici';
import type { RunningVersion } from './version-pool.ts';

/** workerd closes a connection that was idle for 15 s (2026-11, tried): ours must be the side that closes first. */
const KEEP_ALIVE_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
const MOST_RESPONSE_HEADER_BYTES = 128 * 1024;

/** The connections to each running version's socket. A restarted version is another one, with new connections. */
export class Upstreams {
  readonly #pools = new WeakMap<RunningVersion, Pool>();
  readonly responseTimeoutMs: number;

  constructor(responseTimeoutMs: number) {
    this.responseTimeoutMs = responseTimeoutMs;
  }

  to(version: RunningVersion): Pool {
    return this.#pools.get(version) ?? this.#open(version);
  }

  #open(version: RunningVersion): Pool {
    const pool = new Pool('http://worker', {
      connect: { socketPath: version.socketPath, timeout: CONNECT_TIMEOUT_MS },
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      headersTimeout: this.responseTimeoutMs,
      // Server-sent events may be silent for hours.
      bodyTimeout: 0,
      maxHeaderSize: MOST_RESPONSE_HEADER_BYTES,
    });
    this.#pools.set(version, pool);
    void version.exited.then(() => pool.destroy());
    return pool;
  }
}
