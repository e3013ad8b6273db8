import { DatabaseSync } from 'node:sqlite';
import { failpoint } from '../files/index.ts';

/** How long to wait for a process that ends and still has the file. */
const LOCKED_MS = 10_000;

interface Waiting {
  readonly work: () => unknown;
  readonly done: (value: unknown) => void;
  readonly failed: (error: unknown) => void;
}

export interface LocalDatabaseOptions {
  readonly path: string;
  /** Forward only: what was once a step is never changed, a new one is added. */
  readonly steps: readonly string[];
  /** Reached before each commit; with `ted` behind it after each, when nobody knows of it yet. */
  readonly failpoint: string;
}

/**
 * One file that one process has at a time: whoever opens it knows that nobody else writes beside it. Changes that arrive together are
 * made durable together, by one fsync.
 */
export class LocalDatabase implements Disposable {
  readonly sql: DatabaseSync;
  readonly #failpoint: string;
  #waiting: Waiting[] = [];

  constructor({ path, steps, failpoint: name }: LocalDatabaseOptions) {
    this.#failpoint = name;
    this.sql = new DatabaseSync(path, { timeout: LOCKED_MS });
    this.sql.exec('pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full');
    const [{ user_version: version } = {}] = this.sql.prepare('pragma user_version').all();
    this.sql.exec('begin exclusive');
    for (const step of steps.slice(Number(version))) this.sql.exec(step);
    this.sql.exec(`pragma user_version = ${steps.length}; commit`);
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
    if (together.length === 0) return;
    try {
      this.sql.exec('begin immediate');
      const outcomes = together.map((waiting) => this.#run(waiting));
      failpoint(this.#failpoint);
      this.sql.exec('commit');
      failpoint(`${this.#failpoint}ted`);
      for (const settle of outcomes) settle();
    } catch (error) {
      if (this.sql.isOpen && this.sql.isTransaction) this.sql.exec('rollback');
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

  /** What waits still is not done, and whoever asked for it hears so. */
  [Symbol.dispose](): void {
    const undone = this.#waiting;
    this.#waiting = [];
    this.sql.close();
    for (const { failed } of undone) failed(new Error('The database was closed before the change was made.'));
  }
}
