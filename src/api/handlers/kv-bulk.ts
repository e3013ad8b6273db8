import { accept, refuse, type Result } from '../../base/index.ts';
import type { kvEndpoints } from '../../contract/index.ts';
import type { KvEntry } from '../../data/index.ts';
import { KV_LIMITS, kvCount, kvExpiry, kvKey, kvMetadata, kvValue, type KvExpiry, type Refusal } from '../../domain/index.ts';
import type { Answer, Api, Handlers } from '../api.ts';
import { nowSeconds, storeOf } from './kv-values.ts';

type Names = 'putKvBulk' | 'deleteKvBulk' | 'deleteKvBulkLegacy' | 'getKvBulk';

export const kvBulk: Handlers<Pick<typeof kvEndpoints, Names>> = {
  putKvBulk: async (api, { params, body }) => {
    const store = await storeOf(api, params.namespace_id);
    if (!store.ok) return store;
    const entries = entriesFrom(body, nowSeconds(api));
    if (!entries.ok) return entries;
    return accept({ result: await throughout(api, [...entries.value], body.length, ([key, entry]) => store.value.put(key, entry)) });
  },
  deleteKvBulk: (api, { params, body }) => deleteAll(api, params.namespace_id, body),
  deleteKvBulkLegacy: (api, { params, body }) => deleteAll(api, params.namespace_id, body),
  getKvBulk: async (api, { params, body }) => {
    const store = await storeOf(api, params.namespace_id);
    if (!store.ok) return store;
    const { keys, type = 'text', withMetadata = false } = body;
    const named = allKeys(keys, KV_LIMITS.bulkGetKeys);
    if (!named.ok) return named;
    const values = await store.value.getMany({ keys, type, withMetadata });
    return values.ok ? accept({ result: { values: values.value } }) : values;
  },
};

const deleteAll = async (api: Api, id: string, keys: readonly string[]): Promise<Result<Answer<BulkResult>, Refusal>> => {
  const store = await storeOf(api, id);
  if (!store.ok) return store;
  const named = allKeys(keys, KV_LIMITS.bulkKeys);
  if (!named.ok) return named;
  const each = [...new Set(keys)].map((key) => [key, undefined] as const);
  return accept({ result: await throughout(api, each, keys.length, ([key]) => store.value.delete(key)) });
};

const allKeys = (keys: readonly string[], limit: number): Result<readonly string[], Refusal> => {
  const count = kvCount(keys.length, limit);
  if (!count.ok) return count;
  for (const key of keys) {
    const valid = kvKey(key);
    if (!valid.ok) return valid;
  }
  return accept(keys);
};

interface Requested extends KvExpiry {
  readonly key: string;
  readonly value: string;
  readonly base64?: boolean | undefined;
  readonly metadata?: unknown;
}

/** All are checked before one is stored. Of those with the same key the last counts. */
const entriesFrom = (given: readonly Requested[], now: number): Result<ReadonlyMap<string, KvEntry>, Refusal> => {
  const named = allKeys(
    given.map(({ key }) => key),
    KV_LIMITS.bulkKeys,
  );
  if (!named.ok) return named;
  const entries = new Map<string, KvEntry>();
  for (const requested of given) {
    const entry = entryFrom(requested, now);
    if (!entry.ok) return entry;
    entries.set(requested.key, entry.value);
  }
  return accept(entries);
};

/** Node reads base64 as far as it goes. */
const isBase64 = (text: string): boolean => Buffer.from(text, 'base64').toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '');

const entryFrom = ({ key, value, base64, metadata, ...times }: Requested, now: number): Result<KvEntry, Refusal> => {
  if (base64 === true && !isBase64(value)) {
    return refuse({ code: 'kv_invalid', fault: 'body', reason: `The value of ${JSON.stringify(key)} is not base64` });
  }
  const bytes = Buffer.from(value, base64 === true ? 'base64' : 'utf8');
  const size = kvValue(bytes.length);
  if (!size.ok) return size;
  const text = kvMetadata(metadata);
  if (!text.ok) return text;
  const expiry = kvExpiry(times, now);
  return expiry.ok ? accept({ value: bytes, metadata: text.value, expiry: expiry.value }) : expiry;
};

interface BulkResult {
  successful_key_count: number;
  unsuccessful_keys: string[];
}

/** The store writes to the disk once for all that arrive together. */
const AT_ONCE = 128;

/**
 * Does it for each key and says which did not work, for the client to ask again. Where the store does not answer, the keys that are
 * left are not tried.
 */
const throughout = async <Item extends readonly [key: string, value: unknown]>(
  api: Api,
  items: readonly Item[],
  asked: number,
  act: (item: Item) => Promise<Result<undefined, Refusal>>,
): Promise<BulkResult> => {
  const failed: string[] = [];
  let isBroken = false;
  const left = items.values();
  const one = async (): Promise<void> => {
    for (const item of left) {
      if (isBroken || !(await succeeds(item))) failed.push(item[0]);
    }
  };
  const succeeds = async (item: Item): Promise<boolean> => {
    try {
      return (await act(item)).ok;
    } catch (error) {
      isBroken = true;
      api.log('a bulk call of KV was cut off', { error: String(error) });
      return false;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return { successful_key_count: asked - failed.length, unsuccessful_keys: failed };
};
