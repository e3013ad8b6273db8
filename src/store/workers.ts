import { sql, type Kysely } from 'kysely';
import { among } from './among.ts';
import type { Schema } from './schema.ts';

/** A Worker: its name and everything that is not versioned. `tag` is its identity and outlives nothing. */
export interface Worker {
  readonly tag: string;
  readonly name: string;
  readonly createdOn: string;
  readonly modifiedOn: string;
  readonly lastDeployedFrom: string | undefined;
  readonly nextNumber: number;
  readonly workersDev: boolean;
  readonly previews: boolean;
  readonly settings: WorkerSettings;
  /** Of the last Durable Object migration that was applied. */
  readonly migrationTag?: string | undefined;
}

/** Settings that change no version: PATCH script-settings writes them, every version sees them. */
export interface WorkerSettings {
  readonly logpush?: boolean | null | undefined;
  readonly observability?: Readonly<Record<string, unknown>> | null | undefined;
  readonly tags?: readonly string[] | null | undefined;
  readonly tail_consumers?: readonly unknown[] | null | undefined;
}

/** When a Worker, its deployment and its newest version were made: what a list of Workers is ordered by. */
export interface WorkerTimes {
  readonly tag: string;
  readonly name: string;
  readonly createdOn: string;
  readonly deployedOn: string | undefined;
  readonly uploadedOn: string | undefined;
  readonly isSplit: boolean;
}

export const workers = (db: Kysely<Schema>) => ({
  byName: async (name: string): Promise<Worker | undefined> => {
    const row = await db.selectFrom('workers').selectAll().where('name', '=', name).executeTakeFirst();
    return row && workerFrom(row);
  },
  byTag: async (tag: string): Promise<Worker | undefined> => {
    const row = await db.selectFrom('workers').selectAll().where('tag', '=', tag).executeTakeFirst();
    return row && workerFrom(row);
  },
  all: async (): Promise<readonly Worker[]> => {
    const rows = await db.selectFrom('workers').selectAll().orderBy('name').execute();
    return rows.map(workerFrom);
  },
  byTags: async (tags: readonly string[]): Promise<readonly Worker[]> =>
    (await db.selectFrom('workers').selectAll().where('tag', 'in', among(tags)).execute()).map(workerFrom),
  /** Of all Workers, or of these. */
  times: async (tags?: readonly string[]): Promise<readonly WorkerTimes[]> => {
    const meant = tags === undefined ? sql`` : sql`where workers.tag in ${among(tags)}`;
    const { rows } = await sql<TimesRow>`
      select workers.tag, workers.name, workers.created_on, active.created_on as deployed_on,
        active.id is not null and active.sole_version is null as is_split,
        (select created_on from versions where worker_tag = workers.tag order by number desc limit 1) as uploaded_on
      from workers left join deployments as active on active.worker_tag = workers.tag
        and active.number = (select max(number) from deployments where worker_tag = workers.tag) ${meant}`.execute(db);
    return rows.map((row) => ({
      tag: row.tag,
      name: row.name,
      createdOn: row.created_on,
      deployedOn: row.deployed_on ?? undefined,
      uploadedOn: row.uploaded_on ?? undefined,
      isSplit: row.is_split === 1,
    }));
  },
  insert: async (worker: Worker): Promise<void> => {
    await db.insertInto('workers').values(rowFrom(worker)).execute();
  },
  update: async (worker: Worker): Promise<void> => {
    const { tag, ...columns } = rowFrom(worker);
    await db.updateTable('workers').set(columns).where('tag', '=', tag).execute();
  },
  delete: async (tag: string): Promise<void> => {
    await db.deleteFrom('workers').where('tag', '=', tag).execute();
  },
});

interface TimesRow {
  readonly tag: string;
  readonly name: string;
  readonly created_on: string;
  readonly deployed_on: string | null;
  readonly uploaded_on: string | null;
  readonly is_split: number;
}

const workerFrom = (row: Schema['workers']): Worker => ({
  tag: row.tag,
  name: row.name,
  createdOn: row.created_on,
  modifiedOn: row.modified_on,
  lastDeployedFrom: row.last_deployed_from ?? undefined,
  nextNumber: row.next_number,
  workersDev: row.workers_dev === 1,
  previews: row.previews === 1,
  settings: JSON.parse(row.settings),
  migrationTag: row.migration_tag ?? undefined,
});

const rowFrom = (worker: Worker): Schema['workers'] => ({
  tag: worker.tag,
  name: worker.name,
  created_on: worker.createdOn,
  modified_on: worker.modifiedOn,
  last_deployed_from: worker.lastDeployedFrom ?? null,
  next_number: worker.nextNumber,
  workers_dev: Number(worker.workersDev),
  previews: Number(worker.previews),
  settings: JSON.stringify(worker.settings),
  migration_tag: worker.migrationTag ?? null,
});
