import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const queues: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('queue_consumers')
      .addColumn('id', 'text', (c) => c.primaryKey())
      // A queue has one consumer at most.
      .addColumn('queue_id', 'text', (c) => c.notNull().unique())
      .addColumn('worker_tag', 'text', (c) => c.notNull().references('workers.tag').onDelete('cascade'))
      .addColumn('dead_letter_queue', 'text')
      .addColumn('settings', 'text', (c) => c.notNull())
      .addColumn('created_on', 'text', (c) => c.notNull())
      .execute();
    await db.schema.createIndex('queue_consumers_worker').on('queue_consumers').column('worker_tag').execute();
  },
};
