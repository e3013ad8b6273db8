import { sql, type Kysely } from 'kysely';
import { soleVersion, type Deployment, type Source, type Split } from '../domain/index.ts';
import { among } from './among.ts';
import type { Schema } from './schema.ts';

/** A deployment with its place in the Worker's history, 1 for the first. */
export interface StoredDeployment extends Deployment {
  readonly number: number;
}

/** What a history is told by. */
export type DeploymentHead = Pick<StoredDeployment, 'number' | 'createdOn' | 'triggeredBy' | 'split'>;

/** The active deployment of every Worker that has one: read from the Workers, so that only the newest of each one's history is. */
export const newestOfEach = (db: Kysely<Schema>) =>
  db.selectFrom('workers').innerJoin('deployments', (join) =>
    join.onRef('deployments.worker_tag', '=', 'workers.tag').on('deployments.number', '=', (e) =>
      e
        .selectFrom('deployments as own')
        .select((own) => own.fn.max('own.number').as('newest'))
        .whereRef('own.worker_tag', '=', 'workers.tag'),
    ),
  );

export const deployments = (db: Kysely<Schema>) => {
  const newestFirst = (workerTag: string) =>
    db.selectFrom('deployments').selectAll().where('worker_tag', '=', workerTag).orderBy('number', 'desc');
  return {
    byId: async (workerTag: string, id: string): Promise<StoredDeployment | undefined> => {
      const row = await newestFirst(workerTag).where('id', '=', id).executeTakeFirst();
      return row && deploymentFrom(row);
    },
    active: async (workerTag: string): Promise<StoredDeployment | undefined> => {
      const row = await newestFirst(workerTag).limit(1).executeTakeFirst();
      return row && deploymentFrom(row);
    },
    /** The active one of every Worker that has one. */
    allActive: async (): Promise<readonly StoredDeployment[]> =>
      (await newestOfEach(db).selectAll('deployments').execute()).map(deploymentFrom),
    /** The latest of each of these Workers, so many of each at most; each Worker's newest first. */
    latestOfEach: async (workerTags: readonly string[], most: number): Promise<readonly StoredDeployment[]> => {
      // Numbers have gaps where a deployment was deleted: the oldest that is meant is found by counting.
      const all = db.selectFrom('workers').innerJoin('deployments', (join) =>
        join.onRef('deployments.worker_tag', '=', 'workers.tag').on('deployments.number', '>=', (e) =>
          e.fn.coalesce(
            e
              .selectFrom('deployments as own')
              .select('own.number')
              .whereRef('own.worker_tag', '=', 'workers.tag')
              .orderBy('own.number', 'desc')
              .limit(1)
              .offset(most - 1),
            e.lit(0),
          ),
        ),
      );
      const wanted = all.where('workers.tag', 'in', among(workerTags));
      const rows = await wanted.selectAll('deployments').orderBy('workers.tag').orderBy('deployments.number', 'desc').execute();
      return rows.map(deploymentFrom);
    },
    /**
     * So many of the latest of each of these Workers, newest first, by its tag. They come as one JSON text for each Worker: ten thousand
     * rows of it would take three times as long.
     */
    heads: async (workerTags: readonly string[], most: number): Promise<ReadonlyMap<string, readonly DeploymentHead[]>> => {
      const { rows } = await sql<{ tag: string; heads: string }>`
        select workers.tag as tag, (
          select json_group_array(json_array(number, created_on, triggered_by, json(split)))
          from (select * from deployments where worker_tag = workers.tag order by number desc limit ${most})
        ) as heads from workers where workers.tag in ${among(workerTags)}`.execute(db);
      return new Map(rows.map(({ tag, heads }) => [tag, headsFrom(heads)]));
    },
    /** Newest first; with `below` of those with a lower number. */
    page: async (
      workerTag: string,
      page: { readonly offset: number; readonly limit: number; readonly below?: number | undefined },
    ): Promise<readonly StoredDeployment[]> => {
      const all = newestFirst(workerTag);
      const wanted = page.below === undefined ? all : all.where('number', '<', page.below);
      const rows = await wanted.offset(page.offset).limit(page.limit).execute();
      return rows.map(deploymentFrom);
    },
    count: async (workerTag: string): Promise<number> => {
      const { count } = await db
        .selectFrom('deployments')
        .select((e) => e.fn.countAll<number>().as('count'))
        .where('worker_tag', '=', workerTag)
        .executeTakeFirstOrThrow();
      return Number(count);
    },
    /** The last deployment at 100 % before the one with this number. */
    lastStableBefore: async (workerTag: string, number: number): Promise<StoredDeployment | undefined> => {
      const row = await newestFirst(workerTag)
        .where('number', '<', number)
        .where('sole_version', 'is not', null)
        .limit(1)
        .executeTakeFirst();
      return row && deploymentFrom(row);
    },
    /** The latest deployment that gives all traffic to this version. */
    lastWithSoleVersion: async (workerTag: string, versionId: string): Promise<StoredDeployment | undefined> => {
      const row = await newestFirst(workerTag).where('sole_version', '=', versionId).limit(1).executeTakeFirst();
      return row && deploymentFrom(row);
    },
    /** When the deployment was made that took a version's place last; nothing of one that serves or never did. */
    leftOn: async (workerTag: string, versionId: string): Promise<string | undefined> => {
      const last = await newestFirst(workerTag).where('split', 'like', naming(versionId)).limit(1).executeTakeFirst();
      if (last === undefined) return undefined;
      const later = db.selectFrom('deployments').select('created_on').where('worker_tag', '=', workerTag).where('number', '>', last.number);
      return (await later.orderBy('number').limit(1).executeTakeFirst())?.created_on;
    },
    /** What served at any time since then, newest first: the deployments made after it, and the one before them. */
    servedSince: async (
      workerTag: string,
      since: string,
      most: number,
    ): Promise<readonly Pick<StoredDeployment, 'split' | 'createdOn'>[]> => {
      const ofWorker = db.selectFrom('deployments').where('worker_tag', '=', workerTag).orderBy('number', 'desc');
      const served = await ofWorker.select('number').where('created_on', '<=', since).limit(1).executeTakeFirst();
      const rows = await ofWorker
        .select(['split', 'created_on'])
        .where('number', '>=', served?.number ?? 0)
        .limit(most)
        .execute();
      return rows.map(({ split, created_on }) => ({ split: JSON.parse(split), createdOn: created_on }));
    },
    insert: async (deployment: Deployment): Promise<StoredDeployment> => {
      const last = await newestFirst(deployment.scriptTag).limit(1).executeTakeFirst();
      const number = (last?.number ?? 0) + 1;
      await db.insertInto('deployments').values(rowFrom(deployment, number)).execute();
      return { ...deployment, number };
    },
    /** Deletes every deployment of the Worker whose split names this version. */
    deleteNaming: async (workerTag: string, versionId: string): Promise<void> => {
      await db.deleteFrom('deployments').where('worker_tag', '=', workerTag).where('split', 'like', naming(versionId)).execute();
    },
    delete: async (id: string): Promise<void> => {
      await db.deleteFrom('deployments').where('id', '=', id).execute();
    },
  };
};

