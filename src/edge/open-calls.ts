import type { EventEmitter } from 'node:events';
import type { Log } from './log.ts';
import { Seldom } from './seldom.ts';

/**
 * What each of the edge's own processes has open at one of its sockets. All share the edge's memory and its open files: one that
 * calls without end must not take them from the others.
 */
export class OpenCalls {
  readonly most: number;
  readonly #log: Log;
  readonly #open = new Map<string, number>();
  readonly #told = new Seldom();

  constructor(most: number, log: Log) {
    this.most = most;
    this.#log = log;
  }

  /** Counts one more of this caller until it is closed; false where it has as many as it may have. */
  take(caller: string, open: EventEmitter): boolean {
    const count = this.#open.get(caller) ?? 0;
    if (count >= this.most) return this.#refuse(caller);
    this.#open.set(caller, count + 1);
    open.once('close', () => this.#leave(caller));
    return true;
  }

  #leave(caller: string): void {
    const left = (this.#open.get(caller) ?? 1) - 1;
    if (left === 0) this.#open.delete(caller);
    else this.#open.set(caller, left);
  }

  #refuse(caller: string): false {
    if (this.#told.isDue()) {
      this.#log.warn({ caller, most: this.most }, 'A Worker has as many calls open as --calls-per-worker lets it: it is refused more.');
    }
    return false;
  }
}
