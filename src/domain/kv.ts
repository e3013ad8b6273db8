import { accept, refuse, type Result } from '../base/index.ts';

/** Cloudflare's limits (https://developers.cloudflare.com/kv/platform/limits/), which the runtime's own store holds bindings to. */
export const KV_LIMITS = {
  titleBytes: 512,
  keyBytes: 512,
  valueBytes: 25 * 1024 * 1024,
  metadataBytes: 1024,
  bulkKeys: 10_000,
  bulkBytes: 100 * 1024 * 1024,
  bulkGetKeys: 100,
  listedKeys: 1000,
} as const;

const LEAST_TTL_SECONDS = 60;

/** What of a call is wrong. */
export type KvFault = 'title' | 'key' | 'keys' | 'value' | 'metadata' | 'expiration' | 'expiration_ttl' | 'body';

export type KvRefusal =
  | { readonly code: 'kv_key_not_found'; readonly key: string }
  | { readonly code: 'kv_invalid'; readonly fault: KvFault; readonly reason: string };

/** When an entry ends, in seconds since 1970 or from now; neither means never, and the second wins. */
export interface KvExpiry {
  readonly expiration?: number | undefined;
  readonly expiration_ttl?: number | undefined;
}

const invalid = (fault: KvFault, reason: string): Result<never, KvRefusal> => refuse({ code: 'kv_invalid', fault, reason });
const bytesOf = (text: string): number => new TextEncoder().encode(text).byteLength;

export const kvTitle = (title: string): Result<string, KvRefusal> => {
  if (title.trim() === '') return invalid('title', 'A namespace needs a title');
  const bytes = bytesOf(title);
  return bytes > KV_LIMITS.titleBytes
    ? invalid('title', `The title is ${bytes} bytes long; at most ${KV_LIMITS.titleBytes} are allowed`)
    : accept(title);
};

export const kvKey = (key: string): Result<string, KvRefusal> => {
  if (key === '') return invalid('key', 'Key names must not be empty');
  if (key === '.' || key === '..') return invalid('key', `Illegal key name ${JSON.stringify(key)}: please use a different name`);
  if (!key.isWellFormed()) return invalid('key', `The key ${JSON.stringify(key)} is no valid Unicode text`);
  const bytes = bytesOf(key);
  return bytes > KV_LIMITS.keyBytes
    ? invalid('key', `UTF-8 encoded length of ${bytes} exceeds key length limit of ${KV_LIMITS.keyBytes}`)
    : accept(key);
};

/** As the parameters of the store. */
export const kvExpiry = (
  { expiration, expiration_ttl: ttl }: KvExpiry,
  nowSeconds: number,
): Result<Readonly<Record<string, string>>, KvRefusal> => {
  if (ttl !== undefined) {
    return ttl < LEAST_TTL_SECONDS
      ? invalid('expiration_ttl', `Invalid expiration_ttl of ${ttl}: expiration TTL must be at least ${LEAST_TTL_SECONDS}`)
      : accept({ expiration_ttl: String(ttl) });
  }
  if (expiration === undefined) return accept({});
  return expiration < nowSeconds + LEAST_TTL_SECONDS
    ? invalid(
        'expiration',
        `Invalid expiration of ${expiration}: expiration times must be at least ${LEAST_TTL_SECONDS} seconds in the future`,
      )
    : accept({ expiration: String(expiration) });
};

/** Metadata as it is stored: JSON, or nothing. */
export const kvMetadata = (metadata: unknown): Result<string | undefined, KvRefusal> => {
  if (metadata === undefined || metadata === null) return accept(undefined);
  const text = JSON.stringify(metadata);
  const bytes = bytesOf(text);
  return bytes > KV_LIMITS.metadataBytes
    ? invalid('metadata', `Metadata length of ${bytes} exceeds limit of ${KV_LIMITS.metadataBytes}`)
    : accept(text);
};

export const kvValue = (bytes: number): Result<number, KvRefusal> =>
  bytes > KV_LIMITS.valueBytes ? invalid('value', `Value length of ${bytes} exceeds limit of ${KV_LIMITS.valueBytes}`) : accept(bytes);

/** How many keys one call may name. */
export const kvCount = (count: number, limit: number): Result<number, KvRefusal> => {
  if (count < 1) return invalid('keys', 'You must request a minimum of 1 key');
  return count > limit ? invalid('keys', `You can request a maximum of ${limit} keys, not ${count}`) : accept(count);
};
