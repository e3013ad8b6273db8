const EVERY_MS = 60_000;

/** How often the log says one thing: who floods the edge must not flood its log. */
export class Seldom {
  #saidAt = -Infinity;

  /** Whether it is to be said now; then it counts as said. `now`: milliseconds of any steady clock. */
  isDue(now = performance.now()): boolean {
    if (now - this.#saidAt < EVERY_MS) return false;
    this.#saidAt = now;
    return true;
  }
}
