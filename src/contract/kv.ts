import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { ACCOUNT, json, nothing, paging } from './shapes.ts';

/** Workers KV as cloudflare-typescript (resources/kv) and wrangler ask for it. */
const NAMESPACES = `${ACCOUNT}/storage/kv/namespaces` as const;
const NAMESPACE = `${NAMESPACES}/:namespace_id` as const;
const MEBIBYTE = 1024 * 1024;

const namespace = z.object({ id: z.string(), title: z.string(), supports_url_encoding: z.literal(true) }).meta({ id: 'KvNamespace' });
/** Without a title it is refused by the rules, in the words that Cloudflare's clients know. */
const titled = z.object({ title: z.string().optional() });

const seconds = z.coerce.number().int().optional();
const expiry = z.object({
  expiration: seconds.describe('Seconds since 1970.'),
  expiration_ttl: seconds.describe('Seconds from now, 60 at least.'),
});

const key = z.object({ name: z.string(), expiration: z.number().optional(), metadata: z.unknown().optional() }).meta({ id: 'KvKey' });

const entry = z.object({
  key: z.string(),
  value: z.string(),
  base64: z.boolean().optional(),
  expiration: z.number().int().optional(),
  expiration_ttl: z.number().int().optional(),
  metadata: z.unknown().optional(),
});

const bulkResult = z
  .object({ successful_key_count: z.number().int(), unsuccessful_keys: z.array(z.string()) })
  .meta({ id: 'KvBulkResult' });

const keysToDelete = { kind: 'json', schema: z.array(z.string()), maxBytes: 64 * MEBIBYTE } as const;

export const kvEndpoints = {
  listKvNamespaces: {
    method: 'GET',
    path: NAMESPACES,
    tag: 'KV',
    summary: 'KV namespaces',
    query: paging.extend({ order: z.enum(['id', 'title']).optional(), direction: z.enum(['asc', 'desc']).optional() }),
    result: z.array(namespace),
  },
  createKvNamespace: { method: 'POST', path: NAMESPACES, tag: 'KV', summary: 'Create a namespace', body: json(titled), result: namespace },
  getKvNamespace: { method: 'GET', path: NAMESPACE, tag: 'KV', summary: 'One namespace', result: namespace },
  renameKvNamespace: {
    method: 'PUT',
    path: NAMESPACE,
    tag: 'KV',
    summary: 'Give a namespace another title',
    body: json(titled),
    result: namespace,
  },
  deleteKvNamespace: {
    method: 'DELETE',
    path: NAMESPACE,
    tag: 'KV',
    summary: 'Delete a namespace with everything in it',
    query: z.object({ force: z.stringbool().optional().describe('Also one that a deployed version binds.') }),
    result: nothing,
  },
  listKvKeys: {
    method: 'GET',
    path: `${NAMESPACE}/keys`,
    tag: 'KV',
    summary: 'Keys in their order; the cursor of result_info leads on, and is empty at the end',
    query: z.object({
      prefix: z.string().optional(),
      limit: z.coerce.number().int().min(1).max(1000).optional(),
      cursor: z.string().optional(),
    }),
    result: z.array(key),
  },
  getKvValue: {
    method: 'GET',
    path: `${NAMESPACE}/values/:key_name`,
    tag: 'KV',
    summary: 'A value, as it was stored; the header `expiration` says when it ends',
    result: nothing,
    raw: 'bytes',
  },
  putKvValue: {
    method: 'PUT',
    path: `${NAMESPACE}/values/:key_name`,
    tag: 'KV',
    summary: 'Store a value: the body, or the part `value` of a form that has `metadata` too',
    query: expiry,
    // What a form has around a value of the largest size.
    body: { kind: 'bytes', maxBytes: 25 * MEBIBYTE + 64 * 1024, limit: `a KV value has at most 25 MiB (${25 * MEBIBYTE} bytes)` },
    result: nothing,
    isContent: true,
  },
  deleteKvValue: {
    method: 'DELETE',
    path: `${NAMESPACE}/values/:key_name`,
    tag: 'KV',
    summary: 'Delete a key; one that is not there is deleted already',
    result: nothing,
    isContent: true,
  },
  getKvMetadata: {
    method: 'GET',
    path: `${NAMESPACE}/metadata/:key_name`,
    tag: 'KV',
    summary: 'The metadata of a key',
    result: z.unknown(),
  },
  putKvBulk: {
    method: 'PUT',
    path: `${NAMESPACE}/bulk`,
    tag: 'KV',
    summary: 'Store up to 10,000 values',
    body: { kind: 'json', schema: z.array(entry), maxBytes: 100 * MEBIBYTE },
    result: bulkResult,
    isContent: true,
  },
  deleteKvBulk: {
    method: 'POST',
    path: `${NAMESPACE}/bulk/delete`,
    tag: 'KV',
    summary: 'Delete up to 10,000 keys',
    body: keysToDelete,
    result: bulkResult,
    isContent: true,
  },
  deleteKvBulkLegacy: {
    method: 'DELETE',
    path: `${NAMESPACE}/bulk`,
    tag: 'KV',
    summary: 'Delete up to 10,000 keys, as wrangler asks',
    body: keysToDelete,
    result: bulkResult,
    isContent: true,
  },
  getKvBulk: {
    method: 'POST',
    path: `${NAMESPACE}/bulk/get`,
    tag: 'KV',
    summary: 'Up to 100 values, as text or JSON',
    body: json(z.object({ keys: z.array(z.string()), type: z.enum(['text', 'json']).optional(), withMetadata: z.boolean().optional() })),
    result: z.object({ values: z.record(z.string(), z.unknown()) }),
    isContent: true,
  },
} as const satisfies Record<string, Endpoint>;
