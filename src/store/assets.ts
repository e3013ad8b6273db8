import type { Kysely } from 'kysely';
import type { Asset } from '../domain/index.ts';
import type { Schema } from './schema.ts';

/** A file that was uploaded for a Worker, by the hash its client knows it under. */
export type UploadedAsset = Omit<Asset, 'path'>;

/** SQLite takes 32,766 values in one statement; a row has six. */
const ROWS_AT_ONCE = 4_000;

/** Which files were uploaded, and which versions have a manifest of them. */
export const assets = (db: Kysely<Schema>) => ({
  /** Every file known of this Worker, by hash. */
  uploaded: async (script: string): Promise<ReadonlyMap<string, UploadedAsset>> => {
    const rows = await db.selectFrom('uploaded_assets').selectAll().where('script', '=', script).execute();
    return new Map(
      rows.map(({ hash, digest, size, content_type }) => [hash, { hash, digest, size, contentType: content_type ?? undefined }]),
    );
  },
  add: async (script: string, files: readonly UploadedAsset[], at: string): Promise<void> => {
    for (let first = 0; first < files.length; first += ROWS_AT_ONCE) {
      const rows = files
        .slice(first, first + ROWS_AT_ONCE)
        .map(({ hash, digest, size, contentType }) => ({ script, hash, digest, size, content_type: contentType ?? null, used_on: at }));
      await db.replaceInto('uploaded_assets').values(rows).execute();
    }
  },
  /**
   * A client was told that it need not upload these again: they stay until it has made its version. Those used since `recent` stay
   * long enough as they are.
   */
  use: async (script: string, at: string, recent: string): Promise<void> => {
    await db.updateTable('uploaded_assets').set({ used_on: at }).where('script', '=', script).where('used_on', '<', recent).execute();
  },
  /** Digests of files that a client may be about to make a version of. */
  usedSince: async (since: string): Promise<readonly string[]> => {
    const rows = await db.selectFrom('uploaded_assets').select('digest').distinct().where('used_on', '>=', since).execute();
    return rows.map(({ digest }) => digest);
  },
  forget: async (isReferenced: (digest: string) => boolean, before: string): Promise<void> => {
    const rows = await db.selectFrom('uploaded_assets').select(['script', 'hash', 'digest']).where('used_on', '<', before).execute();
    for (const { script, hash, digest } of rows) {
      if (isReferenced(digest)) continue;
      await db.deleteFrom('uploaded_assets').where('script', '=', script).where('hash', '=', hash).where('used_on', '<', before).execute();
    }
  },
  /** A Worker was deleted: one of its name that is made later begins without them. */
  forgetAllOf: async (script: string): Promise<void> => {
    await db.deleteFrom('uploaded_assets').where('script', '=', script).execute();
  },
  /** Digests of every version's manifest. */
  manifests: async (): Promise<readonly string[]> => {
    const rows = await db.selectFrom('version_assets').select('manifest').distinct().execute();
    return rows.map(({ manifest }) => manifest);
  },
  /** Ids of the versions of a Worker that have assets. */
  versionsOf: async (workerTag: string): Promise<ReadonlySet<string>> => {
    const rows = await db.selectFrom('version_assets').select('version_id').where('worker_tag', '=', workerTag).execute();
    return new Set(rows.map(({ version_id }) => version_id));
  },
  /** Those of all Workers. */
  versions: async (): Promise<readonly { readonly workerTag: string; readonly versionId: string }[]> => {
    const rows = await db.selectFrom('version_assets').select(['worker_tag', 'version_id']).execute();
    return rows.map(({ worker_tag, version_id }) => ({ workerTag: worker_tag, versionId: version_id }));
  },
});
