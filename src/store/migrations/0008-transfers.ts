import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const transfers: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // The name of the Worker that a class was transferred from last.
    await db.schema.alterTable('object_namespaces').addColumn('moved_from', 'text').execute();
  },
};
