import { invariant } from '../../base/index.ts';

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

/** A response that is being answered: its memory is in use until it is given back, whatever becomes of its place. */
export interface Loan {
  readonly response: KeptResponse;
  giveBack(): void;
}

interface Entry {
  readonly response: KeptResponse;
  readonly bytes: number;
  readers: number;
  hasPlace: boolean;
}

/** Of one Worker. */
interface Shelf {
  /** The one that was longest not asked for stands first. */
  readonly entries: Map<string, Entry>;
  bytes: number;
  /** Of those that lost their place while they were answered. */
  lentBytes: number;
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
  #lentBytes = 0;
  #arriving = 0;

  constructor(mostBytes: number, now: () => number = Date.now) {
    this.#most = mostBytes;
    this.#now = now;
  }

  /** Of one response: more would be most of the cache. */
  get mostOfOne(): number {
    return Math.floor(this.#most / 4);
  }

  /** Of all that is kept, or lent still; what is on its way counts apart, and has half of that bound. */
  get bytes(): number {
    return this.#bytes;
  }

  lend(worker: string, key: string): Loan | undefined {
    const shelf = this.#shelves.get(worker);
    const entry = shelf?.entries.get(key);
    if (shelf === undefined || entry === undefined) return undefined;
    if (entry.response.expiresAt <= this.#now()) {
      this.#take(worker, shelf, key, entry);
      return undefined;
    }
    shelf.entries.delete(key);
    shelf.entries.set(key, entry);
    entry.readers += 1;
    return { response: entry.response, giveBack: () => this.#giveBack(worker, shelf, entry) };
  }

  /** Who reads slowly what has lost its place has less room for more. */
  put(worker: string, key: string, response: KeptResponse): void {
    this.delete(worker, key);
    const bytes = ENTRY_BYTES + key.length + response.body.buffer.byteLength + response.headers.reduce((sum, text) => sum + text.length, 0);
    const shelf = this.#shelves.get(worker) ?? { entries: new Map(), bytes: 0, lentBytes: 0 };
    if (bytes > this.mostOfOne + ENTRY_BYTES || shelf.lentBytes + bytes > this.#most / 2 || this.#lentBytes + bytes > this.#most) return;
    this.#shelves.set(worker, shelf);
    shelf.entries.set(key, { response, bytes, readers: 0, hasPlace: true });
    shelf.bytes += bytes;
    this.#bytes += bytes;
    while (this.#bytes > this.#most) this.#makeRoom();
  }

  /** Whether there was one that could still have been had. */
  delete(worker: string, key: string): boolean {
    const shelf = this.#shelves.get(worker);
    const entry = shelf?.entries.get(key);
    if (shelf === undefined || entry === undefined) return false;
    this.#take(worker, shelf, key, entry);
    return entry.response.expiresAt > this.#now();
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

  #take(worker: string, shelf: Shelf, key: string, entry: Entry): void {
    shelf.entries.delete(key);
    entry.hasPlace = false;
    if (entry.readers === 0) return this.#free(worker, shelf, entry);
    shelf.lentBytes += entry.bytes;
    this.#lentBytes += entry.bytes;
  }

  #giveBack(worker: string, shelf: Shelf, entry: Entry): void {
    entry.readers -= 1;
    if (entry.hasPlace || entry.readers > 0) return;
    shelf.lentBytes -= entry.bytes;
    this.#lentBytes -= entry.bytes;
    this.#free(worker, shelf, entry);
  }

  #free(worker: string, shelf: Shelf, { bytes }: Entry): void {
    shelf.bytes -= bytes;
    this.#bytes -= bytes;
    if (shelf.bytes === 0) this.#shelves.delete(worker);
  }

  #makeRoom(): void {
    let greatest: readonly [string, Shelf] | undefined;
    for (const each of this.#shelves) if (each[1].entries.size > 0 && each[1].bytes > (greatest?.[1].bytes ?? 0)) greatest = each;
    const [oldest] = greatest?.[1].entries ?? [];
    invariant(greatest !== undefined && oldest !== undefined, 'what is over the bound is not all lent');
    this.#take(...greatest, ...oldest);
  }
}
