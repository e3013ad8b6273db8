import { accept, refuse, type Result } from '../../base/index.ts';
import type { kvEndpoints, ByteBody } from '../../contract/index.ts';
import { kvStore, type KvEntry, type KvStore } from '../../data/index.ts';
import { KV_LIMITS, kvExpiry, kvKey, kvMetadata, kvValue, type KvExpiry, type Refusal } from '../../domain/index.ts';
import type { Api, Handlers } from '../api.ts';
import { byteAnswer } from '../byte-body.ts';
import { readValueForm } from '../form/index.ts';
import { kvKeyView } from '../views/index.ts';
import { namespaceOf } from './kv-namespaces.ts';

export const storeOf = async (api: Api, id: string): Promise<Result<KvStore, Refusal>> => {
  const found = await namespaceOf(api, id);
  return found.ok ? accept(kvStore(api.data, found.value.id)) : found;
};

type Names = 'listKvKeys' | 'getKvValue' | 'putKvValue' | 'deleteKvValue' | 'getKvMetadata';

export const kvValues: Handlers<Pick<typeof kvEndpoints, Names>> = {
  listKvKeys: async (api, { params, query }) => {
    const store = await storeOf(api, params.namespace_id);
    if (!store.ok) return store;
    const { prefix = '', limit = KV_LIMITS.listedKeys, cursor } = query;
    const page = await store.value.list({ prefix, limit, cursor });
    if (!page.ok) return page;
    const result = page.value.keys.map(kvKeyView);
    return accept({ result, resultInfo: { count: result.length, cursor: page.value.cursor ?? '' } });
  },
  getKvValue: async (api, { params }) => {
    const named = await keyIn(api, params);
    if (!named.ok) return named;
    const { store, key } = named.value;
    const found = await store.find(key);
    if (!found.ok) return found;
    const answer = await store.get(key);
    if (!answer.ok) return answer;
    if (answer.value === undefined) return refuse({ code: 'kv_key_not_found', key });
    const { body, headers } = answer.value;
    const length = headers['content-length'];
    const expiration = found.value?.expiration;
    return accept({
      result: null,
      raw: byteAnswer(body, {
        'content-type': 'application/octet-stream',
        ...(typeof length === 'string' ? { 'content-length': length } : {}),
        ...(expiration === undefined ? {} : { expiration: String(expiration) }),
      }),
    });
  },
  putKvValue: async (api, { params, query, body }) => {
    const named = await keyIn(api, params);
    if (!named.ok) return named;
    const entry = await entryFrom(api, body, query);
    if (!entry.ok) return entry;
    const stored = await named.value.store.put(named.value.key, entry.value);
    return stored.ok ? accept({ result: null }) : stored;
  },
  deleteKvValue: async (api, { params }) => {
    const named = await keyIn(api, params);
    if (!named.ok) return named;
    const deleted = await named.value.store.delete(named.value.key);
    return deleted.ok ? accept({ result: null }) : deleted;
  },
  getKvMetadata: async (api, { params }) => {
    const named = await keyIn(api, params);
    if (!named.ok) return named;
    const found = await named.value.store.find(named.value.key);
    if (!found.ok) return found;
    if (found.value === undefined) return refuse({ code: 'kv_key_not_found', key: named.value.key });
    return accept({ result: kvKeyView(found.value).metadata ?? null });
  },
};

const keyIn = async (
  api: Api,
  { namespace_id: id, key_name: name }: { readonly namespace_id: string; readonly key_name: string },
): Promise<Result<{ readonly store: KvStore; readonly key: string }, Refusal>> => {
  const store = await storeOf(api, id);
  if (!store.ok) return store;
  const key = kvKey(name);
  return key.ok ? accept({ store: store.value, key: key.value }) : key;
};

export const nowSeconds = (api: Api): number => Math.floor(api.clock.now().getTime() / 1000);

/** The value is streamed into the store, unless it comes with metadata in a form: what is stored first is the metadata. */
const entryFrom = async (api: Api, body: ByteBody, query: KvExpiry): Promise<Result<KvEntry, Refusal>> => {
  const expiry = kvExpiry(query, nowSeconds(api));
  if (!expiry.ok) return expiry;
  if (!/^\s*multipart\/form-data\b/i.test(body.contentType)) {
    const size = kvValue(body.length ?? 0);
    return size.ok ? accept({ value: body.bytes, length: body.length, expiry: expiry.value }) : size;
  }
  const form = await readValueForm(body.bytes, body.contentType);
  if (!form.ok) return refuse({ code: 'kv_invalid', fault: 'body', reason: form.refusal });
  const size = kvValue(form.value.value.length);
  if (!size.ok) return size;
  const metadata = kvMetadata(form.value.metadata);
  if (!metadata.ok) return metadata;
  return accept({ value: form.value.value, metadata: metadata.value, expiry: expiry.value });
};
