import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const durableObjects: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable('workers').addColumn('migration_tag', 'text').execute();
    await db.schema
      .createTable('object_namespaces')
      .addColumn('id', 'text', (c) => c.primaryKey())
      // No reference: what a deleted Worker stored is to be removed after it is gone.
      .addColumn('worker_tag', 'text', (c) => c.notNull())
      .addColumn('class_name', 'text', (c) => c.notNull())
      .addColumn('storage', 'text', (c) => c.notNull())
      .addColumn('created_on', 'text', (c) => c.notNull())
      .addColumn('deleted_on', 'text')
      .execute();
    await db.schema
      .createIndex('object_namespaces_class')
      .unique()
      .on('object_namespaces')
      .columns(['worker_tag', 'class_name'])
      .where(sql.ref('deleted_on'), 'is', null)
      .execute();
  },
};
