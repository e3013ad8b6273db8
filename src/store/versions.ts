import { sql, type Expression, type ExpressionBuilder, type Kysely, type Selectable, type SqlBool } from 'kysely';
import { codeOf, type Source, type Version } from '../domain/index.ts';
import { among } from './among.ts';
import type { Schema } from './schema.ts';

/** An upload whose answer may not have reached its client: the same upload again is answered with the same version. */
export interface UploadReceipt {
  readonly digest: string;
  readonly answeredOn: string | undefined;
}

/** A version without what it runs. */
export type VersionHead = Pick<
  Version,
  'id' | 'scriptTag' | 'number' | 'createdOn' | 'source' | 'author' | 'message' | 'tag' | 'triggeredBy'
>;

/** Which versions of a Worker are meant: those that all of this is true of. Texts are parts, in any case. */
export interface VersionFilter {
  readonly tag?: string | undefined;
  readonly author?: string | undefined;
  readonly message?: string | undefined;
  /** In any of these, the beginning of the id, or the number. */
  readonly search?: string | undefined;
  /** Those above this number, and these beside. */
  readonly above?: { readonly number: number; readonly or: readonly string[] } | undefined;
}

export const versions = (db: Kysely<Schema>) => {
  const ofWorker = (workerTag: string) => db.selectFrom('versions').selectAll().where('worker_tag', '=', workerTag);
  return {
    byId: async (id: string): Promise<Version | undefined> => {
      const row = await db.selectFrom('versions').selectAll().where('id', '=', id).executeTakeFirst();
      return row && versionFrom(row);
    },
    /** Those of the ids that exist and belong to the Worker. */
    byIds: async (workerTag: string, ids: readonly string[]): Promise<readonly Version[]> => {
      if (ids.length === 0) return [];
      const rows = await ofWorker(workerTag).where('id', 'in', ids).execute();
      return rows.map(versionFrom);
    },
    /** The ids of the Worker that begin with these digits and hyphens, two at most: whether there is one, and only one. */
    idsFrom: async (workerTag: string, beginning: string): Promise<readonly string[]> => {
      const begun = db.selectFrom('versions').select('id').where('worker_tag', '=', workerTag).where('id', 'like', `${beginning}%`);
      return (await begun.limit(2).execute()).map(({ id }) => id);
    },
    newest: async (workerTag: string): Promise<Version | undefined> => {
      const row = await ofWorker(workerTag).orderBy('number', 'desc').limit(1).executeTakeFirst();
      return row && versionFrom(row);
    },
    /** Newest first. */
    page: async (workerTag: string, page: { readonly offset: number; readonly limit: number }): Promise<readonly Version[]> => {
      const rows = await ofWorker(workerTag).orderBy('number', 'desc').offset(page.offset).limit(page.limit).execute();
      return rows.map(versionFrom);
    },
    count: async (workerTag: string): Promise<number> => {
      const { count } = await db
        .selectFrom('versions')
        .select((e) => e.fn.countAll<number>().as('count'))
        .where('worker_tag', '=', workerTag)
        .executeTakeFirstOrThrow();
      return Number(count);
    },
    /** The newest version of each of these Workers that has one. */
    newestOfEach: async (workerTags: readonly string[]): Promise<readonly VersionHead[]> => {
      const rows = await db
        .selectFrom('workers')
        .innerJoin('versions', (join) =>
          join.onRef('versions.worker_tag', '=', 'workers.tag').on('versions.number', '=', (e) =>
            e
              .selectFrom('versions as own')
              .select((own) => own.fn.max('own.number').as('newest'))
              .whereRef('own.worker_tag', '=', 'workers.tag'),
          ),
        )
        .select(HEAD)
        .where('workers.tag', 'in', among(workerTags))
        .execute();
      return rows.map(headFrom);
    },
    /** Those of the ids that exist. */
    heads: async (ids: readonly string[]): Promise<readonly VersionHead[]> =>
      (await db.selectFrom('versions').select(HEAD).where('id', 'in', among(ids)).execute()).map(headFrom),
    /** The numbers of those of the ids that exist. */
    numbers: async (ids: readonly string[]): Promise<ReadonlyMap<string, number>> => {
      const { rows } = await sql<{ numbers: string }>`
        select json_group_array(json_array(id, number)) as numbers from versions where id in ${among(ids)}`.execute(db);
      return new Map(JSON.parse(rows[0]?.numbers ?? '[]') as readonly [string, number][]);
    },
    /** How many versions each of these Workers has, by its tag. */
    countOfEach: async (workerTags: readonly string[]): Promise<ReadonlyMap<string, number>> => {
      const rows = await db
        .selectFrom('versions')
        .select((e) => ['worker_tag', e.fn.countAll<number>().as('count')])
        .where('worker_tag', 'in', among(workerTags))
        .groupBy('worker_tag')
        .execute();
      return new Map(rows.map(({ worker_tag, count }) => [worker_tag, Number(count)]));
    },
    /** Newest first. */
    found: async (
      workerTag: string,
      filter: VersionFilter,
      page: { readonly offset: number; readonly limit: number },
    ): Promise<readonly Version[]> => {
      const wanted = ofWorker(workerTag).where((e) => e.and(conditions(e, filter)));
      return (await wanted.orderBy('number', 'desc').offset(page.offset).limit(page.limit).execute()).map(versionFrom);
    },
    countFound: async (workerTag: string, filter: VersionFilter): Promise<number> => {
      const { count } = await db
        .selectFrom('versions')
        .select((e) => e.fn.countAll<number>().as('count'))
        .where('worker_tag', '=', workerTag)
        .where((e) => e.and(conditions(e, filter)))
        .executeTakeFirstOrThrow();
      return Number(count);
    },
    /** Ids of the newest versions, newest first: what has a URL of its own. */
    ids: async (workerTag: string, most: number): Promise<readonly string[]> => {
      const newest = db.selectFrom('versions').select('id').where('worker_tag', '=', workerTag).orderBy('number', 'desc');
      const rows = await newest.limit(most).execute();
      return rows.map(({ id }) => id);
    },
    /** Those of all Workers, at most so many of each. */
    idsOfAll: async (most: number): Promise<readonly { readonly workerTag: string; readonly id: string }[]> => {
      const ranked = db
        .selectFrom('versions')
        .select(['id', 'worker_tag', 'number'])
        .select((e) =>
          e.fn
            .agg<number>('row_number')
            .over((over) => over.partitionBy('worker_tag').orderBy('number', 'desc'))
            .as('rank'),
        );
      const newest = db.selectFrom(ranked.as('ranked')).select(['id', 'worker_tag']).where('rank', '<=', most);
      const rows = await newest.orderBy('worker_tag').orderBy('number', 'desc').execute();
      return rows.map(({ id, worker_tag }) => ({ workerTag: worker_tag, id }));
    },
    /** The version that this very upload made a short while ago and whose answer was not delivered. */
    unanswered: async (workerTag: string, authorId: string, digest: string, since: string): Promise<Version | undefined> => {
      const row = await ofWorker(workerTag)
        .where('upload_digest', '=', digest)
        .where('author_id', '=', authorId)
        .where('answered_on', 'is', null)
        .where('created_on', '>=', since)
        .orderBy('number', 'desc')
        .executeTakeFirst();
      return row && versionFrom(row);
    },
    markAnswered: async (id: string, at: string): Promise<void> => {
      await db.updateTable('versions').set({ answered_on: at }).where('id', '=', id).execute();
    },
    insert: async (version: Version, receipt: UploadReceipt | undefined): Promise<void> => {
      await db.insertInto('versions').values(rowFrom(version, receipt)).execute();
      const digests = [...new Set(version.modules.map(({ digest }) => digest))];
      if (digests.length > 0) {
        await db
          .insertInto('version_modules')
          .values(digests.map((digest) => ({ version_id: version.id, digest })))
          .execute();
      }
      if (version.assets !== undefined) {
        const { id, scriptTag, assets } = version;
        await db.insertInto('version_assets').values({ version_id: id, worker_tag: scriptTag, manifest: assets.manifest }).execute();
      }
    },
    delete: async (id: string): Promise<void> => {
      await db.deleteFrom('versions').where('id', '=', id).execute();
    },
    /** Every module digest that some version refers to. */
    digests: async (): Promise<ReadonlySet<string>> => {
      const rows = await db.selectFrom('version_modules').select('digest').distinct().execute();
      return new Set(rows.map(({ digest }) => digest));
    },
    aliases: async (workerTag: string): Promise<Readonly<Record<string, string>>> => {
      const rows = await db.selectFrom('aliases').selectAll().where('worker_tag', '=', workerTag).orderBy('created_on').execute();
      return Object.fromEntries(rows.map(({ alias, version_id }) => [alias, version_id]));
    },
    allAliases: async (): Promise<readonly { readonly workerTag: string; readonly alias: string; readonly versionId: string }[]> => {
      const rows = await db.selectFrom('aliases').selectAll().orderBy('created_on').execute();
      return rows.map(({ worker_tag, alias, version_id }) => ({ workerTag: worker_tag, alias, versionId: version_id }));
    },
    /** Points an alias at a version and drops the aliases that were given longest ago beyond `most`. */
    setAlias: async (workerTag: string, alias: string, versionId: string, at: string, most: number): Promise<void> => {
      await db
        .insertInto('aliases')
        .values({ worker_tag: workerTag, alias, version_id: versionId, created_on: at })
        .onConflict((c) => c.columns(['worker_tag', 'alias']).doUpdateSet({ version_id: versionId, created_on: at }))
        .execute();
      const old = db
        .selectFrom('aliases')
        .select('alias')
        .where('worker_tag', '=', workerTag)
        .orderBy('created_on', 'desc')
        .limit(1_000_000)
        .offset(most);
      await db.deleteFrom('aliases').where('worker_tag', '=', workerTag).where('alias', 'in', old).execute();
    },
  };
};

