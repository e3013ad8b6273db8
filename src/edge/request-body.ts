import { Readable } from 'node:stream';
import type { VisitorRequest } from './visitor.ts';

/** The visitor sent more than the limit. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** The Worker did not take it for too long, and its place was needed. */
export class BodyNotTaken extends Error {
  override readonly name = 'BodyNotTaken';
}

/** The visitor left, or broke off, before the whole request had come. */
export class VisitorLeft extends Error {
  override readonly name = 'VisitorLeft';
}

/**
 * A visitor's request body on its way to a Worker: counted, with back-pressure, and touched only once somebody reads.
 * Until then nothing is lost, so a request whose connection failed can be sent again.
 */
export class RequestBody extends Readable {
  readonly #request: VisitorRequest;
  readonly #onFirstRead: (() => void) | undefined;
  #left: number;
  #isFlowing = false;

  constructor(request: VisitorRequest, maxBytes: number, onFirstRead?: () => void) {
    // What came before the Worker's side was seen to take no more, and nothing beyond.
    super({ highWaterMark: 1 });
    this.#request = request;
    this.#left = maxBytes;
    this.#onFirstRead = onFirstRead;
  }

  /** Read from the visitor, and not taken by the Worker's side. */
  get waitingBytes(): number {
    const { readableLength } = this.#request;
    return this.readableLength + readableLength + ('stream' in this.#request ? this.#request.stream.readableLength : 0);
  }

  override _read(): void {
    if (this.#isFlowing) return void this.#request.resume();
    this.#isFlowing = true;
    this.#onFirstRead?.();
    this.#request.on('data', this.#take).on('end', this.#end).on('error', this.#leave).on('close', this.#leave);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.#isFlowing) {
      this.#request.off('data', this.#take).off('end', this.#end).off('close', this.#leave);
      // The listener for errors stays: a visitor's late reset is nobody's uncaught exception.
      this.#request.resume();
    }
    done(error);
  }

  readonly #take = (chunk: Buffer): void => {
    this.#left -= chunk.byteLength;
    if (this.#left < 0) this.destroy(new BodyTooLarge());
    else if (!this.push(chunk)) this.#request.pause();
  };

  readonly #end = (): void => void this.push(null);

  readonly #leave = (): void => {
    if (!this.#request.readableEnded) this.destroy(new VisitorLeft());
  };
}
