export interface Window {
  readonly endsAt: number;
  count: number;
}

type Entry = readonly [id: string, window: Window];

/** Windows that last equally long, so many at most. Those opened first end first, and stand first. */
export class Windows {
  readonly #lastMs: number;
  readonly #most: number;
  readonly #open = new Map<string, Window>();
  /** Kept between calls: a Map's new iterator passes everything that was deleted before it finds what stands first. */
  #inOrder: Iterator<Entry, undefined> = this.#open.entries();
  #first: Entry | undefined;

  constructor(lastMs: number, most: number) {
    this.#lastMs = lastMs;
    this.#most = most;
  }

  get size(): number {
    return this.#open.size;
  }

  /** The window of this id, opened now if it has none. Where there are too many the one that ends next goes, and its id starts anew. */
  at(id: string, now: number): Window {
    for (let first = this.#peek(); first !== undefined && first[1].endsAt <= now; first = this.#peek()) this.#drop(first);
    const found = this.#open.get(id);
    if (found !== undefined) return found;
    const first = this.#peek();
    if (first !== undefined && this.#open.size >= this.#most) this.#drop(first);
    const window = { endsAt: now + this.#lastMs, count: 0 };
    this.#open.set(id, window);
    return window;
  }

  #peek(): Entry | undefined {
    if (this.#first !== undefined || this.#open.size === 0) return this.#first;
    const next = this.#inOrder.next();
    if (next.done !== true) return (this.#first = next.value);
    // It had come to its end before these were opened.
    this.#inOrder = this.#open.entries();
    return (this.#first = this.#inOrder.next().value);
  }

  #drop([id]: Entry): void {
    this.#open.delete(id);
    this.#first = undefined;
  }
}
