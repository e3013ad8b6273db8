import { frameHeadLength, framePayloadLength, isFrameMasked, MOST_FRAME_HEAD } from '../../base/index.ts';

const MASK_BIT = 0x80;
/** Masking with it changes no byte. */
const ZERO_KEY = Buffer.alloc(4);

/**
 * Masks the frames of a client that came without a mask. RFC 6455 5.1 forbids those, but `wrangler tail` sends its first one so
 * (`tail.send(…, { mask: false })` in its createTail.ts), and masks the later ones. What is masked passes as it is.
 */
export class MaskMender {
  readonly #head = Buffer.alloc(MOST_FRAME_HEAD);
  #headBytes = 0;
  /** Bytes of the frame's payload that are still to come. */
  #left = 0;

  /** Everything that can be said by now; of a head that is cut what is known of it is kept. */
  mend(chunk: Buffer): Buffer {
    const mended: Buffer[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const passed = Math.min(this.#left, chunk.length - at);
        mended.push(chunk.subarray(at, at + passed));
        this.#left -= passed;
        at += passed;
      } else {
        this.#head[this.#headBytes] = chunk[at] ?? 0;
        this.#headBytes += 1;
        at += 1;
        if (this.#headBytes === frameHeadLength(this.#head, this.#headBytes)) mended.push(this.#begin());
      }
    }
    return Buffer.concat(mended);
  }

  #begin(): Buffer {
    const head = Buffer.from(this.#head.subarray(0, this.#headBytes));
    this.#headBytes = 0;
    this.#left = framePayloadLength(head);
    if (isFrameMasked(head)) return head;
    head[1] = (head[1] ?? 0) | MASK_BIT;
    return Buffer.concat([head, ZERO_KEY]);
  }
}
