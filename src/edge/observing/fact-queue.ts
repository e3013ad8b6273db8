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

/** Room that Workers share: none takes more than it leaves, so that one alone has half of it and whoever comes beside it finds some. */
class Room {
  readonly #most: number;
  readonly #ofScript = new Map<string, number>();
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  hasFor(script: string): boolean {
    return (this.#ofScript.get(script) ?? 0) < this.#most - this.#taken;
  }

  take(script: string): void {
    this.#taken += 1;
    this.#ofScript.set(script, (this.#ofScript.get(script) ?? 0) + 1);
  }

  leave(script: string): void {
    this.#taken -= 1;
    const left = (this.#ofScript.get(script) ?? 0) - 1;
    if (left > 0) this.#ofScript.set(script, left);
    else this.#ofScript.delete(script);
  }

  clear(): void {
    this.#taken = 0;
    this.#ofScript.clear();
  }
}

/** Facts on their way to the observe process. Where there is no room the newest are dropped, and counted. */
export class FactQueue {
  readonly #room: Room;
  readonly #roomOfFailures = new Room(MOST_FAILURES_A_SECOND);
  #waiting: WaitingFact[] = [];
  #dropped = 0;
  #toldDropped = 0;
  #failuresSince = 0;

  constructor(most = MOST_WAITING) {
    this.#room = new Room(most);
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** Whether there is room for one more of this Worker. Where there is not, it counts as dropped. */
  admits(script: string, isTraced: boolean, now: number): boolean {
    if (this.#room.hasFor(script) && (isTraced || this.#admitsFailure(script, now))) return true;
    this.#dropped += 1;
    return false;
  }

  add(waiting: WaitingFact): void {
    this.#waiting.push(waiting);
    this.#room.take(waiting.fact.script);
  }

  /** The oldest, no more than so many. */
  take(most: number): readonly WaitingFact[] {
    const taken = this.#waiting.splice(0, most);
    if (this.#waiting.length === 0) this.#room.clear();
    else for (const { fact } of taken) this.#room.leave(fact.script);
    return taken;
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

  #admitsFailure(script: string, now: number): boolean {
    if (Math.abs(now - this.#failuresSince) >= 1_000) {
      this.#failuresSince = now;
      this.#roomOfFailures.clear();
    }
    if (!this.#roomOfFailures.hasFor(script)) return false;
    this.#roomOfFailures.take(script);
    return true;
  }
}
