import type { Writable } from 'node:stream';
import type { Log } from './log.ts';
import { Seldom } from './seldom.ts';
import { ReaderTooSlow } from './slow-readers.ts';

/** Something whose bytes wait in this process for somebody to take them: a visitor, or a Worker. */
export interface Holder {
  readonly waitingBytes: number;
  /** Lets go of them, and of what they belong to. */
  giveUp(): void;
}

interface Watched {
  bytes: number;
  /** When some of what waited was last seen to go. */
  movedAt: number;
}

const LOOK_EVERY_MS = 100;

/**
 * What waits in the edge's memory, of all connections together. Each has little: a read or two on its way to a Worker that does not take
 * them, a write that a visitor does not. Ten thousand of them have gigabytes; so where they have more than they may, those are ended that
 * have not moved for longest, until the rest has room. Between two looks no more comes than this process can read.
 */
export class WaitingBytes {
  readonly #most: number;
  readonly #log: Log;
  readonly #watched = new Map<Holder, Watched>();
  #timer: NodeJS.Timeout | undefined;
  readonly #told = new Seldom();

  constructor(most: number, log: Log) {
    this.#most = most;
    this.#log = log;
  }

  watch(holder: Holder): void {
    this.#watched.set(holder, { bytes: 0, movedAt: performance.now() });
    this.#timer ??= setInterval(() => this.#look(performance.now()), LOOK_EVERY_MS).unref();
  }

  forget(holder: Holder): void {
    this.#watched.delete(holder);
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** What is written to it and it does not take, until it is closed. */
  watchReader(reader: Writable): void {
    const holder: Holder = {
      get waitingBytes() {
        return reader.writableLength;
      },
      giveUp: () => reader.destroy(new ReaderTooSlow()),
    };
    this.watch(holder);
    reader.once('close', () => this.forget(holder));
  }

  #look(now: number): void {
    let sum = 0;
    for (const [holder, watched] of this.#watched) {
      const bytes = holder.waitingBytes;
      if (bytes === 0 || bytes < watched.bytes) watched.movedAt = now;
      watched.bytes = bytes;
      sum += bytes;
    }
    if (sum > this.#most) this.#makeRoom(sum, now);
  }

  #makeRoom(sum: number, now: number): void {
    const holding = [...this.#watched].filter(([, { bytes }]) => bytes > 0).toSorted(([, a], [, b]) => a.movedAt - b.movedAt);
    let left = sum;
    let ended = 0;
    for (const [holder, { bytes }] of holding) {
      if (left <= this.#most) break;
      left -= bytes;
      ended += 1;
      holder.giveUp();
    }
    if (!this.#told.isDue(now)) return;
    this.#log.warn(
      { bytes: sum, most: this.#most, ended },
      'What visitors and Workers do not take fills the memory that it may: what has not moved for longest is ended.',
    );
  }
}
