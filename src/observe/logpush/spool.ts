import { close, existsSync, fdatasync, mkdirSync, openSync, writeSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BatchLimits, LogpushOutput } from '../../domain/index.ts';
import { syncFolder } from '../../files/index.ts';
import { compressRows } from './compressed.ts';
import { batchFile, rowsFile, segmentsIn, type Batch, type Segment } from './segments.ts';

export interface SpoolOptions {
  readonly folder: string;
  /** Bytes that may wait, asked each time. */
  readonly mostBytes: () => number;
  readonly now: () => number;
  readonly onFault: (error: unknown) => void;
}

const SEGMENTS_IN_ROOM = 8;

/**
 * What one job has still to send, on disk. Rows that come in one turn of the event loop are written by one call at its end, so a
 * process that is killed loses at most that turn; they are synced once a second, which is what a machine that loses its power
 * loses. Segments are sent in the order in which they were begun, and removed once they were taken.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #waiting: Segment[];
  #ready: Batch[];
  #open: (Segment & { readonly descriptor: number }) | undefined;
  /** Taken in this turn, not written yet. */
  #lines: string[] = [];
  #linesBytes = 0;
  #isDirty = false;
  #sequence: number;
  #limits: BatchLimits;
  #syncs: Promise<unknown> = Promise.resolve();
  #dropped: number;
  /** Of all that is on disk. */
  #stored: number;

  /** Finds what an earlier process left. `dropped` is how many it had dropped. */
  constructor(options: SpoolOptions, limits: BatchLimits, dropped: number) {
    this.#options = options;
    this.#limits = limits;
    this.#dropped = dropped;
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    const { waiting, ready } = segmentsIn(options.folder);
    this.#waiting = waiting;
    this.#ready = ready;
    this.#stored = [...ready.map(({ size }) => size), ...waiting.map(({ bytes }) => bytes)].reduce((sum, bytes) => sum + bytes, 0);
    this.#sequence = Math.max(0, ...[...ready, ...waiting].map(({ sequence }) => sequence)) + 1;
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

  /** A segment takes a part of the room only, so that one can be sent while the next one fills. */
  get #segmentBytes(): number {
    return Math.min(this.#limits.bytes, this.#options.mostBytes() / SEGMENTS_IN_ROOM);
  }

  /** How far lines fit into the segment; at least one does. */
  #fitting(lines: readonly string[], from: number): number {
    let { bytes, rows } = this.#open ?? { bytes: 0, rows: 0 };
    let at = from;
    do {
      bytes += Buffer.byteLength(lines[at] ?? '') + 1;
      rows += 1;
      at += 1;
    } while (at < lines.length && rows < this.#limits.records && bytes < this.#segmentBytes);
    return at;
  }

  #isFull(): boolean {
    return this.#open !== undefined && (this.#open.rows >= this.#limits.records || this.#open.bytes >= this.#segmentBytes);
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
    const path = join(this.#options.folder, rowsFile(sequence, from));
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

  async #compress(segment: Segment, output: LogpushOutput): Promise<void> {
    const { folder } = this.#options;
    const { sequence, from, to, bytes } = segment;
    const beside = join(folder, `${sequence}.compressed`);
    const made = await compressRows(segment.path, beside, output);
    if (made !== undefined) {
      const path = join(folder, batchFile(segment, made.sha256));
      await rename(beside, path);
      await syncFolder(folder);
      this.#ready.push({ sequence, path, size: made.size, sha256: made.sha256, from, to });
      this.#stored += made.size;
    }
    await rm(segment.path, { force: true });
    this.#stored -= bytes;
    this.#waiting.shift();
  }
}
