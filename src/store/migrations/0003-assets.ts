import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const assets: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('version_assets')
      .addColumn('version_id', 'text', (c) => c.primaryKey().references('versions.id').onDelete('cascade'))
      .addColumn('worker_tag', 'text', (c) => c.notNull())
      .addColumn('manifest', 'text', (c) => c.notNull())
      .execute();
    await db.schema.createIndex('version_assets_worker').on('version_assets').column('worker_tag').execute();
    await db.schema
      .createTable('uploaded_assets')
      .addColumn('script', 'text', (c) => c.notNull())
      .addColumn('hash', 'text', (c) => c.notNull())
      .addColumn('digest', 'text', (c) => c.notNull())
      .addColumn('size', 'integer', (c) => c.notNull())
      .addColumn('content_type', 'text')
      .addColumn('used_on', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('uploaded_assets_key', ['script', 'hash'])
      .execute();
  },
};
