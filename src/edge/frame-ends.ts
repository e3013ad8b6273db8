import { frameHeadLength, framePayloadLength, MOST_FRAME_HEAD } from '../base/index.ts';

const CLOSE = 0x8;

/** Follows the frames of one direction of a WebSocket, so that one of ours can be put between two of them, never within one. */
export class FrameEnds {
  readonly #head = Buffer.alloc(MOST_FRAME_HEAD);
  #headBytes = 0;
  /** Bytes of the frame's payload that are still to come. */
  #left = 0;
  #hasClosed = false;

  /** Whether the next byte would begin a frame, and none was the last one. */
  get areBetween(): boolean {
    return this.#left === 0 && this.#headBytes === 0 && !this.#hasClosed;
  }

  /** Whether a close frame was among them. */
  get hasClosed(): boolean {
    return this.#hasClosed;
  }

  take(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const passed = Math.min(this.#left, chunk.length - at);
        this.#left -= passed;
        at += passed;
      } else {
        this.#head[this.#headBytes] = chunk[at] ?? 0;
        this.#headBytes += 1;
        at += 1;
        if (this.#headBytes === frameHeadLength(this.#head, this.#headBytes)) this.#begin();
      }
    }
  }

  #begin(): void {
    this.#left = framePayloadLength(this.#head);
    this.#hasClosed ||= (this.#head[0] ?? 0) % 16 === CLOSE;
    this.#headBytes = 0;
  }
}

/** A close frame from a server: "going away" (RFC 6455 7.4.1), to which clients answer by connecting anew. */
export const GOING_AWAY = Buffer.from([0x80 | CLOSE, 2, 1001 >> 8, 1001 & 0xff]);
