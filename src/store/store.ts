import { setTimeout as wait } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import type { Result } from '../base/index.ts';
import { assets } from './assets.ts';
import { audit, type AuditEntry } from './audit.ts';
import { consumers } from './consumers.ts';
import type { Database } from './database.ts';
import { deployments } from './deployments.ts';
import { erasures } from './erasures.ts';
import { hosts } from './hosts.ts';
import { logpush } from './logpush.ts';
import { meta } from './meta.ts';
import { namespaces } from './namespaces.ts';
import { OwnCommits } from './own-commits.ts';
import { resources } from './resources.ts';
import { schedules } from './schedules.ts';
import type { Schema } from './schema.ts';
import { serving } from './serving.ts';
import { sessions } from './sessions.ts';
import { tokens } from './tokens.ts';
import { versions } from './versions.ts';
import { workers } from './workers.ts';

/** All queries, by what they are about; the same ones read outside and write inside a change. */
export type Queries = ReturnType<typeof queriesOn>;

const queriesOn = (db: Kysely<Schema>) => ({
  meta: meta(db),
  tokens: tokens(db),
  sessions: sessions(db),
  workers: workers(db),
  versions: versions(db),
  deployments: deployments(db),
  serving: serving(db),
  hosts: hosts(db),
  schedules: schedules(db),
  resources: resources(db),
  erasures: erasures(db),
  consumers: consumers(db),
  namespaces: namespaces(db),
  assets: assets(db),
  logpush: logpush(db),
  audit: audit(db),
});

/** What a change did to the routing table. */
export interface Touched {
  /** Names of Workers whose entry is to be read again; a name that no longer exists was deleted. */
  readonly workers: ReadonlySet<string>;
  readonly hosts: boolean;
}

export interface Change extends Queries {
  /** This Worker's entry in the routing table changes with this transaction. */
  touchWorker(name: string): void;
  /** Routes, custom domains or the subdomain change with this transaction. */
  touchHosts(): void;
  /** What this transaction changes lies in this zone, which its audit row names unless there are several. */
  inZone(zoneId: string): Promise<void>;
}

export interface Commit extends Touched {
  readonly generation: number;
  readonly previous: number;
}

/** Hears of a change, by its audit row and the generation that holds it. */
export type Auditor = (entry: AuditEntry, generation: number) => void;

/** Throwing it inside a transaction undoes it; the refusal is then returned as a value. */
class Undo extends Error {
  readonly result: Result<never, unknown>;
  constructor(result: Result<never, unknown>) {
    super('refused');
    this.result = result;
  }
}

/** Shorter than any client waits, longer than a look at the database or a copy of a small one takes. */
const LOCK_WAIT_MS = 1_500;
const LOCK_ASK_EVERY_MS = 50;

/** SQLITE_BUSY (https://www.sqlite.org/rescode.html#busy); the extended codes carry it in their low byte. */
const isBusy = (error: unknown): boolean => codeOf(error) % 256 === 5;

const codeOf = (error: unknown): number => (error as { readonly errcode?: number }).errcode ?? 0;

/** SQLITE_IOERR_WRITE, and in the low byte: busy, read-only, full, constraint. With these the last page, which makes it valid, was not written. */
const isSurelyUndone = (error: unknown): boolean => codeOf(error) === 778 || [5, 8, 13, 19].includes(codeOf(error) % 256);

/**
 * The only door to what is stored. Every change is one transaction that holds its audit row, so neither exists without
 * the other; a change that is refused leaves nothing.
 */
export class Store {
  readonly read: Queries;
  readonly #database: Database;
  readonly #listeners = new Set<(commit: Commit) => void>();
  readonly #auditors = new Set<Auditor>();

  constructor(database: Database) {
    this.#database = database;
    this.read = queriesOn(database.db);
  }

  /** Makes a change and its audit row, or neither. The entry may depend on what the change found out. */
  async change<Value, Refusal>(
    work: (change: Change) => Promise<Result<Value, Refusal>>,
    entry: (value: Value) => AuditEntry,
  ): Promise<Result<Value, Refusal>> {
    const workersTouched = new Set<string>();
    let hostsTouched = false;
    const zones = new Set<string>();
    try {
      const { result, commit, audited } = await this.#write(async (transaction) => {
        const queries = queriesOn(transaction);
        const made = await work({
          ...queries,
          touchWorker: (name) => void workersTouched.add(name),
          touchHosts: () => void (hostsTouched = true),
          inZone: async (zoneId) => {
            const zone = await queries.hosts.zoneById(zoneId);
            if (zone !== undefined) zones.add(zone.name);
          },
        });
        if (!made.ok) throw new Undo(made);
        const previous = await queries.meta.generation();
        const isTouched = hostsTouched || workersTouched.size > 0;
        const generation = isTouched ? previous + 1 : previous;
        if (isTouched) await queries.meta.set('generation', String(generation));
        const [zone] = zones.size === 1 ? zones : [];
        const row = { ...entry(made.value), zone };
        await queries.audit.append(row, generation);
        return { result: made, audited: row, commit: { generation, previous, workers: workersTouched, hosts: hostsTouched } };
      });
      OwnCommits.note(commit);
      if (commit.generation !== commit.previous) for (const listener of this.#listeners) listener(commit);
      for (const auditor of this.#auditors) auditor(audited, commit.generation);
      return result;
    } catch (error) {
      // The refusal is the one `work` returned, so it has its type.
      if (error instanceof Undo) return error.result as Result<Value, Refusal>;
      throw error;
    }
  }

  /** A write that is no user's change and has no audit row: first start, and the receipt of an answer. */
  async note(work: (queries: Queries) => Promise<void>): Promise<void> {
    await this.#write((transaction) => work(queriesOn(transaction)));
  }

  /** Calls back after each committed change of the routing table, in the order of their generations. */
  onCommit(listener: (commit: Commit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls back after each committed change, whatever it changed. */
  onChange(auditor: Auditor): () => void {
    this.#auditors.add(auditor);
    return () => this.#auditors.delete(auditor);
  }

  /** Reads that belong together, on one state of the database. */
  async snapshot<Value>(work: (queries: Queries) => Promise<Value>): Promise<Value> {
    return this.#database.db
      .transaction()
      .setAccessMode('read only')
      .execute((transaction) => work(queriesOn(transaction)));
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  /**
   * A transaction that writes. While another program holds the database its turn is asked for again for a while: a backup is over
   * by then. Not in SQLite, where the wait would stop everything else that this process does.
   */
  async #write<Value>(work: (transaction: Transaction<Schema>) => Promise<Value>): Promise<Value> {
    const deadline = performance.now() + LOCK_WAIT_MS;
    for (;;) {
      let hasBegun = false;
      let isCommitting = false;
      try {
        return await this.#database.db.transaction().execute(async (transaction) => {
          hasBegun = true;
          const value = await work(transaction);
          isCommitting = true;
          return value;
        });
      } catch (error) {
        // What was written and not synced may be there after the next start of the machine, or not.
        if (isCommitting && !isSurelyUndone(error)) OwnCommits.doubt();
        if (hasBegun || !isBusy(error) || performance.now() > deadline) throw error;
      }
      await wait(LOCK_ASK_EVERY_MS);
    }
  }
}
