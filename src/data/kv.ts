import { text } from 'node:stream/consumers';
import { accept, refuse, type Result } from '../base/index.ts';
import type { Refusal } from '../domain/index.ts';
import type { DataAnswer, DataCall, DataClient } from './data-client.ts';

export interface KvKeyFound {
  readonly name: string;
  /** Seconds since 1970. */
  readonly expiration?: number;
  /** JSON. */
  readonly metadata?: string;
}

export interface KvPage {
  readonly keys: readonly KvKeyFound[];
  /** Where the next page begins; absent after the last. */
  readonly cursor?: string;
}

/** What is to be stored under a key. */
export interface KvEntry {
  readonly value: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Bytes of a value that is streamed, where they are known. */
  readonly length?: number | undefined;
  /** JSON. */
  readonly metadata?: string | undefined;
  readonly expiry: Readonly<Record<string, string>>;
}

type Outcome<Value> = Promise<Result<Value, Refusal>>;

/** One namespace, by the calls that bindings make (the head of workerd's kv.js describes them). */
export interface KvStore {
  /** Undefined where there is no such key. The body is the caller's to read. */
  get(key: string): Outcome<DataAnswer | undefined>;
  put(key: string, entry: KvEntry): Outcome<undefined>;
  delete(key: string): Outcome<undefined>;
  list(query: { readonly prefix?: string; readonly limit: number; readonly cursor?: string | undefined }): Outcome<KvPage>;
  /** A key without its value. */
  find(key: string): Outcome<KvKeyFound | undefined>;
  getMany(request: {
    readonly keys: readonly string[];
    readonly type: string;
    readonly withMetadata: boolean;
  }): Outcome<Record<string, unknown>>;
}

export const kvStore = (client: DataClient, id: string): KvStore => {
  const ask = async (call: DataCall): Outcome<DataAnswer> => {
    const answer = await client.ask({ kind: 'kv_namespace', id, name: id }, call);
    if (answer.status < 400 || answer.status === 404) return accept(answer);
    answer.body.resume();
    if (answer.status >= 500) throw new Error(`The store of KV answered ${answer.status}: ${answer.words}`);
    return refuse({ code: 'data_refused', kind: 'kv_namespace', status: answer.status, reason: answer.words });
  };
  const done = async (call: DataCall): Outcome<undefined> => {
    const answer = await ask(call);
    if (!answer.ok) return answer;
    await text(answer.value.body);
    return accept(undefined);
  };
  const json = async <Value>(call: DataCall): Outcome<Value> => {
    const answer = await ask(call);
    // The store's own answers have the shapes that are written above.
    return answer.ok ? accept(JSON.parse(await text(answer.value.body)) as Value) : answer;
  };
  const list: KvStore['list'] = ({ prefix = '', limit, cursor }) => {
    const query = new URLSearchParams({ key_count_limit: String(limit), prefix, ...(cursor === undefined ? {} : { cursor }) });
    return json({ method: 'GET', path: `/?${query}` });
  };
  return {
    list,
    get: async (key) => {
      const answer = await ask({ method: 'GET', path: pathOf(key) });
      if (!answer.ok || answer.value.status !== 404) return answer;
      answer.value.body.resume();
      return accept(undefined);
    },
    put: (key, { value, length, metadata, expiry }) =>
      done({
        method: 'PUT',
        path: `${pathOf(key)}?${new URLSearchParams(expiry)}`,
        headers: {
          ...(length === undefined ? {} : { 'content-length': String(length) }),
          ...(metadata === undefined ? {} : { 'cf-kv-metadata': headerOf(metadata) }),
        },
        body: value,
      }),
    delete: (key) => done({ method: 'DELETE', path: pathOf(key) }),
    // Keys are listed in their order: one that is there is the first of those that begin with it.
    find: async (key) => {
      const page = await list({ prefix: key, limit: 1 });
      return page.ok ? accept(page.value.keys.find(({ name }) => name === key)) : page;
    },
    getMany: (request) => json({ method: 'POST', path: '/bulk/get', body: JSON.stringify(request) }),
  };
};

const pathOf = (key: string): string => `/${encodeURIComponent(key)}`;

/** Bindings send metadata as the bytes of its UTF-8; Node writes one byte for each character of a header. */
const headerOf = (json: string): string => Buffer.from(json.replaceAll('\u007f', String.raw`\u007f`)).toString('latin1');

/** Deletes everything in a namespace that nobody reaches any more. */
export const emptyKv = async (client: DataClient, id: string): Promise<void> => {
  const store = kvStore(client, id);
  for (;;) {
    const page = await store.list({ limit: EMPTIED_AT_ONCE });
    if (!page.ok) throw new Error(`The namespace ${id} could not be emptied`, { cause: page.refusal });
    if (page.value.keys.length === 0) return;
    for (const { name } of page.value.keys) await store.delete(name);
  }
};

const EMPTIED_AT_ONCE = 1000;
