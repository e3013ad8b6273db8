import { sql, type Expression, type ExpressionBuilder, type Kysely, type Selectable, type SqlBool } from 'kysely';
import type { Author } from '../domain/index.ts';
import type { Schema } from './schema.ts';

/** One change, who made it and to what. `detail` never holds a secret's value. */
export interface AuditEntry {
  readonly id: string;
  readonly at: string;
  readonly actor: Author;
  /** The address that the request came from; none where it was no request. */
  readonly actorIp?: string | undefined;
  /** `version.upload`, `deployment.create`, `secret.put`, … */
  readonly action: string;
  /** What it was done to: `worker/hello`, `zone/example.com`. */
  readonly target: string;
  readonly detail: Readonly<Record<string, unknown>>;
  /** The name of the zone that it was done in, put in by the store. */
  readonly zone?: string | undefined;
}

/** Which rows are meant: those that all of this is true of. */
export interface AuditFilter {
  readonly id?: string | undefined;
  readonly target?: string | undefined;
  /** An action, or the first word of several: `deployment`. */
  readonly action?: string | undefined;
  /** Only rows whose detail has this name in a list called so. */
  readonly listed?: { readonly in: 'hostnames' | 'patterns'; readonly name: string } | undefined;
  /** An e-mail address, or the name of a token that has none, or a token's id. */
  readonly actor?: string | undefined;
  /** Any of these addresses. */
  readonly actorIps?: readonly string[] | undefined;
  readonly zone?: string | undefined;
  /** ISO times with milliseconds, in UTC: this one is within, `before` is not. */
  readonly since?: string | undefined;
  readonly before?: string | undefined;
  /** Only changes of secrets, however they were made. */
  readonly isOfSecrets?: true | undefined;
}

export interface AuditPage {
  readonly offset: number;
  readonly limit: number;
  readonly oldestFirst?: boolean | undefined;
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
        actor_ip: entry.actorIp ?? null,
        zone: entry.zone ?? null,
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
  /** In the order in which they were stored, newest first. */
  page: async ({ offset, limit, oldestFirst = false }: AuditPage, filter: AuditFilter = {}): Promise<readonly AuditEntry[]> => {
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .where((e) => e.and(conditions(e, filter)))
      .orderBy('seq', oldestFirst ? 'asc' : 'desc')
      .offset(offset)
      .limit(limit)
      .execute();
    return rows.map(entryFrom);
  },
  count: async (filter: AuditFilter = {}): Promise<number> => {
    const { count } = await db
      .selectFrom('audit')
      .where((e) => e.and(conditions(e, filter)))
      .select((e) => e.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return Number(count);
  },
  /** Every address that a change was made from. */
  actorIps: async (): Promise<readonly string[]> => {
    const rows = await db.selectFrom('audit').select('actor_ip').distinct().where('actor_ip', 'is not', null).execute();
    return rows.flatMap(({ actor_ip: ip }) => ip ?? []);
  },
});

const conditions = (e: ExpressionBuilder<Schema, 'audit'>, filter: AuditFilter): readonly Expression<SqlBool>[] => {
  const { id, target, action, listed, actor, actorIps, zone, since, before, isOfSecrets } = filter;
  const wanted: Expression<SqlBool>[] = [];
  if (id !== undefined) wanted.push(e('id', '=', id));
  if (target !== undefined) wanted.push(e('target', '=', target));
  if (action !== undefined)
    wanted.push(e.or([e('action', '=', action), sql<boolean>`action like ${startingWith(`${action}.`)} escape '!'`]));
  if (listed !== undefined)
    wanted.push(sql<boolean>`exists (select 1 from json_each(detail, ${`$.${listed.in}`}) where value = ${listed.name})`);
  if (actor !== undefined) wanted.push(e.or([e('actor_email', '=', actor), e('actor_id', '=', actor)]));
  // An empty list is not SQL everywhere.
  if (actorIps !== undefined) wanted.push(actorIps.length === 0 ? e.lit(false) : e('actor_ip', 'in', actorIps));
  if (zone !== undefined) wanted.push(e('zone', '=', zone));
  if (since !== undefined) wanted.push(e('at', '>=', since));
  if (before !== undefined) wanted.push(e('at', '<', before));
  if (isOfSecrets === true) {
    const isNamed = sql<boolean>`(json_extract(detail, '$.secrets_set') is not null or json_extract(detail, '$.secrets_deleted') is not null)`;
    wanted.push(e.or([e('action', '=', 'secret.change'), isNamed]));
  }
  return wanted;
};

const startingWith = (text: string): string => `${text.replaceAll(/[!%_]/g, '!$&')}%`;

const entryFrom = (row: Selectable<Schema['audit']>): AuditEntry => ({
  id: row.id,
  at: row.at,
  actor: { id: row.actor_id, email: row.actor_email },
  action: row.action,
  target: row.target,
  detail: JSON.parse(row.detail),
  ...(row.actor_ip === null ? {} : { actorIp: row.actor_ip }),
  ...(row.zone === null ? {} : { zone: row.zone }),
});
