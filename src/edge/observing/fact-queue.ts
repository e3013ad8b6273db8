import type { Fact } from '../../observe/index.ts';
import type { RunningVersion } from '../version-pool.ts';

/** A fact is about half a kilobyte: so many are some seconds of a busy edge, while the observe process does not take them. */
const MOST_WAITING = 10_000;
/** Of failures in versions that are not traced: enough to see what is wrong, and no flood. */
const MOST_FAILURES_A_SECOND = 200;

export interface WaitingFact {
  readonly fact: Omit<Fact, 'cpuMs'>;
  /** Whose processor time it is to share. */
  readonly process: RunningVersion | undefined;
}

/** Facts on their way to the observe process. Where there is no room the newest are dropped, and counted. */
export class FactQueue {
  readonly #most: number;
  #waiting: WaitingFact[] = [];
  #dropped = 0;
  #toldDropped = 0;
  #failures = 0;
  #failuresSince = 0;

  constructor(most = MOST_WAITING) {
    this.#most = most;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** Whether there is room for one more. Where there is not, it counts as dropped. */
  admits(isTraced: boolean, now: number): boolean {
    if (this.#waiting.length < this.#most && (isTraced || this.#admitsFailure(now))) return true;
    this.#dropped += 1;
    return false;
  }

  add(waiting: WaitingFact): void {
    this.#waiting.push(waiting);
  }

  /** The oldest, no more than so many. */
  take(most: number): readonly WaitingFact[] {
    return this.#waiting.splice(0, most);
  }

  /** How many ever found no room. */
  get dropped(): number {
    return this.#dropped;
  }

  /** How many found no room since this was last asked. */
  takeDropped(): number {
    const dropped = this.#dropped - this.#toldDropped;
    this.#toldDropped = this.#dropped;
    return dropped;
  }

  #admitsFailure(now: number): boolean {
    if (Math.abs(now - this.#failuresSince) >= 1_000) {
      this.#failuresSince = now;
      this.#failures = 0;
    }
    this.#failures += 1;
    return this.#failures <= MOST_FAILURES_A_SECOND;
  }
}