const HEAD = [
  'versions.id',
  'versions.worker_tag',
  'versions.number',
  'versions.created_on',
  'versions.source',
  'versions.author_id',
  'versions.author_email',
  'versions.triggered_by',
  'versions.message',
  'versions.tag',
] as const;

const headFrom = (row: Omit<Selectable<Schema['versions']>, 'code' | Unread>): VersionHead => ({
  id: row.id,
  scriptTag: row.worker_tag,
  number: row.number,
  createdOn: row.created_on,
  source: row.source as Source,
  author: { id: row.author_id, email: row.author_email },
  triggeredBy: row.triggered_by,
  message: row.message ?? undefined,
  tag: row.tag ?? undefined,
});

type Unread = 'alias' | 'startup_time_ms' | 'etag' | 'handlers' | 'named_handlers' | 'upload_digest' | 'answered_on';

const conditions = (e: ExpressionBuilder<Schema, 'versions'>, filter: VersionFilter): readonly Expression<SqlBool>[] => {
  const { tag, author, message, search, above } = filter;
  const has = (column: 'tag' | 'author_email' | 'message' | 'id', text: string, from = '%') =>
    sql<boolean>`${e.ref(column)} like ${`${from}${text.replaceAll(/[!%_]/g, '!$&')}%`} escape '!'`;
  const wanted: Expression<SqlBool>[] = [];
  if (tag !== undefined) wanted.push(has('tag', tag));
  if (author !== undefined) wanted.push(has('author_email', author));
  if (message !== undefined) wanted.push(has('message', message));
  if (search !== undefined) {
    const number = /^v?(\d{1,9})$/i.exec(search)?.[1];
    const texts = [has('tag', search), has('message', search), has('author_email', search), has('id', search, '')];
    wanted.push(e.or(number === undefined ? texts : [...texts, e('number', '=', Number(number))]));
  }
  if (above !== undefined) {
    const newer = e('number', '>', above.number);
    wanted.push(above.or.length === 0 ? newer : e.or([newer, e('id', 'in', above.or)]));
  }
  return wanted;
};

