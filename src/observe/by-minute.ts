/** How many minutes are told apart at the least: what has waited for a day is that day's. */
const COARSEST_MINUTES = 24 * 60;

interface OfMinute {
  readonly minute: number;
}

/**
 * Numbers that wait to be told, those of one minute and one kind added up. Where more kinds wait than have room, several minutes count as one:
 * when it was is then known less well, and nothing is lost.
 */
export class ByMinute<Item extends OfMinute> {
  readonly #most: number;
  readonly #kindOf: (item: Item) => string;
  readonly #sumOf: (one: Item, other: Item) => Item;
  #waiting = new Map<string, Item>();
  #minutesAsOne = 1;

  constructor(most: number, kindOf: (item: Item) => string, sumOf: (one: Item, other: Item) => Item) {
    this.#most = most;
    this.#kindOf = kindOf;
    this.#sumOf = sumOf;
  }

  get size(): number {
    return this.#waiting.size;
  }

  add(items: Iterable<Item>): void {
    for (const item of items) this.#add(item);
    while (this.#waiting.size > this.#most && this.#minutesAsOne < COARSEST_MINUTES) this.#coarsen();
  }

  /** The oldest, no more than so many; they wait no longer. */
  take(most: number): readonly Item[] {
    const taken: Item[] = [];
    for (const [key, item] of this.#waiting) {
      if (taken.length === most) return taken;
      taken.push(item);
      this.#waiting.delete(key);
    }
    this.#minutesAsOne = 1;
    return taken;
  }

  #add(item: Item): void {
    const minute = item.minute - (item.minute % this.#minutesAsOne);
    const key = `${minute} ${this.#kindOf(item)}`;
    const before = this.#waiting.get(key);
    const placed = minute === item.minute ? item : { ...item, minute };
    this.#waiting.set(key, before === undefined ? placed : this.#sumOf(before, placed));
  }

  #coarsen(): void {
    const finer = this.#waiting;
    this.#waiting = new Map();
    this.#minutesAsOne *= 2;
    for (const item of finer.values()) this.#add(item);
  }
}
