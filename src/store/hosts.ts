import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

export interface Zone {
  readonly id: string;
  readonly name: string;
  readonly createdOn: string;
}

export interface Route {
  readonly id: string;
  readonly zoneId: string;
  readonly pattern: string;
  readonly script: string | null;
  readonly createdOn: string;
}

export interface CustomDomain {
  readonly id: string;
  readonly hostname: string;
  readonly zoneId: string;
  readonly script: string;
  readonly enabled: boolean;
  readonly previewsEnabled: boolean;
  readonly createdOn: string;
}

/** Zones, and what points hosts at Workers. */
export const hosts = (db: Kysely<Schema>) => ({
  zones: async (): Promise<readonly Zone[]> => (await db.selectFrom('zones').selectAll().orderBy('name').execute()).map(zoneFrom),
  zoneById: async (id: string): Promise<Zone | undefined> => {
    const row = await db.selectFrom('zones').selectAll().where('id', '=', id).executeTakeFirst();
    return row && zoneFrom(row);
  },
  zoneByName: async (name: string): Promise<Zone | undefined> => {
    const row = await db.selectFrom('zones').selectAll().where('name', '=', name).executeTakeFirst();
    return row && zoneFrom(row);
  },
  insertZone: async (zone: Zone): Promise<void> => {
    await db.insertInto('zones').values({ id: zone.id, name: zone.name, created_on: zone.createdOn }).execute();
  },
  deleteZone: async (id: string): Promise<void> => {
    await db.deleteFrom('zones').where('id', '=', id).execute();
  },
  routes: async (): Promise<readonly Route[]> => (await db.selectFrom('routes').selectAll().orderBy('pattern').execute()).map(routeFrom),
  insertRoute: async (route: Route): Promise<void> => {
    await db
      .insertInto('routes')
      .values({ id: route.id, zone_id: route.zoneId, pattern: route.pattern, script: route.script, created_on: route.createdOn })
      .execute();
  },
  updateRoute: async (route: Route): Promise<void> => {
    await db.updateTable('routes').set({ pattern: route.pattern, script: route.script }).where('id', '=', route.id).execute();
  },
  deleteRoute: async (id: string): Promise<void> => {
    await db.deleteFrom('routes').where('id', '=', id).execute();
  },
  domains: async (): Promise<readonly CustomDomain[]> =>
    (await db.selectFrom('domains').selectAll().orderBy('hostname').execute()).map(domainFrom),
  insertDomain: async (domain: CustomDomain): Promise<void> => {
    await db.insertInto('domains').values(domainRow(domain)).execute();
  },
  updateDomain: async (domain: CustomDomain): Promise<void> => {
    const { id, ...columns } = domainRow(domain);
    await db.updateTable('domains').set(columns).where('id', '=', id).execute();
  },
  deleteDomain: async (id: string): Promise<void> => {
    await db.deleteFrom('domains').where('id', '=', id).execute();
  },
  /** Takes every route and custom domain away from a Worker. */
  releaseWorker: async (name: string): Promise<void> => {
    await db.deleteFrom('routes').where('script', '=', name).execute();
    await db.deleteFrom('domains').where('script', '=', name).execute();
  },
});

const zoneFrom = (row: Schema['zones']): Zone => ({ id: row.id, name: row.name, createdOn: row.created_on });

const routeFrom = (row: Schema['routes']): Route => ({
  id: row.id,
  zoneId: row.zone_id,
  pattern: row.pattern,
  script: row.script,
  createdOn: row.created_on,
});

const domainFrom = (row: Schema['domains']): CustomDomain => ({
  id: row.id,
  hostname: row.hostname,
  zoneId: row.zone_id,
  script: row.script,
  enabled: row.enabled === 1,
  previewsEnabled: row.previews_enabled === 1,
  createdOn: row.created_on,
});

const domainRow = (domain: CustomDomain): Schema['domains'] => ({
  id: domain.id,
  hostname: domain.hostname,
  zone_id: domain.zoneId,
  script: domain.script,
  enabled: Number(domain.enabled),
  previews_enabled: Number(domain.previewsEnabled),
  created_on: domain.createdOn,
});
