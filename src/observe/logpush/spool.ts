import { close, existsSync, fdatasync, mkdirSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BatchLimits, LogpushOutput } from '../../domain/index.ts';
import { syncFolder } from '../../files/index.ts';
import { compressRows } from './compressed.ts';

/** Rows that wait to be sent together. */
interface Segment {
  readonly sequence: number;
  readonly path: string;
  /** When its first row was taken, and its last one. */
  readonly from: number;
  to: number;
  bytes: number;
  rows: number;
}

/** A batch that is ready to be sent. */
export interface Batch {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly from: number;
  readonly to: number;
}

export interface SpoolOptions {
  readonly folder: string;
  /** Bytes that may wait, asked each time. */
  readonly mostBytes: () => number;
  readonly now: () => number;
  readonly onFault: (error: unknown) => void;
}

/** Beside what waits. */
export const STATUS_FILE = 'status.json';

const ROWS = /^(\d{12})-(\d+)\.rows$/;
const BATCH = /^(\d{12})-(\d+)-(\d+)-([0-9a-f]{64})\.gz$/;

/**
 * What one job has still to send, on disk. Rows that come in one turn of the event loop are written by one call at its end, so a
 * process that is killed loses at most that turn; they are synced once a second, which is what a machine that loses its power
 * loses. Segments are sent in the order in which they were begun, and removed once they were taken.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #waiting: Segment[] = [];
  #ready: (Batch & { readonly sequence: number })[] = [];
  #open: (Segment & { readonly descriptor: number }) | undefined;
  /** Taken in this turn, not written yet. */
  #lines: string[] = [];
  #linesBytes = 0;
  #isDirty = false;
  #sequence = 1;
  #limits: BatchLimits;
  #syncs: Promise<unknown> = Promise.resolve();
  #dropped: number;
  /** Of all that is on disk. */
  #stored = 0;

  /** Finds what an earlier process left. `dropped` is how many it had dropped. */
  constructor(options: SpoolOptions, limits: BatchLimits, dropped: number) {
    this.#options = options;
    this.#limits = limits;
    this.#dropped = dropped;
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    this.#find();
  }

  get bytes(): number {
    return this.#stored + this.#linesBytes;
  }

  get batches(): number {
    return this.#ready.length + this.#waiting.length + (this.#open === undefined ? 0 : 1);
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** Whether something can be sent now. */
  get isWaiting(): boolean {
    return this.#ready.length + this.#waiting.length > 0;
  }

  /** Takes a row, one line of JSON; where there is no more room it is dropped and counted. */
  add(line: string): void {
    const bytes = Buffer.byteLength(line) + 1;
    if (this.bytes + bytes > this.#options.mostBytes()) {
      this.#dropped += 1;
      return;
    }
    this.#lines.push(line);
    this.#linesBytes += bytes;
    if (this.#lines.length === 1) setImmediate(() => this.flush());
  }

  /** Writes what was taken. */
  flush(): void {
    const lines = this.#lines;
    this.#lines = [];
    this.#linesBytes = 0;
    let from = 0;
    while (from < lines.length) {
      const to = this.#fitting(lines, from);
      this.#write(lines.slice(from, to));
      from = to;
      if (this.#isFull()) this.seal();
    }
  }

  /** Once a second: seals what is old enough, and has written rows synced. */
  tick(): void {
    const open = this.#open;
    if (open === undefined) return;
    if (this.#options.now() - open.from >= this.#limits.seconds * 1000) return this.seal();
    if (!this.#isDirty) return;
    this.#isDirty = false;
    this.#sync(open.descriptor, false);
  }

  /** Ends the segment that is being written: what comes belongs to the next. */
  seal(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    this.#isDirty = false;
    this.#waiting.push(open);
    this.#sync(open.descriptor, true);
  }

  limit(limits: BatchLimits): void {
    this.#limits = limits;
  }

  /** The oldest batch, compressed now where it was not yet; undefined where nothing waits. */
  async next(output: LogpushOutput): Promise<Batch | undefined> {
    for (;;) {
      const [ready] = this.#ready;
      const [segment] = this.#waiting;
      if (ready !== undefined && existsSync(ready.path)) return ready;
      // Somebody took it away by hand.
      if (ready !== undefined) await this.done(ready);
      else if (segment === undefined) return undefined;
      else await this.#compress(segment, output);
    }
  }

  /** It was taken by its destination. */
  async done(batch: Batch): Promise<void> {
    await rm(batch.path, { force: true });
    const before = this.#ready.length;
    this.#ready = this.#ready.filter(({ path }) => path !== batch.path);
    if (this.#ready.length < before) this.#stored -= batch.size;
  }

  /** Writes and syncs what there is. */
  async close(): Promise<void> {
    this.flush();
    if (this.#open !== undefined) this.#sync(this.#open.descriptor, true);
    this.#open = undefined;
    await this.#syncs;
  }

  #find(): void {
    const names = readdirSync(this.#options.folder).toSorted();
    const path = (name: string): string => join(this.#options.folder, name);
    const ready = new Set<number>();
    for (const name of names) {
      const [, sequence, from, to, sha256 = ''] = BATCH.exec(name) ?? [];
      if (sequence === undefined) continue;
      ready.add(Number(sequence));
      const { size } = statSync(path(name));
      this.#stored += size;
      this.#ready.push({ sequence: Number(sequence), path: path(name), size, sha256, from: Number(from), to: Number(to) });
    }
    for (const name of names) {
      const [, digits, from] = ROWS.exec(name) ?? [];
      if (digits === undefined) {
        if (!BATCH.test(name) && name !== STATUS_FILE) rmSync(path(name), { force: true });
        continue;
      }
      const sequence = Number(digits);
      // It was compressed before, and only was not removed yet.
      if (ready.has(sequence)) rmSync(path(name), { force: true });
      else {
        const { size, mtimeMs } = statSync(path(name));
        this.#stored += size;
        this.#waiting.push({ sequence, path: path(name), from: Number(from), to: Math.round(mtimeMs), bytes: size, rows: 0 });
      }
    }
    this.#sequence = Math.max(0, ...ready, ...this.#waiting.map(({ sequence }) => sequence)) + 1;
  }

  /** How far lines fit into the segment; at least one does. */
  #fitting(lines: readonly string[], from: number): number {
    let { bytes, rows } = this.#open ?? { bytes: 0, rows: 0 };
    let at = from;
    do {
      bytes += Buffer.byteLength(lines[at] ?? '') + 1;
      rows += 1;
      at += 1;
    } while (at < lines.length && rows < this.#limits.records && bytes < this.#limits.bytes);
    return at;
  }

  #isFull(): boolean {
    return this.#open !== undefined && (this.#open.rows >= this.#limits.records || this.#open.bytes >= this.#limits.bytes);
  }

  #write(lines: readonly string[]): void {
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    try {
      this.#open ??= this.#begin();
      let written = 0;
      while (written < bytes.length) written += writeSync(this.#open.descriptor, bytes, written);
      this.#open.bytes += bytes.length;
      this.#stored += bytes.length;
      this.#open.rows += lines.length;
      this.#open.to = this.#options.now();
      this.#isDirty = true;
    } catch (error) {
      this.#dropped += lines.length;
      // A line that was cut would swallow the one after it.
      this.seal();
      this.#options.onFault(error);
    }
  }

  #begin(): Segment & { readonly descriptor: number } {
    const sequence = this.#sequence;
    const from = this.#options.now();
    const path = join(this.#options.folder, `${String(sequence).padStart(12, '0')}-${from}.rows`);
    const descriptor = openSync(path, 'ax', 0o600);
    this.#sequence += 1;
    return { sequence, path, from, to: from, bytes: 0, rows: 0, descriptor };
  }

  #sync(descriptor: number, isLast: boolean): void {
    this.#syncs = this.#syncs
      .then(() => promisify(fdatasync)(descriptor))
      .catch((error: unknown) => this.#options.onFault(error))
      .then(() => (isLast ? promisify(close)(descriptor) : undefined));
  }

  async #compress({ sequence, path, from, to, bytes }: Segment, output: LogpushOutput): Promise<void> {
    const { folder } = this.#options;
    const beside = join(folder, `${sequence}.compressed`);
    const made = await compressRows(path, beside, output);
    if (made !== undefined) {
      const ready = join(folder, `${String(sequence).padStart(12, '0')}-${from}-${to}-${made.sha256}.gz`);
      await rename(beside, ready);
      await syncFolder(folder);
      this.#ready.push({ sequence, path: ready, size: made.size, sha256: made.sha256, from, to });
      this.#stored += made.size;
    }
    await rm(path, { force: true });
    this.#stored -= bytes;
    this.#waiting.shift();
  }
}
