import { rmSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setAside } from '../../files/index.ts';

export interface ArchiveFileOptions {
  readonly path: string;
  /** Forward only: what was once a step is never changed, a new one is added. */
  readonly steps: readonly string[];
  /** Something in the folder was found damaged: every page is looked at, which takes long. */
  readonly isDamaged: boolean;
}

const PAGE_BYTES = 4096;
/** What a reader or a checkpoint may need of the log, in pages. */
const CHECKPOINT_PAGES = 500;
/** Pages that are given back to the disk at once. */
const GIVEN_BACK = 200;

const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;
/** Primary codes for a file that will not get better by itself. */
const DAMAGED = new Set([SQLITE_CORRUPT, SQLITE_NOTADB]);

export const isDamage = (error: unknown): boolean => {
  const { errcode } = (error ?? {}) as { readonly errcode?: number };
  return errcode !== undefined && DAMAGED.has(errcode & 0xff);
};

/** One database file of what was observed, which nobody else has open. */
export class ArchiveFile implements Disposable {
  readonly sql: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  private constructor({ path, steps, isDamaged }: ArchiveFileOptions) {
    this.sql = new DatabaseSync(path, { timeout: 5_000 });
    try {
      // What was written last may be missing after a loss of power, and nothing else is; a killed process loses nothing.
      this.sql.exec(
        `pragma page_size = ${PAGE_BYTES}; pragma auto_vacuum = incremental; pragma journal_mode = wal; pragma synchronous = normal;
         pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}; pragma journal_size_limit = ${CHECKPOINT_PAGES * PAGE_BYTES}`,
      );
      const [{ user_version: version } = {}] = this.sql.prepare('pragma user_version').all();
      this.sql.exec('begin immediate');
      for (const step of steps.slice(Number(version))) this.sql.exec(step);
      this.sql.exec(`pragma user_version = ${steps.length}; commit`);
      if (isDamaged) this.#assertWhole();
    } catch (error) {
      this.sql.close();
      throw error;
    }
  }

  /** Opens it; one that is damaged is put aside, and an empty one takes its place. */
  static async open(options: ArchiveFileOptions, onSetAside: (path: string) => void): Promise<ArchiveFile> {
    try {
      return new ArchiveFile(options);
    } catch (error) {
      if (!isDamage(error)) throw error;
      onSetAside(await setAside(options.path));
      for (const beside of ['-wal', '-shm']) rmSync(options.path + beside, { force: true });
      return new ArchiveFile({ ...options, isDamaged: false });
    }
  }

  /** A statement, made once. */
  prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.sql.prepare(sql)));
    return statement;
  }

  /** Runs `work` in a transaction, whole or not at all. */
  change(work: () => void): void {
    this.sql.exec('begin immediate');
    try {
      work();
      this.sql.exec('commit');
    } catch (error) {
      if (this.sql.isTransaction) this.sql.exec('rollback');
      throw error;
    }
  }

  /** Bytes that hold something; the file may have room beside them. */
  get usedBytes(): number {
    return (this.#pragma('page_count') - this.#pragma('freelist_count')) * PAGE_BYTES;
  }

  get fileBytes(): number {
    return this.#pragma('page_count') * PAGE_BYTES;
  }

  /** Gives room that is not needed back to the disk, little at a time. */
  shrink(mostBytes: number): void {
    if (this.fileBytes > mostBytes) this.sql.exec(`pragma incremental_vacuum(${GIVEN_BACK})`);
  }

  #assertWhole(): void {
    const [found] = Object.values(this.sql.prepare('pragma integrity_check(1)').get() ?? {});
    if (found !== 'ok') throw Object.assign(new Error(String(found)), { errcode: SQLITE_CORRUPT });
  }

  #pragma(name: string): number {
    return Number(Object.values(this.prepared(`pragma ${name}`).get() ?? {})[0] ?? 0);
  }

  [Symbol.dispose](): void {
    if (this.sql.isOpen) this.sql.close();
  }
}
