import { UpstreamFailure } from './failure.ts';
import type { Call } from './call.ts';
import { UpstreamSocket } from './upstream-socket.ts';

export interface ConnectionTimeouts {
  readonly connectMs: number;
  /** Without a byte either way, from the request to the head of its answer. */
  readonly responseMs: number;
  readonly keepAliveMs: number;
}

/** Who keeps a connection hears when it may carry another call, and when it is gone. */
export interface Keeper {
  onIdle(connection: Connection): void;
  onGone(connection: Connection): void;
}

/** One connection to a version's process, which carries one call after another. */
export class Connection {
  readonly #socket = new UpstreamSocket((bytes) => this.#received(bytes));
  readonly #keeper: Keeper;
  #call: Call | undefined;
  #isConnected = false;
  #error: Error | undefined;
  /** When it last carried something, by `performance.now()`. */
  #movedAt = performance.now();
  #sentBytes = 0;

  constructor(socketPath: string, keeper: Keeper) {
    this.#keeper = keeper;
    this.#socket
      .connect({ path: socketPath })
      .once('connect', () => this.#connected())
      // The other end takes no more calls; what it still has to say comes before this.
      .once('end', () => keeper.onGone(this))
      .on('error', (error) => (this.#error = error))
      .once('close', () => this.#closed());
  }

  take(call: Call): void {
    this.#moved();
    this.#call = call;
    if (this.#isConnected) call.begin(this.#socket);
  }

  /** Ends what waits too long. `now` is `performance.now()`. */
  sweep(now: number, { connectMs, responseMs, keepAliveMs }: ConnectionTimeouts): void {
    // A slow upload is no silence.
    if (this.#socket.bytesWritten !== this.#sentBytes) this.#moved();
    this.#sentBytes = this.#socket.bytesWritten;
    const quietMs = now - this.#movedAt;
    if (this.#call === undefined) {
      if (quietMs > keepAliveMs) this.#socket.destroy();
    } else if (!this.#isConnected) {
      if (quietMs > connectMs) this.#socket.destroy(new Error('The runtime took no connection in time.'));
    } else if (this.#call.isUnanswered && quietMs > responseMs) {
      this.#call.fail(new UpstreamFailure('silent', 'The Worker did not begin an answer in time.'));
    }
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #moved(): void {
    this.#movedAt = performance.now();
  }

  #connected(): void {
    this.#isConnected = true;
    this.#moved();
    this.#call?.begin(this.#socket);
  }

  #received(bytes: Buffer): void {
    const call = this.#call;
    this.#moved();
    // Nobody asked for it.
    if (call === undefined) return void this.#socket.destroy();
    try {
      call.read(bytes);
    } catch (error) {
      return void this.#socket.destroy(error as Error); // The reader throws errors alone.
    }
    if (!call.isDone) return;
    if (!call.leavesConnection) return void this.#socket.destroy();
    this.#call = undefined;
    this.#socket.resume();
    this.#keeper.onIdle(this);
  }

  #closed(): void {
    this.#keeper.onGone(this);
    this.#call?.connectionEnded(this.#error);
  }
}
