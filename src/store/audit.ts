import { sql, type Kysely, type Selectable } from 'kysely';
import type { Author } from '../domain/index.ts';
import type { Schema } from './schema.ts';

/** One change, who made it and to what. `detail` never holds a secret's value. */
export interface AuditEntry {
  readonly id: string;
  readonly at: string;
  readonly actor: Author;
  /** `version.upload`, `deployment.create`, `secret.put`, … */
  readonly action: string;
  /** What it was done to: `worker/hello`, `zone/example.com`. */
  readonly target: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The log of changes: rows are added in the transaction of their change and never touched again. */
export const audit = (db: Kysely<Schema>) => ({
  append: async (entry: AuditEntry, generation: number): Promise<void> => {
    await db
      .insertInto('audit')
      .values({
        id: entry.id,
        at: entry.at,
        actor_id: entry.actor.id,
        actor_email: entry.actor.email,
        action: entry.action,
        target: entry.target,
        detail: JSON.stringify(entry.detail),
        generation,
      })
      .execute();
  },
  has: async (id: string): Promise<boolean> =>
    (await db.selectFrom('audit').select('seq').where('id', '=', id).executeTakeFirst()) !== undefined,
  /** The newest of its kind on something that was called so: a deletion, say, of what is known by name only. */
  newestNamed: async (action: string, name: string): Promise<AuditEntry | undefined> => {
    const row = await db
      .selectFrom('audit')
      .selectAll()
      .where('action', '=', action)
      .where(sql`json_extract(detail, '$.name')`, '=', name)
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row && entryFrom(row);
  },
  /** Newest first; with a target only what was done to that. */
  page: async (page: { readonly offset: number; readonly limit: number }, target?: string): Promise<readonly AuditEntry[]> => {
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .$if(target !== undefined, (query) => query.where('target', '=', target ?? ''))
      .orderBy('seq', 'desc')
      .offset(page.offset)
      .limit(page.limit)
      .execute();
    return rows.map(entryFrom);
  },
  count: async (target?: string): Promise<number> => {
    const { count } = await db
      .selectFrom('audit')
      .$if(target !== undefined, (query) => query.where('target', '=', target ?? ''))
      .select((e) => e.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return Number(count);
  },
});

const entryFrom = (row: Selectable<Schema['audit']>): AuditEntry => ({
  id: row.id,
  at: row.at,
  actor: { id: row.actor_id, email: row.actor_email },
  action: row.action,
  target: row.target,
  detail: JSON.parse(row.detail),
});
