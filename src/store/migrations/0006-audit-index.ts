import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The log only grows: what was done to one thing, or done in one way, is found without reading all of it. */
export const auditIndex: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.createIndex('audit_target').on('audit').columns(['target', 'seq']).execute();
    await db.schema.createIndex('audit_action').on('audit').columns(['action', 'seq']).execute();
  },
};
