/** A response as it was put, ready to be answered. */
export interface KeptResponse {
  readonly status: number;
  readonly statusText: string;
  /** Names and values in turn, without those that are said anew with each answer. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** Milliseconds since 1970. */
  readonly storedAt: number;
  readonly expiresAt: number;
  /** How old it was when it was stored. */
  readonly ageSeconds: number;
}

interface Shelf {
  bytes: number;
  /** The one that was longest not asked for stands first. */
  readonly entries: Map<string, { readonly response: KeptResponse; readonly bytes: number }>;
}

/** About what an entry costs beside its texts and bytes: its objects, and its places in maps. */
const ENTRY_BYTES = 1024;

/**
 * What Workers keep by the Cache API, in memory and within a bound. Each Worker has its own; its versions share it. Where there is no room
 * the Worker that has the most loses what it asked for least recently, so that none takes the cache from the others.
 */
export class KeptResponses {
  readonly #most: number;
  readonly #now: () => number;
  readonly #shelves = new Map<string, Shelf>();
  #bytes = 0;
  #arriving = 0;

  constructor(mostBytes: number, now: () => number = Date.now) {
    this.#most = mostBytes;
    this.#now = now;
  }

  /** Of one response: more would be most of the cache. */
  get mostOfOne(): number {
    return Math.floor(this.#most / 4);
  }

  /** Of all that is kept; what is on its way counts apart, and has half of that bound. */
  get bytes(): number {
    return this.#bytes;
  }

  get(worker: string, key: string): KeptResponse | undefined {
    const shelf = this.#shelves.get(worker);
    const entry = shelf?.entries.get(key);
    if (shelf === undefined || entry === undefined) return undefined;
    if (entry.response.expiresAt <= this.#now()) {
      this.#take(worker, shelf, key);
      return undefined;
    }
    shelf.entries.delete(key);
    shelf.entries.set(key, entry);
    return entry.response;
  }

  put(worker: string, key: string, response: KeptResponse): void {
    this.delete(worker, key);
    const bytes = ENTRY_BYTES + key.length + response.body.buffer.byteLength + response.headers.reduce((sum, text) => sum + text.length, 0);
    if (bytes > this.mostOfOne + ENTRY_BYTES) return;
    const shelf = this.#shelves.get(worker) ?? { bytes: 0, entries: new Map() };
    this.#shelves.set(worker, shelf);
    shelf.entries.set(key, { response, bytes });
    shelf.bytes += bytes;
    this.#bytes += bytes;
    while (this.#bytes > this.#most) this.#makeRoom();
  }

  /** Whether there was one that could still have been had. */
  delete(worker: string, key: string): boolean {
    const isThere = this.get(worker, key) !== undefined;
    const shelf = this.#shelves.get(worker);
    if (isThere && shelf !== undefined) this.#take(worker, shelf, key);
    return isThere;
  }

  /** Counts bytes of a response that is on its way, until {@link arrived}; false where there is no room for them. */
  arrive(bytes: number): boolean {
    if (this.#arriving + bytes > this.#most / 2) return false;
    this.#arriving += bytes;
    return true;
  }

  arrived(bytes: number): void {
    this.#arriving -= bytes;
  }

  #take(worker: string, shelf: Shelf, key: string): void {
    const bytes = shelf.entries.get(key)?.bytes ?? 0;
    shelf.entries.delete(key);
    shelf.bytes -= bytes;
    this.#bytes -= bytes;
    if (shelf.entries.size === 0) this.#shelves.delete(worker);
  }

  #makeRoom(): void {
    let [greatest] = this.#shelves;
    for (const each of this.#shelves) if (each[1].bytes > (greatest?.[1].bytes ?? 0)) greatest = each;
    const [oldest] = greatest?.[1].entries.keys() ?? [];
    if (greatest !== undefined && oldest !== undefined) this.#take(greatest[0], greatest[1], oldest);
  }
}
