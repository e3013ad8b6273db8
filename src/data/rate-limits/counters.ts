import { createHash } from 'node:crypto';
import { Windows } from './windows.ts';

/** How many calls in how many seconds. Each period has its own memory: there are these two. */
export interface Rule {
  readonly limit: number;
  readonly period: 10 | 60;
}

/** Of each period: 39 MB. */
const MOST_WINDOWS = 200_000;

/**
 * Counts calls by namespace and key. A window opens with a key's first call and lasts the caller's period; a call beyond the limit is
 * not counted. Nothing is stored: who asks after a new start starts anew, as at another location of Cloudflare's.
 */
export class Counters {
  readonly #periods = new Map<number, Windows>();
  readonly #now: () => number;
  readonly #most: number;

  /** `now` in milliseconds, never going back. */
  constructor(now: () => number = () => performance.now(), most: number = MOST_WINDOWS) {
    this.#now = now;
    this.#most = most;
  }

  /** Whether the call is within the limit; then it counts. */
  take(namespace: string, key: string, { limit, period }: Rule): boolean {
    const windows = this.#periods.get(period) ?? new Windows(period * 1000, this.#most);
    this.#periods.set(period, windows);
    const window = windows.at(idOf(namespace, key), this.#now());
    if (window.count >= limit) return false;
    window.count += 1;
    return true;
  }

  /** How many windows it holds. */
  get size(): number {
    return [...this.#periods.values()].reduce((sum, { size }) => sum + size, 0);
  }
}

/** As long for a long key as for a short one. */
const idOf = (namespace: string, key: string): string => createHash('sha256').update(`${namespace} ${key}`).digest('base64');
