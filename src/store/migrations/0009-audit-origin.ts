import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** From where a change was made and in which zone; who did what is looked for by time and by name. */
export const auditOrigin: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable('audit').addColumn('actor_ip', 'text').execute();
    await db.schema.alterTable('audit').addColumn('zone', 'text').execute();
    await sql`update audit set zone = substr(target, 6) where target like 'zone/%'`.execute(db);
    await db.schema.createIndex('audit_at').on('audit').columns(['at', 'seq']).execute();
    await db.schema.createIndex('audit_actor').on('audit').columns(['actor_email', 'seq']).execute();
  },
};
