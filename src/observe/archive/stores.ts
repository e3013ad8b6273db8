import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CollectRule } from '../report.ts';
import { ArchiveFile } from './archive-file.ts';
import { Counts, COUNTS_STEPS } from './counts.ts';
import { Exceptions } from './exceptions.ts';
import { Records, RECORDS_STEPS } from './records.ts';

/** What one transaction removes at most: a write never waits for long. */
const REMOVED_AT_ONCE = 1_000;
const GROUPS_AT_ONCE = 50;
/** Whoever asks or tells something waits so long at most. */
const REMOVED_FOR_MS = 40;
const FORGETS_EVERY_MS = 60_000;
/** Counts are small, and worth more the older they get; records may have at least the other half. */
const COUNTS_SHARE = 0.5;
/** Of that: who fails in many ways takes nobody's counts away. */
const GROUPS_SHARE = 0.25;
/** Beside both files are their logs. */
const FILES_SHARE = 0.9;

export interface StoresOptions {
  readonly dataDir: string;
  readonly mostBytes: number;
  /** One of its files was found damaged. */
  readonly isDamaged: boolean;
  readonly onForgottenGroup: () => void;
  readonly log: (detail: Readonly<Record<string, unknown>>, sentence: string) => void;
}

/** The two files of the archive: counts with exceptions, and records. One that is damaged takes nothing from the other. */
export class Stores implements Disposable {
  readonly counts: Counts;
  readonly exceptions: Exceptions;
  readonly records: Records;
  readonly #countsFile: ArchiveFile;
  readonly #recordsFile: ArchiveFile;
  readonly #mostBytes: number;
  #forgetsAt = 0;

  private constructor(countsFile: ArchiveFile, recordsFile: ArchiveFile, { mostBytes, onForgottenGroup }: StoresOptions) {
    this.#countsFile = countsFile;
    this.#recordsFile = recordsFile;
    this.#mostBytes = mostBytes * FILES_SHARE;
    this.counts = new Counts(countsFile);
    this.exceptions = new Exceptions(countsFile, onForgottenGroup);
    this.records = new Records(recordsFile);
  }

  /** Throws where the folder cannot be written. */
  static async open(options: StoresOptions): Promise<Stores> {
    const { dataDir, isDamaged } = options;
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const onSetAside = (path: string): void =>
      options.log({ path }, 'A file of what was observed is damaged. It was put aside, and an empty one took its place.');
    const countsFile = await ArchiveFile.open({ path: join(dataDir, 'counts.db'), steps: COUNTS_STEPS, isDamaged }, onSetAside);
    try {
      const recordsFile = await ArchiveFile.open({ path: join(dataDir, 'records.db'), steps: RECORDS_STEPS, isDamaged }, onSetAside);
      return new Stores(countsFile, recordsFile, options);
    } catch (error) {
      countsFile[Symbol.dispose]();
      throw error;
    }
  }

  changeCounts(work: () => void): void {
    try {
      this.#countsFile.change(work);
    } catch (error) {
      this.counts.forget();
      this.exceptions.forget();
      throw error;
    }
  }

  changeRecords(work: () => void): void {
    this.#recordsFile.change(work);
  }

  get rules(): readonly (readonly [edge: string, rules: readonly CollectRule[]])[] {
    const rows = this.#countsFile.prepared('select edge, body from rules').all();
    return rows.map((row) => [String(row['edge']), JSON.parse(String(row['body'])) as CollectRule[]]);
  }

  /** To be called in a change of counts. */
  storeRules(edge: string, rules: readonly CollectRule[]): void {
    this.#countsFile
      .prepared('insert into rules (edge, body) values (?, ?) on conflict do update set body = excluded.body')
      .run(edge, JSON.stringify(rules));
  }

  get sizes(): { readonly counts: number; readonly records: number } {
    return { counts: this.#countsFile.usedBytes, records: this.#recordsFile.usedBytes };
  }

  /** Removes a little of what is oldest where there is more than may be. To be called often. */
  keepWithin(): void {
    const now = performance.now();
    const enough = now + REMOVED_FOR_MS;
    const mostOfCounts = this.#mostBytes * COUNTS_SHARE;
    const mostOfRecords = (): number => this.#mostBytes - Math.min(this.sizes.counts, mostOfCounts);
    const hasTime = (): boolean => performance.now() < enough;
    while (this.exceptions.bytes > mostOfCounts * GROUPS_SHARE && hasTime() && this.#removedOldestGroups());
    while (this.sizes.counts > mostOfCounts && hasTime() && this.#removedOldestCounts());
    while (this.sizes.records > mostOfRecords() && hasTime() && this.#removedOldestRecords());
    this.#countsFile.shrink(mostOfCounts);
    this.#recordsFile.shrink(mostOfRecords());
    if (now < this.#forgetsAt) return;
    this.#forgetsAt = now + FORGETS_EVERY_MS;
    this.changeCounts(() => this.counts.forgetReports());
  }

  /** Whether there was any. */
  #removedOldestRecords(): boolean {
    let removed = 0;
    this.changeRecords(() => (removed = this.records.removeOldest(REMOVED_AT_ONCE)));
    return removed > 0;
  }

  #removedOldestGroups(): boolean {
    let removed = 0;
    this.changeCounts(() => (removed = this.exceptions.removeOldest(GROUPS_AT_ONCE)));
    return removed > 0;
  }

  /** Minutes, and groups that were last seen before what is left of them; of groups alone those that were not seen for longest. */
  #removedOldestCounts(): boolean {
    let removed = 0;
    this.changeCounts(() => {
      removed = this.counts.removeOldest(REMOVED_AT_ONCE);
      const oldest = this.counts.oldestMinute;
      if (oldest === undefined) removed += this.exceptions.removeOldest(REMOVED_AT_ONCE);
      else this.exceptions.removeOlderThan(oldest);
    });
    return removed > 0;
  }

  [Symbol.dispose](): void {
    this.#countsFile[Symbol.dispose]();
    this.#recordsFile[Symbol.dispose]();
  }
}
