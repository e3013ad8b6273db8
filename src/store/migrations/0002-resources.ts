import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const resources: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('resources')
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('id', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('created_on', 'text', (c) => c.notNull())
      .addColumn('settings', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('resources_key', ['kind', 'id'])
      .addUniqueConstraint('resources_name', ['kind', 'name'])
      .execute();
  },
};
