const EVERY_MS = 60_000;

/**
 * What the machine or another half of the product refuses fails every request alike: the log has it once a minute, and not once for each
 * call of each page that is open.
 */
export class ToldFaults {
  readonly #toldAt = new Map<string, number>();

  /** Whether the log is to have it now; then it counts as told. `now`: milliseconds of any steady clock. */
  isDue(fault: string, now = performance.now()): boolean {
    for (const [each, at] of this.#toldAt) if (now - at >= EVERY_MS) this.#toldAt.delete(each);
    if (this.#toldAt.has(fault)) return false;
    this.#toldAt.set(fault, now);
    return true;
  }
}