export const versionFrom = (row: Selectable<Schema['versions']>): Version => ({
  // A row was written by rowFrom below; the code is the VersionCode it stored, with the lineage of one that has any.
  ...JSON.parse(row.code),
  ...headFrom(row),
  alias: row.alias ?? undefined,
  startupTimeMs: row.startup_time_ms,
  etag: row.etag,
  handlers: JSON.parse(row.handlers),
  namedHandlers: JSON.parse(row.named_handlers),
});

const rowFrom = (version: Version, receipt: UploadReceipt | undefined): Schema['versions'] => ({
  id: version.id,
  worker_tag: version.scriptTag,
  number: version.number,
  created_on: version.createdOn,
  source: version.source,
  author_id: version.author.id,
  author_email: version.author.email,
  triggered_by: version.triggeredBy,
  message: version.message ?? null,
  tag: version.tag ?? null,
  alias: version.alias ?? null,
  startup_time_ms: version.startupTimeMs,
  etag: version.etag,
  handlers: JSON.stringify(version.handlers),
  named_handlers: JSON.stringify(version.namedHandlers),
  code: JSON.stringify({ ...codeOf(version), lineage: version.lineage }),
  upload_digest: receipt?.digest ?? null,
  answered_on: receipt?.answeredOn ?? null,
});
