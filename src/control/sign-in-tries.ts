import { neighbourhood } from '../base/index.ts';

const WINDOW_MS = 60_000;
const MOST_FAILURES = 20;
const MOST_ADDRESSES = 10_000;

/**
 * How often a sign-in has failed from where. Tokens and codes are too long to be guessed; this tells who tries all the same to stop. A
 * proof that is right is never held back by it: behind a proxy everybody comes from one address.
 */
export class SignInTries {
  /** Who failed first stands first. */
  readonly #failures = new Map<string, { readonly since: number; count: number }>();

  /** Counts a try as one that fails, before that is known: many at once are not fewer. Answers how long to wait if it does, in seconds. */
  begin(address: string, now: number): number {
    const from = neighbourhood(address);
    const failures = this.#failures.get(from);
    if (failures !== undefined && now < failures.since + WINDOW_MS) {
      failures.count += 1;
      return failures.count > MOST_FAILURES ? Math.ceil((failures.since + WINDOW_MS - now) / 1000) : 0;
    }
    this.#failures.delete(from);
    const [oldest] = this.#failures.keys();
    if (oldest !== undefined && this.#failures.size >= MOST_ADDRESSES) this.#failures.delete(oldest);
    this.#failures.set(from, { since: now, count: 1 });
    return 0;
  }

  /** It was right after all. */
  succeeded(address: string): void {
    const failures = this.#failures.get(neighbourhood(address));
    if (failures !== undefined) failures.count -= 1;
  }
}
