const CLOSE = 0x8;
/** Opcode and length; the length's second form; its third; the mask (RFC 6455 5.2). */
const MOST_HEAD = 2 + 8 + 4;

/** Follows the frames of one direction of a WebSocket, so that one of ours can be put between two of them, never within one. */
export class FrameEnds {
  readonly #head = Buffer.alloc(MOST_HEAD);
  #headBytes = 0;
  /** Bytes of the frame's payload that are still to come. */
  #left = 0;
  #hasClosed = false;

  /** Whether the next byte would begin a frame, and none was the last one. */
  get areBetween(): boolean {
    return this.#left === 0 && this.#headBytes === 0 && !this.#hasClosed;
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
        if (this.#headBytes === headLength(this.#head, this.#headBytes)) this.#begin();
      }
    }
  }

  #begin(): void {
    this.#left = payloadLength(this.#head);
    this.#hasClosed ||= (this.#head[0] ?? 0) % 16 === CLOSE;
    this.#headBytes = 0;
  }
}

const lengthMark = (head: Buffer): number => (head[1] ?? 0) % 128;

/** Undefined before the second byte, which says it. */
const headLength = (head: Buffer, known: number): number | undefined => {
  if (known < 2) return undefined;
  const mark = lengthMark(head);
  const extended = mark === 127 ? 8 : mark === 126 ? 2 : 0;
  return 2 + extended + ((head[1] ?? 0) >= 128 ? 4 : 0);
};

const payloadLength = (head: Buffer): number => {
  const mark = lengthMark(head);
  if (mark === 127) return Number(head.readBigUInt64BE(2));
  return mark === 126 ? head.readUInt16BE(2) : mark;
};

/** A close frame from a server: "going away" (RFC 6455 7.4.1), to which clients answer by connecting anew. */
export const GOING_AWAY = Buffer.from([0x80 | CLOSE, 2, 1001 >> 8, 1001 & 0xff]);
