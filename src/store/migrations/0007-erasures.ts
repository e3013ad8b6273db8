import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const erasures: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('erasures')
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('id', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('erasures_key', ['kind', 'id'])
      .execute();
  },
};
