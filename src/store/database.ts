import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  CompiledQuery,
  Kysely,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type SqliteDatabase,
  type TransactionSettings,
} from 'kysely';
import { Migrator } from 'kysely/migration';
import { areFailpointsArmed, lockFolder } from '../files/index.ts';
import { withFailpoints } from './failing.ts';
import { begin } from './migrations/0001-begin.ts';
import { resources } from './migrations/0002-resources.ts';
import { assets } from './migrations/0003-assets.ts';
import { durableObjects } from './migrations/0004-durable-objects.ts';
import { queues } from './migrations/0005-queues.ts';
import { auditIndex } from './migrations/0006-audit-index.ts';
import { erasures } from './migrations/0007-erasures.ts';
import { transfers } from './migrations/0008-transfers.ts';
import { auditOrigin } from './migrations/0009-audit-origin.ts';
import { logpush } from './migrations/0010-logpush.ts';
import { sessions } from './migrations/0011-sessions.ts';
import type { Schema } from './schema.ts';

class Dialect extends SqliteDialect {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    super({ database });
    this.#database = database;
  }

  /**
   * A transaction that writes takes its turn before it reads. One that read first would be refused its turn at once while another
   * program holds it: what it read may be old (sqlite.org/isolation.html).
   */
  override createDriver(): SqliteDriver {
    return new (class extends SqliteDriver {
      override async beginTransaction(connection: DatabaseConnection, { accessMode }: TransactionSettings = {}): Promise<void> {
        await connection.executeQuery(CompiledQuery.raw(accessMode === 'read only' ? 'begin' : 'begin immediate'));
      }
    })({ database: this.#database });
  }

  /** SQLite's transactions hold changes of tables too; Kysely says no, and a start killed in a migration could never start again. */
  override createAdapter(): SqliteAdapter {
    return new (class extends SqliteAdapter {
      override get supportsTransactionalDdl(): boolean {
        return true;
      }
    })();
  }
}

/**
 * How long SQLite itself waits for another program. This whole process stands still meanwhile, so it is what a checkpoint of
 * another program may take; a change waits longer, and lets others go on (`Store`).
 */
const BUSY_TIMEOUT_MS = 20;
/** Nobody is served yet. */
const BUSY_TIMEOUT_AT_START_MS = 5_000;

const MIGRATIONS = {
  '0001-begin': begin,
  '0002-resources': resources,
  '0003-assets': assets,
  '0004-durable-objects': durableObjects,
  '0005-queues': queues,
  '0006-audit-index': auditIndex,
  '0007-erasures': erasures,
  '0008-transfers': transfers,
  '0009-audit-origin': auditOrigin,
  '0010-logpush': logpush,
  '0011-sessions': sessions,
};

export interface Database {
  readonly db: Kysely<Schema>;
  close(): Promise<void>;
}

/** Opens (and makes or migrates) the database of a data directory, and holds the directory until closed. */
export const openSqlite = async (folder: string): Promise<Database> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  using opening = new DisposableStack();
  opening.use(lockFolder(folder));
  const sqlite = opening.use(new DatabaseSync(join(folder, 'switchback.db')));
  sqlite.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_AT_START_MS};`);
  sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
  const database = asKyselyDatabase(sqlite);
  const dialect = new Dialect(areFailpointsArmed() ? withFailpoints(database) : database);
  const db = new Kysely<Schema>({ dialect });
  await migrate(db);
  sqlite.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS};`);
  const opened = opening.move();
  return {
    db,
    close: async () => {
      await db.destroy();
      opened.dispose();
    },
  };
};

const migrate = async (db: Kysely<Schema>): Promise<void> => {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(MIGRATIONS) } });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find(({ status }) => status === 'Error')?.migrationName;
  // Kysely names no migration where the database holds one that this release does not know.
  const reason = failed === undefined ? 'a newer Switchback may have written it; start that one again' : `migration ${failed} failed`;
  throw new Error(`The database could not be brought up to date: ${reason}. It was left as it was.`, { cause: error });
};

const NOTHING: ReturnType<SqliteDatabase['prepare']> = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0n, lastInsertRowid: 0n }),
  iterate: () => [].values(),
};

/** Kysely's SQLite dialect expects better-sqlite3's statements; node:sqlite's differ only in how rows are told from changes. */
const asKyselyDatabase = (sqlite: DatabaseSync): SqliteDatabase => ({
  close: () => sqlite.close(),
  prepare: (text) => {
    // SQLite itself ends a transaction that meets a full disk or an I/O error (sqlite.org/lang_transaction.html), and then
    // a rollback would fail and hide why.
    if (text === 'rollback' && !sqlite.isTransaction) return NOTHING;
    const statement = sqlite.prepare(text);
    return {
      reader: statement.columns().length > 0,
      // The dialect passes what Kysely compiled: strings, numbers, null and buffers.
      all: (parameters) => statement.all(...(parameters as string[])),
      run: (parameters) => {
        const { changes, lastInsertRowid } = statement.run(...(parameters as string[]));
        return { changes: BigInt(changes), lastInsertRowid: BigInt(lastInsertRowid) };
      },
      iterate: (parameters) => statement.iterate(...(parameters as string[])),
    };
  },
});
