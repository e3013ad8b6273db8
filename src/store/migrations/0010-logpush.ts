import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const logpush: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('logpush_jobs')
      // A number is not given twice: what waits to be sent is kept under it.
      .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
      // What its destination is sealed for, which is done before it has its number.
      .addColumn('seal', 'text', (c) => c.notNull().unique())
      .addColumn('dataset', 'text', (c) => c.notNull())
      .addColumn('destination', 'text', (c) => c.notNull())
      .addColumn('settings', 'text', (c) => c.notNull())
      .addColumn('created_on', 'text', (c) => c.notNull())
      .execute();
  },
};
