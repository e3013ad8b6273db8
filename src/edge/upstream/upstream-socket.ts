import { Socket } from 'node:net';

/** All sockets read into it: what came is looked at, and copied as far as it is kept, before the next one reads. */
const SHARED = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * A socket that is still read when it can no longer be written. A Worker may answer without reading the request's body; the runtime
 * then closes, and what we write meanwhile fails while its answer waits to be read (workerd 2026-11, tried).
 */
export class UpstreamSocket extends Socket {
  #failure: Error | undefined;

  /** `onBytes` gets bytes that are others' once it returns. */
  constructor(onBytes: (bytes: Buffer) => void) {
    const callback = (length: number): boolean => {
      onBytes(SHARED.subarray(0, length));
      return true;
    };
    super({ onread: { buffer: SHARED, callback } });
  }

  override destroy(error?: Error): this {
    if (this.#failure !== undefined) return isBrokenPipe(error) ? this : super.destroy(error ?? this.#failure);
    if (!isBrokenPipe(error)) return super.destroy(error);
    this.#failure = error;
    // Whatever came before the other end closed is there by now: one look at all sockets reads it.
    setImmediate(() => setImmediate(() => super.destroy(error)));
    return this;
  }
}

const isBrokenPipe = (error: NodeJS.ErrnoException | undefined): error is NodeJS.ErrnoException => error?.code === 'EPIPE';
