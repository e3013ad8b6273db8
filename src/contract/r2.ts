import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { ACCOUNT, json, nothing, nullish } from './shapes.ts';

/** R2 as cloudflare-typescript (resources/r2) and wrangler ask for it. */
const BUCKETS = `${ACCOUNT}/r2/buckets` as const;
const BUCKET = `${BUCKETS}/:bucket_name` as const;
const OBJECTS = `${BUCKET}/objects` as const;
const OBJECT = `${OBJECTS}/:object_key` as const;
const tag = 'R2';

/** What wrangler sends at most; larger objects come in parts, through a Worker. */
const MOST_OBJECT_BYTES = 300 * 1024 * 1024;

const storageClass = z.string().describe('Standard or InfrequentAccess.');
const classHeader = { 'cf-r2-storage-class': storageClass.optional() };

const bucket = z
  .object({
    name: z.string(),
    creation_date: z.string(),
    storage_class: storageClass,
    location: z.string().optional(),
    jurisdiction: z.string(),
  })
  .meta({ id: 'R2Bucket' });

const httpMetadata = z.object({
  contentType: z.string().optional(),
  contentLanguage: z.string().optional(),
  contentDisposition: z.string().optional(),
  contentEncoding: z.string().optional(),
  cacheControl: z.string().optional(),
  cacheExpiry: z.string().optional(),
});

const object = z
  .object({
    key: z.string(),
    etag: z.string(),
    size: z.number(),
    last_modified: z.string(),
    storage_class: storageClass,
    http_metadata: httpMetadata,
    custom_metadata: z.record(z.string(), z.string()),
  })
  .meta({ id: 'R2Object' });

const stored = z
  .object({ key: z.string(), etag: z.string(), size: z.string(), version: z.string(), uploaded: z.string(), storage_class: storageClass })
  .meta({ id: 'R2Stored' });

const page = {
  cursor: z.string().optional(),
  per_page: z.coerce.number().int().min(1).max(1000).optional(),
  start_after: z.string().optional(),
};

export const r2Endpoints = {
  listR2Buckets: {
    method: 'GET',
    path: BUCKETS,
    tag,
    summary: 'Buckets by name',
    query: z.object({
      ...page,
      name_contains: z.string().optional(),
      order: z.enum(['name']).optional(),
      direction: z.enum(['asc', 'desc']).optional(),
    }),
    result: z.object({ buckets: z.array(bucket) }),
  },
  createR2Bucket: {
    method: 'POST',
    path: BUCKETS,
    tag,
    summary: 'Create a bucket',
    body: json(
      z.object({
        name: z.string(),
        storageClass: nullish(storageClass),
        locationHint: nullish(z.string()).describe('Buckets are where the server is; a hint changes nothing.'),
      }),
    ),
    result: bucket,
  },
  getR2Bucket: { method: 'GET', path: BUCKET, tag, summary: 'One bucket', result: bucket },
  patchR2Bucket: {
    method: 'PATCH',
    path: BUCKET,
    tag,
    summary: 'Change the storage class of what is put into a bucket from now on',
    headers: z.object(classHeader),
    result: bucket,
  },
  deleteR2Bucket: {
    method: 'DELETE',
    path: BUCKET,
    tag,
    summary: 'Delete an empty bucket',
    query: z.object({ force: z.stringbool().optional().describe('Also one that a deployed version binds.') }),
    result: z.object({}),
  },
  listR2Objects: {
    method: 'GET',
    path: OBJECTS,
    tag,
    summary: 'Objects by key; the cursor of result_info leads on, and is missing at the end',
    query: z.object({ ...page, prefix: z.string().optional(), delimiter: z.string().optional() }),
    result: z.array(object),
  },
  getR2Object: {
    method: 'GET',
    path: OBJECT,
    hasRest: true,
    tag,
    summary: 'The bytes of an object; slashes of its key stand as they are',
    headers: z.object({
      range: z.string().optional(),
      'if-none-match': z.string().optional(),
      'if-modified-since': z.string().optional(),
    }),
    result: nothing,
    raw: 'bytes',
  },
  putR2Object: {
    method: 'PUT',
    path: OBJECT,
    hasRest: true,
    tag,
    summary: 'Store an object of up to 300 MiB',
    headers: z.object({
      ...classHeader,
      'content-type': z.string().optional(),
      'content-language': z.string().optional(),
      'content-disposition': z.string().optional(),
      'content-encoding': z.string().optional(),
      'cache-control': z.string().optional(),
      expires: z.string().optional(),
    }),
    body: { kind: 'bytes', maxBytes: MOST_OBJECT_BYTES },
    result: stored,
    isContent: true,
  },
  deleteR2Object: {
    method: 'DELETE',
    path: OBJECT,
    hasRest: true,
    tag,
    summary: 'Delete an object; one that is not there is deleted already',
    result: z.object({ key: z.string() }),
    isContent: true,
  },
} as const satisfies Record<string, Endpoint>;
