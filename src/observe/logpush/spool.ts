import { close, existsSync, fdatasync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BatchLimits, LogpushOutput } from '../../domain/index.ts';
import { syncFolder } from '../../files/index.ts';
import { compressRows } from './compressed.ts';
import { Rejected } from './rejected.ts';
import { batchFile, portionsIn, REJECTED_FOLDER, rowsFile, type Batch, type Portion, type Segment } from './segments.ts';

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
  /** In the order in which they are sent. */
  #portions: Portion[];
  readonly #rejected: Rejected;
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
    this.#portions = portionsIn(options.folder);
    this.#rejected = new Rejected(join(options.folder, REJECTED_FOLDER));
    this.#stored = this.#portions.reduce((sum, { segment, batch }) => sum + segment.bytes + (batch?.size ?? 0), 0);
    this.#sequence = (this.#portions.at(-1)?.segment.sequence ?? 0) + 1;
  }

  get bytes(): number {
    return this.#stored + this.#linesBytes;
  }

  /** How many batches wait that can be sent now. */
  get ready(): number {
    return this.#portions.length;
  }

  get batches(): number {
    return this.#portions.length + (this.#open === undefined ? 0 : 1);
  }

  /** Whether somebody should look at what was set aside. */
  get hasRejected(): boolean {
    if (this.#rejected.bytes > 0) this.#rejected.look();
    return this.#rejected.bytes > 0;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** Takes a row, one line of JSON; where there is no more room it is dropped and counted. */
  add(line: string): void {
    const bytes = Buffer.byteLength(line) + 1;
    if (this.bytes + this.#rejected.bytes + bytes > this.#options.mostBytes()) {
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
    this.#portions.push({ segment: open, first: 0, end: Infinity, batch: undefined });
    this.#sync(open.descriptor, true);
  }

  limit(limits: BatchLimits): void {
    this.#limits = limits;
  }

  /** The oldest batch, or that many later, compressed now where it was not yet; undefined where none is there. */
  async next(output: LogpushOutput, later = 0): Promise<Batch | undefined> {
    for (;;) {
      const portion = this.#portions[later];
      if (portion === undefined) return undefined;
      if (portion.batch !== undefined && existsSync(portion.batch.path)) return portion.batch;
      // Somebody took it away by hand.
      if (!existsSync(portion.segment.path)) await this.#drop(portion);
      else await this.#compress(portion, output);
    }
  }

  /** It was taken by its destination. */
  async done(batch: Batch): Promise<void> {
    const portion = this.#portions.find((each) => each.batch === batch);
    if (portion !== undefined) await this.#drop(portion);
  }

  /** Makes two of the oldest batch, or of that many later, of which its destination says that it is too large. Answers whether it could. */
  async halve(later: number): Promise<boolean> {
    const portion = this.#portions[later];
    if (portion?.batch === undefined || portion.batch.rows < 2 || !existsSync(portion.segment.path)) return false;
    const { segment, first, end, batch } = portion;
    const middle = first + Math.ceil(batch.rows / 2);
    const halves = [
      { segment, first, end: middle, batch: undefined },
      { segment, first: middle, end, batch: undefined },
    ];
    this.#portions = this.#portions.toSpliced(later, 1, ...halves);
    this.#stored -= batch.size;
    await rm(batch.path, { force: true });
    return true;
  }

  /** Sets the oldest batch aside. Answers of how many records it is. */
  async reject(): Promise<number> {
    const [portion] = this.#portions;
    if (portion === undefined) return 0;
    const { segment, batch } = portion;
    const isShared = this.#portions.some((each) => each !== portion && each.segment === segment);
    const path = batch?.path ?? (isShared ? undefined : segment.path);
    if (path !== undefined) await this.#rejected.take(path, this.#options.mostBytes() / SEGMENTS_IN_ROOM);
    await this.#drop(portion);
    return batch?.rows ?? Math.max(1, segment.rows);
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
      // What is counted as dropped is not sent all the same, nor a line that was cut.
      if (this.#open !== undefined) ftruncateSync(this.#open.descriptor, this.#open.bytes);
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

  async #compress(portion: Portion, output: LogpushOutput): Promise<void> {
    const { folder } = this.#options;
    const { segment, first } = portion;
    const { sequence, from, to } = segment;
    const beside = join(folder, `${sequence}.compressed`);
    const made = await compressRows(segment.path, beside, output, portion);
    if (made === undefined) return this.#drop(portion);
    const path = join(folder, batchFile(portion, made.rows, made.sha256));
    await rename(beside, path);
    await syncFolder(folder);
    this.#stored += made.size - (portion.batch?.size ?? 0);
    portion.batch = { sequence, first, path, from, to, ...made };
  }

  /** Rows stay until their batch was taken, for it may have to be made two; they go before it, so that it keeps its name. */
  async #drop(portion: Portion): Promise<void> {
    const { segment, batch } = portion;
    this.#portions = this.#portions.filter((each) => each !== portion);
    const isLast = !this.#portions.some((each) => each.segment === segment);
    this.#stored -= (isLast ? segment.bytes : 0) + (batch?.size ?? 0);
    if (isLast) await rm(segment.path, { recursive: true, force: true });
    if (batch !== undefined) await rm(batch.path, { force: true });
  }
}
