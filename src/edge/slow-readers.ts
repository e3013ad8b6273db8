import type { Writable } from 'node:stream';

interface Watched {
  waiting: number;
  hasDrained: boolean;
  /** When some of what waited for this reader was last seen to go out. */
  movedAt: number;
}

/** The visitor took too little of its answer for too long. */
export class ReaderTooSlow extends Error {
  override readonly name = 'ReaderTooSlow';
}

const LOOKS = 12;

/**
 * Ends connections and HTTP/2 streams whose visitors do not take what is sent to them. Nothing of ours piles up for them,
 * since versions are read at their pace; but they hold a seat, a connection to the version and its work. A reader counts
 * as moving when the buffer towards it, 64 KiB and less, got emptier since the last look. So who takes about 1 KB/s in a
 * minute stays, and an answer with nothing to send (server-sent events, a WebSocket) may be silent for ever.
 */
export class SlowReaders {
  readonly #timeoutMs: number;
  readonly #watched = new Map<Writable, Watched>();
  readonly #timer: NodeJS.Timeout;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.#timer = setInterval(() => this.#look(performance.now()), timeoutMs / LOOKS).unref();
  }

  watch(reader: Writable): void {
    const watched: Watched = { waiting: 0, hasDrained: false, movedAt: performance.now() };
    this.#watched.set(reader, watched);
    reader.on('drain', () => (watched.hasDrained = true));
    reader.once('close', () => this.#watched.delete(reader));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(now: number): void {
    for (const [reader, watched] of this.#watched) {
      const waiting = reader.writableLength;
      if (waiting === 0 || waiting < watched.waiting || watched.hasDrained) watched.movedAt = now;
      watched.waiting = waiting;
      watched.hasDrained = false;
      if (now - watched.movedAt >= this.#timeoutMs) reader.destroy(new ReaderTooSlow());
    }
  }
}
