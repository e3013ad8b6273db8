import { createHash } from 'node:crypto';

/** How many calls in how many seconds. */
export interface Rule {
  readonly limit: number;
  readonly period: number;
}

interface Window {
  readonly endsAt: number;
  count: number;
}

/** Of each period. */
const MOST_WINDOWS = 200_000;

/**
 * Counts calls by namespace and key. A window opens with a key's first call and lasts the caller's period; a call beyond the limit is
 * not counted. Nothing is stored: who asks after a new start starts anew, as at another location of Cloudflare's.
 */
export class Counters {
  /** All windows of one map last equally long, so that those opened first, which stand first, end first. */
  readonly #windows = new Map<number, Map<string, Window>>();
  readonly #now: () => number;
  readonly #most: number;

  /** `now` in milliseconds, never going back. */
  constructor(now: () => number = () => performance.now(), most: number = MOST_WINDOWS) {
    this.#now = now;
    this.#most = most;
  }

  /** Whether the call is within the limit; then it counts. */
  take(namespace: string, key: string, { limit, period }: Rule): boolean {
    const window = this.#window(idOf(namespace, key), period);
    if (window.count >= limit) return false;
    window.count += 1;
    return true;
  }

  /** How many windows it holds. */
  get size(): number {
    return [...this.#windows.values()].reduce((sum, { size }) => sum + size, 0);
  }

  #window(id: string, period: number): Window {
    const windows = this.#windows.get(period) ?? new Map<string, Window>();
    this.#windows.set(period, windows);
    const now = this.#now();
    for (const [ended, { endsAt }] of windows) {
      if (endsAt > now) break;
      windows.delete(ended);
    }
    const open = windows.get(id);
    if (open !== undefined) return open;
    const [endsNext] = windows.keys();
    // That key starts anew: rather too lenient than out of memory.
    if (endsNext !== undefined && windows.size >= this.#most) windows.delete(endsNext);
    const window = { endsAt: now + period * 1000, count: 0 };
    windows.set(id, window);
    return window;
  }
}

/** As long for a long key as for a short one. */
const idOf = (namespace: string, key: string): string => createHash('sha256').update(`${namespace} ${key}`).digest('base64');
