const WINDOW_MS = 60_000;
const MOST_FAILURES = 20;
/** A crowd of addresses larger than this is no crowd of people. */
const MOST_ADDRESSES = 10_000;

/**
 * How often a sign-in has failed from where. Tokens and codes are too long to be guessed; this keeps who tries all the same from
 * keeping the database busy.
 */
export class SignInTries {
  readonly #failures = new Map<string, { readonly since: number; count: number }>();

  /** Seconds to wait; 0 for whoever may try. */
  waitOf(address: string, now: number): number {
    const failures = this.#failures.get(address);
    const isFull = failures === undefined && this.#failures.size >= MOST_ADDRESSES && !this.#forget(now);
    if (isFull) return WINDOW_MS / 1000;
    if (failures === undefined || failures.count < MOST_FAILURES) return 0;
    return Math.max(0, Math.ceil((failures.since + WINDOW_MS - now) / 1000));
  }

  failed(address: string, now: number): void {
    const failures = this.#failures.get(address);
    if (failures === undefined || now >= failures.since + WINDOW_MS) this.#failures.set(address, { since: now, count: 1 });
    else failures.count += 1;
  }

  /** Whether that made room. */
  #forget(now: number): boolean {
    for (const [address, { since }] of this.#failures) if (now >= since + WINDOW_MS) this.#failures.delete(address);
    return this.#failures.size < MOST_ADDRESSES;
  }
}
