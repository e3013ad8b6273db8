import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { accept, invariant, refuse, type Result } from '../../base/index.ts';
import type { Refusal } from '../../domain/index.ts';
import type { DataAnswer, DataClient } from '../data-client.ts';
import type { Listed } from './list.ts';
import { readPrefix } from './prefix.ts';
import type { R2RequestOf } from './request.ts';
import { ERROR_HEADER, headerJson, METADATA_HEADER, REQUEST_HEADER, type ObjectJson } from './wire.ts';

type Asking<Method extends 'get' | 'put' | 'list'> = Partial<Omit<R2RequestOf<Method>, 'method'>>;
type Outcome<Value> = Promise<Result<Value, Refusal>>;

export interface R2Answer {
  readonly object: ObjectJson;
  /** To be read to its end or destroyed; undefined where a condition did not hold. */
  readonly bytes: Readable | undefined;
}

/** A bucket as the API reaches it: what bindings ask, and what they cannot. */
export interface RemoteBucket {
  /** Makes it, or changes the storage class of what is put into it from now on. */
  create(storageClass: string): Outcome<undefined>;
  /** Refused where something is in it; one that is not there is deleted already. */
  delete(): Outcome<undefined>;
  list(asked: Asking<'list'>): Outcome<Listed>;
  /** Undefined where there is no such object. */
  get(key: string, asked: Asking<'get'>): Outcome<R2Answer | undefined>;
  put(key: string, asked: Asking<'put'>, value: AsyncIterable<Uint8Array>, length: number | undefined): Outcome<ObjectJson>;
  deleteObject(key: string): Outcome<undefined>;
}

const NO_SUCH_KEY = 10007;
const PRECONDITION_FAILED = 10031;

export const r2Bucket = (client: DataClient, name: string): RemoteBucket => {
  const resource = { kind: 'r2_bucket', id: name, name } as const;
  const read = (request: object) =>
    client.ask(resource, { method: 'GET', path: '/', headers: { [REQUEST_HEADER]: headerJson({ version: 1, ...request }) } });
  const write = (
    request: object,
    value: AsyncIterable<Uint8Array> = NOTHING,
    length: number | undefined = value === NOTHING ? 0 : undefined,
  ) => {
    const json = Buffer.from(JSON.stringify({ version: 1, ...request }));
    const total = length === undefined ? {} : { 'content-length': String(json.length + length) };
    return client.ask(resource, {
      method: 'PUT',
      path: '/',
      headers: { [METADATA_HEADER]: String(json.length), ...total },
      body: behind(json, value),
    });
  };
  return {
    create: async (storageClass) => done(await write({ method: 'createBucket', storageClass })),
    delete: async () => done(await write({ method: 'deleteBucket' })),
    list: async (asked) => metadataOf<Listed>(await read({ method: 'list', ...asked })),
    get: async (key, asked) => {
      const answer = await read({ method: 'get', object: key, ...asked });
      const code = faultOf(answer)?.v4code;
      if (code === undefined || code === PRECONDITION_FAILED) {
        const object = await objectIn(answer);
        if (code === undefined) return accept({ object, bytes: answer.body });
        answer.body.resume();
        return accept({ object, bytes: undefined });
      }
      const refused = await done(answer);
      return code === NO_SUCH_KEY ? accept(undefined) : refused;
    },
    put: async (key, asked, value, length) => metadataOf<ObjectJson>(await write({ method: 'put', object: key, ...asked }, value, length)),
    deleteObject: async (key) => done(await write({ method: 'delete', object: key })),
  };
};

const NOTHING: AsyncIterable<Uint8Array> = { async *[Symbol.asyncIterator]() {} };

async function* behind(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield head;
  yield* rest;
}

const faultOf = ({ headers }: DataAnswer): { readonly v4code: number; readonly message: string } | undefined => {
  const error = headers[ERROR_HEADER];
  return error === undefined ? undefined : JSON.parse(String(error));
};

const objectIn = async ({ headers, body }: DataAnswer): Promise<ObjectJson> =>
  JSON.parse((await readPrefix(body, Number(headers[METADATA_HEADER]))).toString());

/** What our own server on the other side wrote. */
const metadataOf = async <Value>(answer: DataAnswer): Outcome<Value> => {
  const refused = await refusalOf(answer);
  return refused ?? accept(JSON.parse((await buffer(answer.body)).toString()) as Value);
};

const done = async (answer: DataAnswer): Outcome<undefined> => {
  const refused = await refusalOf(answer);
  answer.body.resume();
  return refused ?? accept(undefined);
};

const refusalOf = async ({ status, headers, body }: DataAnswer): Promise<Result<never, Refusal> | undefined> => {
  const fault = faultOf({ status, headers, body, words: '' });
  invariant(fault !== undefined || status < 400, 'R2 says why it refuses');
  if (fault === undefined) return undefined;
  body.resume();
  return refuse({ code: 'r2_refused', status, number: fault.v4code, reason: fault.message });
};
