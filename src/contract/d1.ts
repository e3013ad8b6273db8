import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { ACCOUNT, json, nothing, nullish, paging } from './shapes.ts';

/** D1 as wrangler and the official SDKs call it (https://developers.cloudflare.com/api/resources/d1/). */

const DATABASES = `${ACCOUNT}/d1/database` as const;
const DATABASE = `${ACCOUNT}/d1/database/:database` as const;
const tag = 'D1';

const readReplication = z.object({ mode: z.enum(['auto', 'disabled']) });
const jurisdiction = nullish(z.enum(['eu', 'us', 'fedramp']));

const database = z
  .object({
    uuid: z.string(),
    name: z.string(),
    version: z.literal('production'),
    created_at: z.string(),
    jurisdiction: z.string().nullable(),
    read_replication: readReplication,
    num_tables: z.number(),
    file_size: z.number(),
  })
  .meta({ id: 'D1Database' });

/** What is told without opening the database. */
const listed = database.omit({ num_tables: true, file_size: true, read_replication: true }).meta({ id: 'ListedD1Database' });

const created = z.object({
  name: z.string(),
  jurisdiction,
  primary_location_hint: nullish(z.string()).describe('Databases are where the server is; a hint changes nothing.'),
  read_replication: nullish(readReplication),
});
const changed = z.object({ read_replication: nullish(readReplication) });

const param = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.number().int().min(0).max(255))]);
const single = z.object({ sql: z.string(), params: nullish(z.array(param)) });
const queries = z
  .union([single, z.object({ batch: z.array(single).min(1) })])
  .describe('SQL of one or more statements, or a batch of such. All of it is one transaction.');

const meta = z
  .looseObject({ duration: z.number(), changes: z.number(), rows_read: z.number(), rows_written: z.number(), size_after: z.number() })
  .meta({ id: 'D1Meta' });
const results = <Rows extends z.ZodType>(rows: Rows) => z.array(z.object({ success: z.literal(true), results: rows, meta }));

const importStep = z.discriminatedUnion('action', [
  z.object({ action: z.literal('init'), etag: z.string() }),
  z.object({ action: z.literal('ingest'), etag: z.string(), filename: z.string() }),
  z.object({ action: z.literal('poll'), current_bookmark: z.string() }),
]);

const progress = {
  success: z.boolean(),
  status: z.enum(['active', 'complete', 'error']),
  at_bookmark: z.string(),
  messages: z.array(z.string()),
  error: z.string().optional(),
};
const awaitedFile = z.object({ filename: z.string(), upload_url: z.string() });
const importProgress = z.object({
  type: z.literal('import'),
  ...progress,
  result: z.object({ num_queries: z.number(), final_bookmark: z.string(), meta }).optional(),
});

const dumpOptions = z.object({
  no_schema: nullish(z.boolean()),
  no_data: nullish(z.boolean()),
  tables: nullish(z.array(z.string())),
});
const exportStep = z.object({
  output_format: z.literal('polling'),
  dump_options: nullish(dumpOptions),
  current_bookmark: nullish(z.string()),
});
const exportProgress = z.object({
  type: z.literal('export'),
  ...progress,
  result: z.object({ filename: z.string(), signed_url: z.string() }).optional(),
});

export const d1Endpoints = {
  createD1Database: { method: 'POST', path: DATABASES, tag, summary: 'Make a D1 database', body: json(created), result: database },
  listD1Databases: {
    method: 'GET',
    path: DATABASES,
    tag,
    summary: 'The D1 databases',
    query: paging.extend({ name: z.string().optional().describe('Only those with this in their name.') }),
    result: z.array(listed),
  },
  getD1Database: {
    method: 'GET',
    path: DATABASE,
    tag,
    summary: 'One D1 database, by its id or its name',
    query: z.object({ fields: z.string().optional().describe('Only these members, by comma.') }),
    result: database.partial(),
  },
  putD1Database: { method: 'PUT', path: DATABASE, tag, summary: 'Change a D1 database', body: json(changed), result: database },
  patchD1Database: { method: 'PATCH', path: DATABASE, tag, summary: 'Change a D1 database', body: json(changed), result: database },
  deleteD1Database: {
    method: 'DELETE',
    path: DATABASE,
    tag,
    summary: 'Delete a D1 database and what is in it; one that a serving version binds only by force',
    query: z.object({ force: z.enum(['true', 'false']).optional() }),
    result: nothing,
  },
  queryD1Database: {
    method: 'POST',
    path: `${DATABASE}/query`,
    tag,
    summary: 'Run SQL; rows are objects',
    body: json(queries),
    result: results(z.array(z.record(z.string(), z.unknown()))),
    isContent: true,
  },
  rawD1Database: {
    method: 'POST',
    path: `${DATABASE}/raw`,
    tag,
    summary: 'Run SQL; rows are lists beside the names of their columns',
    body: json(queries),
    result: results(z.object({ columns: z.array(z.string()), rows: z.array(z.array(z.unknown())) })),
    isContent: true,
  },
  importD1Database: {
    method: 'POST',
    path: `${DATABASE}/import`,
    tag,
    summary: 'Run a file of SQL: ask for an address to send it to, start, and ask how it is',
    body: json(importStep),
    result: z.union([awaitedFile, importProgress]),
    isContent: true,
  },
  exportD1Database: {
    method: 'POST',
    path: `${DATABASE}/export`,
    tag,
    summary: 'Write the database as SQL: start, ask how it is, and fetch the file for an hour',
    body: json(exportStep),
    result: exportProgress,
    isContent: true,
  },
  getD1Bookmark: {
    method: 'GET',
    path: `${DATABASE}/time_travel/bookmark`,
    tag,
    summary: 'Not offered: Time Travel',
    result: nothing,
  },
  restoreD1Database: {
    method: 'POST',
    path: `${DATABASE}/time_travel/restore`,
    tag,
    summary: 'Not offered: Time Travel',
    result: nothing,
  },
  queryAnalytics: {
    method: 'POST',
    path: '/graphql',
    tag,
    summary: 'Analytics, of which there are none: wrangler asks beside `d1 info` and `r2 bucket info`',
    result: nothing,
    raw: 'bytes',
    isContent: true,
  },
} as const satisfies Record<string, Endpoint>;
