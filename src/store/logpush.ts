import type { Kysely, Selectable } from 'kysely';
import type { LogpushSettings } from '../domain/index.ts';
import type { Schema } from './schema.ts';

/** A Logpush job. */
export interface LogpushJob {
  readonly id: number;
  /** Opens its destination in the vault, together with what is sealed. */
  readonly seal: string;
  readonly dataset: string;
  /** Sealed: credentials stand in it. */
  readonly destination: string;
  readonly settings: LogpushSettings;
  readonly createdOn: string;
}

export const logpush = (db: Kysely<Schema>) => ({
  all: async (): Promise<readonly LogpushJob[]> => (await db.selectFrom('logpush_jobs').selectAll().orderBy('id').execute()).map(jobFrom),
  byId: async (id: number): Promise<LogpushJob | undefined> => {
    const row = await db.selectFrom('logpush_jobs').selectAll().where('id', '=', id).executeTakeFirst();
    return row && jobFrom(row);
  },
  /** Answers the number it got. */
  insert: async (job: Omit<LogpushJob, 'id'>): Promise<number> => {
    const { id } = await db.insertInto('logpush_jobs').values(rowFrom(job)).returning('id').executeTakeFirstOrThrow();
    return id;
  },
  update: async (job: LogpushJob): Promise<void> => {
    await db.updateTable('logpush_jobs').set(rowFrom(job)).where('id', '=', job.id).execute();
  },
  delete: async (id: number): Promise<void> => {
    await db.deleteFrom('logpush_jobs').where('id', '=', id).execute();
  },
});

const jobFrom = (row: Selectable<Schema['logpush_jobs']>): LogpushJob => ({
  id: row.id,
  seal: row.seal,
  dataset: row.dataset,
  destination: row.destination,
  settings: JSON.parse(row.settings),
  createdOn: row.created_on,
});

const rowFrom = ({ seal, dataset, destination, settings, createdOn }: Omit<LogpushJob, 'id'>) => ({
  seal,
  dataset,
  destination,
  settings: JSON.stringify(settings),
  created_on: createdOn,
});