/** Of a split as it is stored: not one whose versions only came from this one. Ids are made by us and hold no wildcard. */
const naming = (versionId: string): string => `%"versionId":"${versionId}"%`;

/** Which order an aggregate has them in, SQLite does not promise. */
const headsFrom = (text: string): readonly DeploymentHead[] =>
  // As it was written in the statement above.
  (JSON.parse(text) as readonly (readonly [number, string, string, Split])[])
    .map(([number, createdOn, triggeredBy, split]) => ({ number, createdOn, triggeredBy, split }))
    .toSorted((a, b) => b.number - a.number);

const deploymentFrom = (row: Schema['deployments']): StoredDeployment => ({
  id: row.id,
  scriptTag: row.worker_tag,
  number: row.number,
  createdOn: row.created_on,
  source: row.source as Source,
  author: { id: row.author_id, email: row.author_email },
  triggeredBy: row.triggered_by,
  message: row.message ?? undefined,
  split: JSON.parse(row.split),
  rollbackFrom: row.rollback_from ?? undefined,
});

const rowFrom = (deployment: Deployment, number: number): Schema['deployments'] => ({
  id: deployment.id,
  worker_tag: deployment.scriptTag,
  number,
  created_on: deployment.createdOn,
  source: deployment.source,
  author_id: deployment.author.id,
  author_email: deployment.author.email,
  triggered_by: deployment.triggeredBy,
  message: deployment.message ?? null,
  split: JSON.stringify(deployment.split),
  sole_version: soleVersion(deployment.split) ?? null,
  rollback_from: deployment.rollbackFrom ?? null,
});
