interface Entry<Value> {
  readonly key: string;
  readonly value: Value;
  readonly until: number;
  isTaken: boolean;
}

/** What waits to be taken by its key, the first first, each for the same time; no more of them than there is room for. */
export class Waiting<Value> {
  readonly #waitMs: number;
  readonly #most: number;
  readonly #byKey = new Map<string, Entry<Value>[]>();
  /** In the order they came, which is that in which they expire. */
  #queue: Entry<Value>[] = [];
  #first = 0;
  #size = 0;

  constructor(waitMs: number, most: number) {
    this.#waitMs = waitMs;
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  /** False where there is no room. */
  add(key: string, value: Value, now: number): boolean {
    if (this.#size >= this.#most) return false;
    const entry = { key, value, until: now + this.#waitMs, isTaken: false };
    const same = this.#byKey.get(key);
    if (same === undefined) this.#byKey.set(key, [entry]);
    else same.push(entry);
    this.#queue.push(entry);
    this.#size += 1;
    // What was taken is still in the queue, until its time would be over.
    if (this.#queue.length > 2 * this.#size + 1_000) this.#compact();
    return true;
  }

  take(key: string): Value | undefined {
    const entry = this.#byKey.get(key)?.[0];
    if (entry === undefined) return undefined;
    this.#remove(entry);
    return entry.value;
  }

  /** The nearest of that key, the first of those that are as near; none where all are `Infinity` far. */
  takeNearest(key: string, distanceTo: (value: Value) => number): Value | undefined {
    let nearest: Entry<Value> | undefined;
    let least = Infinity;
    for (const entry of this.#byKey.get(key) ?? []) {
      const distance = distanceTo(entry.value);
      if (distance < least) [nearest, least] = [entry, distance];
    }
    if (nearest === undefined) return undefined;
    this.#remove(nearest);
    return nearest.value;
  }

  /** Those whose time is over, which wait no longer. */
  *expired(now: number): Generator<readonly [key: string, value: Value]> {
    for (let entry = this.#queue[this.#first]; entry !== undefined && (entry.isTaken || entry.until <= now);) {
      this.#first += 1;
      if (!entry.isTaken) {
        this.#remove(entry);
        yield [entry.key, entry.value];
      }
      entry = this.#queue[this.#first];
    }
  }

  #compact(): void {
    this.#queue = this.#queue.slice(this.#first).filter(({ isTaken }) => !isTaken);
    this.#first = 0;
  }

  #remove(entry: Entry<Value>): void {
    entry.isTaken = true;
    this.#size -= 1;
    const same = this.#byKey.get(entry.key) ?? [];
    if (same.length <= 1) this.#byKey.delete(entry.key);
    else same.splice(same.indexOf(entry), 1);
  }
}
