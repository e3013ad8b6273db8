import type { Kysely } from 'kysely';
import type { ObjectNamespace } from '../domain/index.ts';
import type { Schema } from './schema.ts';

/** Namespaces of Durable Objects. One that was deleted stays as a row, so that its storage is removed wherever it is. */
export const namespaces = (db: Kysely<Schema>) => {
  const live = () =>
    db
      .selectFrom('object_namespaces')
      .innerJoin('workers', 'workers.tag', 'object_namespaces.worker_tag')
      .select(['object_namespaces.id', 'workers.name as script', 'class_name', 'storage', 'moved_from'])
      .where('deleted_on', 'is', null)
      .orderBy('script')
      .orderBy('class_name');
  return {
    /** Those that live. */
    all: async (): Promise<readonly ObjectNamespace[]> => (await live().execute()).map(namespaceFrom),
    ofWorker: async (workerTag: string): Promise<readonly ObjectNamespace[]> =>
      (await live().where('worker_tag', '=', workerTag).execute()).map(namespaceFrom),
    /** Those that another Worker has from this one, and did not pass on. */
    takenFrom: async (name: string): Promise<readonly ObjectNamespace[]> =>
      (await live().where('moved_from', '=', name).execute()).map(namespaceFrom),
    /** Ids of those that are gone, for whoever stores their objects. */
    deleted: async (): Promise<readonly string[]> => {
      const rows = await db.selectFrom('object_namespaces').select('id').where('deleted_on', 'is not', null).orderBy('id').execute();
      return rows.map(({ id }) => id);
    },
    insert: async (workerTag: string, { namespaceId, className, storage }: ObjectNamespace, at: string): Promise<void> => {
      await db
        .insertInto('object_namespaces')
        .values({
          id: namespaceId,
          worker_tag: workerTag,
          class_name: className,
          storage,
          created_on: at,
          deleted_on: null,
          moved_from: null,
        })
        .execute();
    },
    rename: async ({ namespaceId, className }: ObjectNamespace): Promise<void> => {
      await db.updateTable('object_namespaces').set({ class_name: className }).where('id', '=', namespaceId).execute();
    },
    /** To the Worker and the name that it has there. */
    transfer: async ({ namespaceId, className, script, movedFrom }: ObjectNamespace): Promise<void> => {
      const { tag } = await db.selectFrom('workers').select('tag').where('name', '=', script).executeTakeFirstOrThrow();
      const moved = { worker_tag: tag, class_name: className, moved_from: movedFrom ?? null };
      await db.updateTable('object_namespaces').set(moved).where('id', '=', namespaceId).execute();
    },
    delete: async ({ namespaceId }: ObjectNamespace, at: string): Promise<void> => {
      await db.updateTable('object_namespaces').set({ deleted_on: at }).where('id', '=', namespaceId).execute();
    },
  };
};

const namespaceFrom = (
  row: Pick<Schema['object_namespaces'], 'id' | 'class_name' | 'storage' | 'moved_from'> & { readonly script: string },
): ObjectNamespace => ({
  namespaceId: row.id,
  script: row.script,
  className: row.class_name,
  storage: row.storage,
  ...(row.moved_from === null ? {} : { movedFrom: row.moved_from }),
});
