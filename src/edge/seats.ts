import { neighbourhood } from '../base/index.ts';
import type { Log } from './log.ts';
import { Seldom } from './seldom.ts';

export interface SeatLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
}

/**
 * How many may be here at once: all together, and of one address. A connection takes a seat, and so does each stream of
 * HTTP/2 on it, since a stream costs a version what a connection does. Exempt addresses count towards the whole alone.
 */
export class Seats {
  readonly #limits: SeatLimits;
  readonly #isExempt: (address: string) => boolean;
  readonly #log: Log;
  readonly #taken = new Map<string, number>();
  #sum = 0;
  readonly #told = new Seldom();

  constructor(limits: SeatLimits, isExempt: (address: string) => boolean, log: Log) {
    this.#limits = limits;
    this.#isExempt = isExempt;
    this.#log = log;
  }

  get taken(): number {
    return this.#sum;
  }

  /** Gives the seat back when called, once; undefined where there is none left. */
  take(address: string): (() => void) | undefined {
    const { maxConnections, maxConnectionsPerAddress } = this.#limits;
    const who = neighbourhood(address);
    const taken = this.#taken.get(who) ?? 0;
    if (this.#sum >= maxConnections) return this.#refuse({ maxConnections }, 'The edge is full: visitors are turned away.');
    if (taken >= maxConnectionsPerAddress && !this.#isExempt(address)) {
      const facts = { address: who, maxConnectionsPerAddress };
      return this.#refuse(facts, 'An address has all the connections it may have. If it is a proxy, name it with --trusted-proxy.');
    }
    this.#taken.set(who, taken + 1);
    this.#sum += 1;
    let isTaken = true;
    return () => {
      if (isTaken) this.#leave(who);
      isTaken = false;
    };
  }

  #leave(who: string): void {
    const left = (this.#taken.get(who) ?? 1) - 1;
    if (left === 0) this.#taken.delete(who);
    else this.#taken.set(who, left);
    this.#sum -= 1;
  }

  #refuse(facts: object, sentence: string): undefined {
    if (this.#told.isDue()) this.#log.warn(facts, sentence);
  }
}
