import { accept, refuse, type Result } from '../base/index.ts';
import { tagOf, type Expectation } from '../control/index.ts';
import type { Refusal, WorkerPart } from '../domain/index.ts';
import type { Worker } from '../store/index.ts';
import type { Api } from './api.ts';

/** What proxies that compress append inside of the quotes (Apache, Caddy and others). */
const COMPRESSED = /-(?:gzip|br|zstd|deflate)(?="?$)/;

export const uncompressed = (header: string): string => header.replace(COMPRESSED, '');

/** `If-Match: "<tag>"` with what the client read as `ETag`. A precondition that was not understood must not count as none. */
export const expectationIn = (headers: Headers, part: WorkerPart): Result<Expectation | undefined, Refusal> => {
  const tag = tagIn(headers);
  return tag.ok ? accept(tag.value === undefined ? undefined : { part, tag: tag.value }) : tag;
};

/** The tag alone; `any` where there only has to be something. */
export const tagIn = (headers: Headers): Result<string | undefined, Refusal> => {
  const sent = headers.get('if-match');
  if (sent === null) return accept(undefined);
  const header = uncompressed(sent.trim());
  if (header === '*') return accept('any');
  const tag = /^(?:W\/)?"([^"]{1,100})"$/.exec(header)?.[1];
  return tag === undefined
    ? refuse({ code: 'request_invalid', faults: ['header.if-match: expected one ETag in quotes, as it was answered'] })
    : accept(tag);
};

export const etag = (tag: string): { readonly headers: { readonly etag: string } } => ({ headers: { etag: `"${tag}"` } });

/** The ETag of a part of a Worker as it is now. */
export const etagOf = async (api: Api, worker: Worker, part: WorkerPart) => etag(await tagOf(api.store.read, worker, part));
