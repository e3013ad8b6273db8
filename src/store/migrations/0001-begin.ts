import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const begin: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('meta')
      .addColumn('key', 'text', (c) => c.primaryKey())
      .addColumn('value', 'text', (c) => c.notNull())
      .execute();
    await db.schema
      .createTable('tokens')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('email', 'text')
      .addColumn('hash', 'text', (c) => c.notNull().unique())
      .addColumn('is_operator', 'integer', (c) => c.notNull())
      .addColumn('created_on', 'text', (c) => c.notNull())
      .addColumn('revoked_on', 'text')
      .execute();
    await db.schema
      .createTable('workers')
      .addColumn('tag', 'text', (c) => c.primaryKey())
      .addColumn('name', 'text', (c) => c.notNull().unique())
      .addColumn('created_on', 'text', (c) => c.notNull())
      .addColumn('modified_on', 'text', (c) => c.notNull())
      .addColumn('last_deployed_from', 'text')
      .addColumn('next_number', 'integer', (c) => c.notNull())
      .addColumn('workers_dev', 'integer', (c) => c.notNull())
      .addColumn('previews', 'integer', (c) => c.notNull())
      .addColumn('settings', 'text', (c) => c.notNull())
      .execute();
    await db.schema
      .createTable('versions')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('worker_tag', 'text', (c) => c.notNull().references('workers.tag').onDelete('cascade'))
      .addColumn('number', 'integer', (c) => c.notNull())
      .addColumn('created_on', 'text', (c) => c.notNull())
      .addColumn('source', 'text', (c) => c.notNull())
      .addColumn('author_id', 'text', (c) => c.notNull())
      .addColumn('author_email', 'text', (c) => c.notNull())
      .addColumn('triggered_by', 'text', (c) => c.notNull())
      .addColumn('message', 'text')
      .addColumn('tag', 'text')
      .addColumn('alias', 'text')
      .addColumn('startup_time_ms', 'integer', (c) => c.notNull())
      .addColumn('etag', 'text', (c) => c.notNull())
      .addColumn('handlers', 'text', (c) => c.notNull())
      .addColumn('named_handlers', 'text', (c) => c.notNull())
      .addColumn('code', 'text', (c) => c.notNull())
      .addColumn('upload_digest', 'text')
      .addColumn('answered_on', 'text')
      .addUniqueConstraint('versions_number', ['worker_tag', 'number'])
      .execute();
    await db.schema
      .createTable('version_modules')
      .addColumn('version_id', 'text', (c) => c.notNull().references('versions.id').onDelete('cascade'))
      .addColumn('digest', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('version_modules_key', ['version_id', 'digest'])
      .execute();
    await db.schema.createIndex('version_modules_digest').on('version_modules').column('digest').execute();
    await db.schema
      .createTable('aliases')
      .addColumn('worker_tag', 'text', (c) => c.notNull().references('workers.tag').onDelete('cascade'))
      .addColumn('alias', 'text', (c) => c.notNull())
      .addColumn('version_id', 'text', (c) => c.notNull().references('versions.id').onDelete('cascade'))
      .addColumn('created_on', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('aliases_key', ['worker_tag', 'alias'])
      .execute();
    await db.schema
      .createTable('deployments')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('worker_tag', 'text', (c) => c.notNull().references('workers.tag').onDelete('cascade'))
      .addColumn('number', 'integer', (c) => c.notNull())
      .addColumn('created_on', 'text', (c) => c.notNull())
      .addColumn('source', 'text', (c) => c.notNull())
      .addColumn('author_id', 'text', (c) => c.notNull())
      .addColumn('author_email', 'text', (c) => c.notNull())
      .addColumn('triggered_by', 'text', (c) => c.notNull())
      .addColumn('message', 'text')
      .addColumn('split', 'text', (c) => c.notNull())
      .addColumn('sole_version', 'text')
      .addColumn('rollback_from', 'text')
      .addUniqueConstraint('deployments_number', ['worker_tag', 'number'])
      .execute();
    await db.schema
      .createTable('zones')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('name', 'text', (c) => c.notNull().unique())
      .addColumn('created_on', 'text', (c) => c.notNull())
      .execute();
    await db.schema
      .createTable('routes')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('zone_id', 'text', (c) => c.notNull().references('zones.id').onDelete('cascade'))
      .addColumn('pattern', 'text', (c) => c.notNull().unique())
      .addColumn('script', 'text')
      .addColumn('created_on', 'text', (c) => c.notNull())
      .execute();
    await db.schema
      .createTable('domains')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('hostname', 'text', (c) => c.notNull().unique())
      .addColumn('zone_id', 'text', (c) => c.notNull().references('zones.id').onDelete('cascade'))
      .addColumn('script', 'text', (c) => c.notNull())
      .addColumn('enabled', 'integer', (c) => c.notNull())
      .addColumn('previews_enabled', 'integer', (c) => c.notNull())
      .addColumn('created_on', 'text', (c) => c.notNull())
      .execute();
    await db.schema
      .createTable('schedules')
      .addColumn('worker_tag', 'text', (c) => c.notNull().references('workers.tag').onDelete('cascade'))
      .addColumn('cron', 'text', (c) => c.notNull())
      .addColumn('created_on', 'text', (c) => c.notNull())
      .addColumn('modified_on', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('schedules_key', ['worker_tag', 'cron'])
      .execute();
    await db.schema
      .createTable('audit')
      .addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
      .addColumn('id', 'text', (c) => c.notNull().unique())
      .addColumn('at', 'text', (c) => c.notNull())
      .addColumn('actor_id', 'text', (c) => c.notNull())
      .addColumn('actor_email', 'text', (c) => c.notNull())
      .addColumn('action', 'text', (c) => c.notNull())
      .addColumn('target', 'text', (c) => c.notNull())
      .addColumn('detail', 'text', (c) => c.notNull())
      .addColumn('generation', 'integer')
      .execute();
  },
};
