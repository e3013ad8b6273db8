import type { Readable } from 'node:stream';

/** What a reader may have left unread; a page that is alive reads at once. */
const MOST_UNREAD_BYTES = 64 * 1024;
/** How long a browser waits before it comes back. */
const RETRY_MS = 1_000;

/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) to one reader. */
export class EventStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #cut = new AbortController();
  readonly #onGone: () => void;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(onGone: () => void) {
    this.#onGone = onGone;
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => this.#gone(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: MOST_UNREAD_BYTES }),
    );
    this.#write(`retry: ${RETRY_MS}\n\n`);
  }

  /** Aborted when the connection is to be cut. */
  get cut(): AbortSignal {
    return this.#cut.signal;
  }

  send(event: string, data: unknown): void {
    this.#write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Nothing happened, and nothing is broken. */
  beat(): void {
    this.#write(': still here\n\n');
  }

  end(): void {
    this.#controller?.close();
    this.#gone();
  }

  #write(text: string): void {
    this.#controller?.enqueue(new TextEncoder().encode(text));
    if ((this.#controller?.desiredSize ?? 1) > 0) return;
    // It does not read: what it has not read would be kept for it without end.
    this.end();
    this.#cut.abort();
  }

  #gone(): void {
    if (this.#controller === undefined) return;
    this.#controller = undefined;
    this.#onGone();
  }
}

/**
 * What another half streams, to one reader. It ends where that does, however that came about (the reader left or was signed out, the half
 * was stopped): none of it is a fault of the answer, and who still wants it asks again.
 */
export const untilItEnds = (body: Readable): ReadableStream<Uint8Array> => ReadableStream.from(readUntilItEnds(body));

async function* readUntilItEnds(body: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch {
    // As a reader sees it, the end.
  }
}
