import { sql, type Kysely } from 'kysely';
import type { Binding, Split, Version, VersionCode } from '../domain/index.ts';
import { newestOfEach } from './deployments.ts';
import type { Schema } from './schema.ts';
import { versionFrom } from './versions.ts';

/** A version that its Worker's active deployment names, at 0 % too. */
export interface ServingVersion {
  readonly script: string;
  readonly version: Version;
}

/** Values of one statement; SQLite takes 32,766 (sqlite.org/limits.html). */
const MOST_IDS = 10_000;

/**
 * What serves, of all Workers: their names in order, and each one's versions in the order of their numbers. With texts only those in
 * whose code one of them stands, so that a question about one thing reads the few versions that name it, however many Workers there are.
 */
export const serving = (db: Kysely<Schema>) => {
  const among = async (ids: readonly string[], texts: readonly string[] | undefined): Promise<readonly Version[]> => {
    const all = db.selectFrom('versions').selectAll().where('id', 'in', ids);
    // A wildcard in a text finds more, and whoever asks looks at what is found.
    const asked = texts === undefined ? all : all.where((e) => e.or(texts.map((text) => e('code', 'like', `%${text}%`))));
    return (await asked.execute()).map(versionFrom);
  };
  return {
    /** The bindings of what serves, of versions that bind another Worker; of all Workers in one statement. */
    callers: async (): Promise<readonly { readonly script: string; readonly bindings: readonly Binding[] }[]> => {
      const { rows } = await sql<{ script: string; code: string }>`
        select workers.name as script, versions.code as code from workers
        join deployments on deployments.worker_tag = workers.tag
          and deployments.number = (select max(own.number) from deployments as own where own.worker_tag = workers.tag)
        join json_each(deployments.split) as share
        join versions on versions.id = share.value ->> 'versionId'
        where versions.code like ${'%"type":"service"%'}`.execute(db);
      // Written by rowFrom of the versions.
      return rows.map(({ script, code }) => ({ script, bindings: (JSON.parse(code) as VersionCode).bindings }));
    },
    all: async (texts?: readonly string[]): Promise<readonly ServingVersion[]> => {
      const active = await newestOfEach(db).select(['workers.name', 'workers.tag', 'deployments.split']).execute();
      const ids = active.flatMap(({ split }) => (JSON.parse(split) as Split).map(({ versionId }) => versionId));
      const versions: Version[] = [];
      for (let at = 0; at < ids.length; at += MOST_IDS) versions.push(...(await among(ids.slice(at, at + MOST_IDS), texts)));
      const names = new Map(active.map(({ tag, name }) => [tag, name]));
      return versions
        .map((version) => ({ script: names.get(version.scriptTag) ?? '', version }))
        .toSorted((a, b) => (a.script === b.script ? a.version.number - b.version.number : a.script < b.script ? -1 : 1));
    },
  };
};
