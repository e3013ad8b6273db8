import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

export interface Schedule {
  readonly cron: string;
  readonly createdOn: string;
  readonly modifiedOn: string;
}

/** When a Worker's `scheduled()` is due. Not versioned. */
export const schedules = (db: Kysely<Schema>) => ({
  ofWorker: async (workerTag: string): Promise<readonly Schedule[]> => {
    const rows = await db.selectFrom('schedules').selectAll().where('worker_tag', '=', workerTag).orderBy('cron').execute();
    return rows.map(({ cron, created_on, modified_on }) => ({ cron, createdOn: created_on, modifiedOn: modified_on }));
  },
  /** The crons of all Workers, each one's in the order they have for it. */
  all: async (): Promise<readonly { readonly workerTag: string; readonly cron: string }[]> => {
    const rows = await db.selectFrom('schedules').select(['worker_tag', 'cron']).orderBy('cron').execute();
    return rows.map(({ worker_tag, cron }) => ({ workerTag: worker_tag, cron }));
  },
  /** Replaces all of them; one that stays keeps the time it was made. */
  replace: async (workerTag: string, wanted: readonly Schedule[]): Promise<void> => {
    await db.deleteFrom('schedules').where('worker_tag', '=', workerTag).execute();
    if (wanted.length === 0) return;
    await db
      .insertInto('schedules')
      .values(
        wanted.map(({ cron, createdOn, modifiedOn }) => ({ worker_tag: workerTag, cron, created_on: createdOn, modified_on: modifiedOn })),
      )
      .execute();
  },
});
