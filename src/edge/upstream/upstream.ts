import { Call, type Asking } from './call.ts';
import { Connection, type ConnectionTimeouts, type Keeper } from './connection.ts';
import type { UpstreamRequest } from './request-text.ts';

const SWEEP_MS = 1_000;

/**
 * The connections to one process of a version: one for each request under way, kept for the next. Nothing is queued, and no
 * timer is set for a request: all are looked over now and then.
 */
export class Upstream implements Keeper {
  readonly #socketPath: string;
  readonly #timeouts: ConnectionTimeouts;
  readonly #connections = new Set<Connection>();
  /** The one used last is used next, so that those of a rush go idle and end. */
  readonly #idle: Connection[] = [];
  #sweeping: NodeJS.Timeout | undefined;

  constructor(socketPath: string, timeouts: ConnectionTimeouts) {
    this.#socketPath = socketPath;
    this.#timeouts = timeouts;
  }

  /** Throws where the request cannot be written down; whatever else goes wrong is told. */
  send(request: UpstreamRequest, asking: Asking): Call {
    const call = new Call(request, asking);
    (this.#idle.pop() ?? this.#open()).take(call);
    return call;
  }

  /** The process is gone. */
  close(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  onIdle(connection: Connection): void {
    this.#idle.push(connection);
  }

  onGone(connection: Connection): void {
    this.#connections.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at !== -1) this.#idle.splice(at, 1);
    if (this.#connections.size > 0) return;
    clearInterval(this.#sweeping);
    this.#sweeping = undefined;
  }

  #open(): Connection {
    const connection = new Connection(this.#socketPath, this);
    this.#connections.add(connection);
    const { connectMs, responseMs, keepAliveMs } = this.#timeouts;
    this.#sweeping ??= setInterval(() => this.#sweep(), Math.min(SWEEP_MS, connectMs / 4, responseMs / 4, keepAliveMs / 4)).unref();
    return connection;
  }

  #sweep(): void {
    const now = performance.now();
    for (const connection of this.#connections) connection.sweep(now, this.#timeouts);
  }
}
