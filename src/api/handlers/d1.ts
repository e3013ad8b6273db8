import { accept, invariant, refuse, type Result } from '../../base/index.ts';
import { changeResource, createResource, deleteResource } from '../../control/index.ts';
import type { BodyOf, d1Endpoints } from '../../contract/index.ts';
import { queryD1 } from '../../data/index.ts';
import type { Refusal, Resource } from '../../domain/index.ts';
import type { Api, Handlers } from '../api.ts';
import { erasedNow } from '../erase.ts';
import { pageWithin } from '../page.ts';
import { d1View, listedD1View, type D1Size } from '../views/index.ts';

/** By its id or by its name: clients put either in the same place. */
export const databaseCalled = async (api: Api, key: string): Promise<Result<Resource, Refusal>> => {
  const { resources } = api.store.read;
  const database = (await resources.byId('d1', key)) ?? (await resources.byName('d1', key));
  return database === undefined ? refuse({ code: 'resource_not_found', kind: 'd1', key }) : accept(database);
};

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const nameFault = (name: string): string | undefined => {
  if (UUID.test(name)) return 'it would be taken for an id';
  return /^[A-Za-z0-9][\w-]{0,63}$/.test(name)
    ? undefined
    : 'it may hold letters, digits, dashes and underscores, must begin with a letter or a digit, and be 64 characters long at most';
};

type Changes = BodyOf<(typeof d1Endpoints)['patchD1Database']>;

const replicated = ({ read_replication }: Changes): Result<undefined, Refusal> =>
  read_replication?.mode === 'auto'
    ? refuse({
        code: 'data_refused',
        kind: 'd1',
        status: 400,
        reason: 'A database has no replicas here: read_replication.mode can be "disabled" only.',
      })
    : accept(undefined);

const sizeOf = async (api: Api, database: Resource): Promise<Result<D1Size, Refusal>> => {
  const counted = await queryD1(api.data, database, [{ sql: COUNT_TABLES }], 'raw');
  if (!counted.ok) return refuse({ code: 'sql_refused', reason: counted.refusal });
  const [count] = counted.value;
  invariant(count !== undefined, 'a statement has a result');
  return accept({ tables: Number(count.results.rows[0]?.[0]), bytes: count.meta.size_after });
};

/** Without SQLite's tables, D1's, and those a virtual table has for itself. */
const COUNT_TABLES =
  "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*'";

const shown = async (api: Api, database: Resource) => {
  const size = await sizeOf(api, database);
  return size.ok ? accept({ result: d1View(database, size.value) }) : size;
};

const changed = async (
  api: Api,
  { params, body }: { readonly params: { readonly database: string }; readonly body: Changes },
  actor: Parameters<typeof changeResource>[1],
) => {
  const database = await databaseCalled(api, params.database);
  if (!database.ok) return database;
  const offered = replicated(body);
  if (!offered.ok) return offered;
  const after = await changeResource(api, actor, database.value, {});
  return after.ok ? shown(api, after.value) : after;
};

type Queries = BodyOf<(typeof d1Endpoints)['queryD1Database']>;

const ran = async <Form extends 'objects' | 'raw'>(api: Api, key: string, body: Queries, form: Form) => {
  const database = await databaseCalled(api, key);
  if (!database.ok) return database;
  const queries = 'batch' in body ? body.batch : [body];
  const done = await queryD1(api.data, database.value, queries, form);
  return done.ok ? accept({ result: done.value }) : refuse<Refusal>({ code: 'sql_refused', reason: done.refusal });
};

type Own = Pick<typeof d1Endpoints, Exclude<keyof typeof d1Endpoints, 'importD1Database' | 'exportD1Database'>>;

export const d1: Handlers<Own> = {
  createD1Database: async (api, { actor, body }) => {
    const { name, jurisdiction = null } = body;
    const fault = nameFault(name);
    if (fault !== undefined) return refuse({ code: 'resource_name_invalid', kind: 'd1', name, fault });
    const offered = replicated(body);
    if (!offered.ok) return offered;
    const made = await createResource(api, actor, { kind: 'd1', id: api.ids.uuid(), name, settings: { jurisdiction } });
    return made.ok ? accept({ result: d1View(made.value, { tables: 0, bytes: 0 }) }) : made;
  },
  listD1Databases: async (api, { query }) => {
    const all = await api.store.read.resources.ofKind('d1');
    const named = all.filter(({ name }) => query.name === undefined || name.includes(query.name));
    return accept(pageWithin(named.map(listedD1View), query));
  },
  getD1Database: async (api, { params, query }) => {
    const database = await databaseCalled(api, params.database);
    if (!database.ok) return database;
    if (query.fields === undefined) return shown(api, database.value);
    const fields = new Set(query.fields.split(','));
    const isSized = fields.has('num_tables') || fields.has('file_size');
    const size = isSized ? await sizeOf(api, database.value) : accept({ tables: 0, bytes: 0 });
    if (!size.ok) return size;
    const view = d1View(database.value, size.value);
    return accept({ result: Object.fromEntries(Object.entries(view).filter(([name]) => fields.has(name))) });
  },
  putD1Database: (api, request) => changed(api, request, request.actor),
  patchD1Database: (api, request) => changed(api, request, request.actor),
  deleteD1Database: async (api, { params, query, actor }) => {
    const database = await databaseCalled(api, params.database);
    if (!database.ok) return database;
    const deleted = await deleteResource(api, actor, database.value, query.force === 'true');
    if (!deleted.ok) return deleted;
    return accept({ result: null, messages: await erasedNow(api, { kind: 'd1', id: deleted.value.id, name: deleted.value.name }) });
  },
  queryD1Database: (api, { params, body }) => ran(api, params.database, body, 'objects'),
  rawD1Database: (api, { params, body }) => ran(api, params.database, body, 'raw'),
  getD1Bookmark: async (api, { params }) => withoutTimeTravel(api, params.database),
  restoreD1Database: async (api, { params }) => withoutTimeTravel(api, params.database),
  queryAnalytics: async () => accept({ result: null, raw: Response.json({ data: { viewer: { accounts: [] } } }) }),
};

const withoutTimeTravel = async (api: Api, key: string) => {
  const database = await databaseCalled(api, key);
  return database.ok ? refuse<Refusal>({ code: 'product_not_offered', product: 'D1 Time Travel' }) : database;
};
