/** Events that one client is sent at once and in a second; Cloudflare bounds tails too, and does not say where. */
export const MOST_AT_ONCE = 500;
export const MOST_A_SECOND = 250;
/** Bytes that a client may have unread. */
export const MOST_UNREAD_BYTES = 1024 * 1024;
/** Nothing was left out for so long: the rush is over. */
const QUIET_MS = 5_000;

/**
 * How much of a busy Worker's log one client is sent. Beyond its pace, or where it reads too slowly, events are left out: a client
 * can never make the server keep them.
 */
export class Pace {
  #tokens = MOST_AT_ONCE;
  #countedAt = 0;
  #leftOut = 0;
  #lastLeftOutAt: number | undefined;

  /** Whether the next event goes out, and whether it is the first that does not. */
  next(now: number, unreadBytes: number): 'sent' | 'left-out' | 'first-left-out' {
    const passed = Math.max(0, now - this.#countedAt);
    this.#tokens = Math.min(MOST_AT_ONCE, this.#tokens + (passed / 1000) * MOST_A_SECOND);
    this.#countedAt = now;
    if (this.#tokens >= 1 && unreadBytes < MOST_UNREAD_BYTES) {
      this.#tokens -= 1;
      return 'sent';
    }
    const isFirst = this.#lastLeftOutAt === undefined;
    this.#lastLeftOutAt = now;
    this.#leftOut += 1;
    return isFirst ? 'first-left-out' : 'left-out';
  }

  /** How many events were left out, once that is over; said once for each time. */
  over(now: number): number | undefined {
    if (this.#lastLeftOutAt === undefined || now - this.#lastLeftOutAt < QUIET_MS) return undefined;
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    this.#lastLeftOutAt = undefined;
    return leftOut;
  }
}
