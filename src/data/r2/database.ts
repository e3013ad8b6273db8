import { DatabaseSync } from 'node:sqlite';
import { failpoint } from '../../files/index.ts';

/** Forward only: what stands here is never changed, a new step is added. */
const STEPS: readonly string[] = [
  `create table buckets (id integer primary key autoincrement, name text not null unique, storage_class text not null);
  create table objects (
    bucket integer not null, key blob not null, version text not null, size integer not null, etag text not null, uploaded integer not null,
    storage_class text not null, checksums text not null, http_fields text not null, custom_fields text not null, primary key (bucket, key)
  );
  create table uploads (
    id text primary key, bucket integer not null, key blob not null, created integer not null, is_open integer not null,
    storage_class text not null, http_fields text not null, custom_fields text not null
  );
  create index uploads_by_age on uploads (created);
  create index uploads_by_bucket on uploads (bucket);
  create table pieces (
    blob text primary key, owner text not null, position integer not null, size integer not null, md5 text not null, unique (owner, position)
  ) without rowid;`,
];

/** How long to wait for a process that ends and still has the file. */
const LOCKED_MS = 10_000;

interface Waiting {
  readonly work: () => unknown;
  readonly done: (value: unknown) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * One file that one process has at a time: whoever opens it knows that nobody else writes beside it. Changes that arrive together are
 * made durable together, by one fsync.
 */
export class R2Database implements Disposable {
  readonly sql: DatabaseSync;
  #waiting: Waiting[] = [];

  constructor(path: string) {
    this.sql = new DatabaseSync(path, { timeout: LOCKED_MS });
    this.sql.exec('pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full');
    const [{ user_version: version } = {}] = this.sql.prepare('pragma user_version').all();
    this.sql.exec('begin exclusive');
    for (const step of STEPS.slice(Number(version))) this.sql.exec(step);
    this.sql.exec(`pragma user_version = ${STEPS.length}; commit`);
  }

  /** Runs `work` in a transaction, whole or not at all, and resolves when it is durable. */
  change<Value>(work: () => Value): Promise<Value> {
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    // It is called with what this very work returned.
    this.#waiting.push({ work, done: resolve as (value: unknown) => void, failed: reject });
    if (this.#waiting.length === 1) setImmediate(() => this.#commit());
    return promise;
  }

  #commit(): void {
    const together = this.#waiting;
    this.#waiting = [];
    try {
      this.sql.exec('begin immediate');
      const outcomes = together.map((waiting) => this.#run(waiting));
      failpoint('r2:commit');
      this.sql.exec('commit');
      for (const settle of outcomes) settle();
    } catch (error) {
      if (this.sql.isTransaction) this.sql.exec('rollback');
      for (const { failed } of together) failed(error);
    }
  }

  /** One that fails takes no other with it. Answers how to say what came of it. */
  #run({ work, done, failed }: Waiting): () => void {
    this.sql.exec('savepoint one');
    try {
      const value = work();
      this.sql.exec('release one');
      return () => done(value);
    } catch (error) {
      this.sql.exec('rollback to one; release one');
      return () => failed(error);
    }
  }

  [Symbol.dispose](): void {
    this.sql.close();
  }
}
