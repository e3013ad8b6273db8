import type { Kysely, Selectable } from 'kysely';
import { codeOf, type Source, type Version } from '../domain/index.ts';
import type { Schema } from './schema.ts';

/** An upload whose answer may not have reached its client: the same upload again is answered with the same version. */
export interface UploadReceipt {
  readonly digest: string;
  readonly answeredOn: string | undefined;
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

export const versionFrom = (row: Selectable<Schema['versions']>): Version => ({
  // A row was written by rowFrom below; the code is the VersionCode it stored, with the lineage of one that has any.
  ...JSON.parse(row.code),
  id: row.id,
  scriptTag: row.worker_tag,
  number: row.number,
  createdOn: row.created_on,
  source: row.source as Source,
  author: { id: row.author_id, email: row.author_email },
  triggeredBy: row.triggered_by,
  message: row.message ?? undefined,
  tag: row.tag ?? undefined,
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
