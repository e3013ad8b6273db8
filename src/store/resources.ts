import type { Kysely } from 'kysely';
import type { Resource, ResourceKind } from '../domain/index.ts';
import type { Schema } from './schema.ts';

export const resources = (db: Kysely<Schema>) => ({
  all: async (): Promise<readonly Resource[]> => (await db.selectFrom('resources').selectAll().execute()).map(resourceFrom),
  ofKind: async (kind: ResourceKind): Promise<readonly Resource[]> =>
    (await db.selectFrom('resources').selectAll().where('kind', '=', kind).orderBy('name').execute()).map(resourceFrom),
  byId: async (kind: ResourceKind, id: string): Promise<Resource | undefined> => {
    const row = await db.selectFrom('resources').selectAll().where('kind', '=', kind).where('id', '=', id).executeTakeFirst();
    return row && resourceFrom(row);
  },
  byName: async (kind: ResourceKind, name: string): Promise<Resource | undefined> => {
    const row = await db.selectFrom('resources').selectAll().where('kind', '=', kind).where('name', '=', name).executeTakeFirst();
    return row && resourceFrom(row);
  },
  insert: async (resource: Resource): Promise<void> => {
    await db.insertInto('resources').values(rowFrom(resource)).execute();
  },
  update: async (resource: Resource): Promise<void> => {
    const { name, settings } = rowFrom(resource);
    await db.updateTable('resources').set({ name, settings }).where('kind', '=', resource.kind).where('id', '=', resource.id).execute();
  },
  delete: async ({ kind, id }: Resource): Promise<void> => {
    await db.deleteFrom('resources').where('kind', '=', kind).where('id', '=', id).execute();
  },
});

const resourceFrom = (row: Schema['resources']): Resource => ({
  kind: row.kind,
  id: row.id,
  name: row.name,
  createdOn: row.created_on,
  settings: JSON.parse(row.settings),
});

const rowFrom = ({ kind, id, name, createdOn, settings }: Resource): Schema['resources'] => ({
  kind,
  id,
  name,
  created_on: createdOn,
  settings: JSON.stringify(settings),
});
