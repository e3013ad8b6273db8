import type { Kysely } from 'kysely';
import type { DataKind } from '../domain/index.ts';
import type { Schema } from './schema.ts';

/** A resource whose content is being erased, or was to be when this process ended. */
export interface Erasure {
  readonly kind: DataKind;
  readonly id: string;
  readonly name: string;
}

/** What is owed to whoever deleted something: written with the deletion, gone once nothing of the content is there. */
export const erasures = (db: Kysely<Schema>) => ({
  all: async (): Promise<readonly Erasure[]> => {
    const rows = await db.selectFrom('erasures').selectAll().execute();
    return rows.map(({ kind, id, name }) => ({ kind, id, name }));
  },
  insert: async ({ kind, id, name }: Erasure): Promise<void> => {
    await db
      .insertInto('erasures')
      .values({ kind, id, name })
      .onConflict((c) => c.columns(['kind', 'id']).doNothing())
      .execute();
  },
  delete: async ({ kind, id }: Erasure): Promise<void> => {
    await db.deleteFrom('erasures').where('kind', '=', kind).where('id', '=', id).execute();
  },
});
