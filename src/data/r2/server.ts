import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import { BOUND_HEADER, RESOURCE_HEADER } from '../../runtime/index.ts';
import type { BucketStore } from './bucket-store.ts';
import { fault } from './fault.ts';
import { LIMITS } from './limits.ts';
import { readPrefix } from './prefix.ts';
import { parseRequest, type R2Request } from './request.ts';
import { respond, type Reply } from './respond.ts';
import { ERROR_HEADER, headerJson, METADATA_HEADER, REQUEST_HEADER } from './wire.ts';

export type Log = (detail: Readonly<Record<string, unknown>>, sentence: string) => void;

/** A list of etags, a key and a cursor may stand in one header, escaped. */
const MOST_HEADER_BYTES = 256 * 1024;

/** Speaks what workerd's r2Bucket binding speaks, for every bucket: a header says which. */
export const createR2Server = (store: BucketStore, log: Log): Server => {
  const server = createServer({ maxHeaderSize: MOST_HEADER_BYTES }, (incoming, outgoing) => {
    answer(store, incoming, outgoing, log).catch((error: unknown) => {
      outgoing.destroy();
      // Otherwise whoever asked is gone.
      if (incoming.complete && !outgoing.closed) log(detailOf(error), 'An object of an R2 bucket could not be read to its end.');
    });
  });
  // An upload takes as long as it takes, and a connection that is closed while it is idle fails the request that is put on it.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.keepAliveTimeout = 0;
  return server;
};

const answer = async (store: BucketStore, incoming: IncomingMessage, outgoing: ServerResponse, log: Log): Promise<void> => {
  const reply = await replyTo(store, incoming).catch((error: unknown): Reply => {
    if (incoming.destroyed && !incoming.complete) throw error;
    log(detailOf(error), 'A request to an R2 bucket failed.');
    return { fault: fault('internal').refusal };
  });
  await using _held = reply.bytes?.reading;
  // workerd writes its whole request before it looks for an answer, and takes an earlier one for a lost connection.
  if (!incoming.readableEnded) await finished(incoming.resume());
  await send(outgoing, reply);
};

const replyTo = async (store: BucketStore, incoming: IncomingMessage): Promise<Reply> => {
  const request = await requestIn(incoming);
  const bucket = incoming.headers[RESOURCE_HEADER];
  const isBound = incoming.headers[BOUND_HEADER] !== undefined;
  return request === undefined || typeof bucket !== 'string' || (isBound && OWN_METHODS.has(request.method))
    ? { fault: fault('invalidArgument').refusal }
    : respond(store, bucket, request, bytesOf(incoming));
};

/** What bindings do not ask, but the API. */
const OWN_METHODS: ReadonlySet<R2Request['method']> = new Set(['createBucket', 'deleteBucket', 'measureBucket']);

const detailOf = (error: unknown) => ({ error: String(error), cause: String((error as Error).cause ?? '') });

/** Not destroyed by whoever stops reading it: there is an answer to give. */
const bytesOf = (incoming: IncomingMessage): AsyncIterable<Uint8Array> => ({
  [Symbol.asyncIterator]: () => incoming.iterator({ destroyOnReturn: false }),
});

/** Reads go in a header, writes in front of the body. */
const requestIn = async (incoming: IncomingMessage): Promise<R2Request | undefined> => {
  const header = incoming.headers[REQUEST_HEADER];
  // Node takes the bytes of a header for Latin-1.
  if (typeof header === 'string') return parseRequest(Buffer.from(header, 'latin1').toString());
  const size = Number(incoming.headers[METADATA_HEADER]);
  if (!Number.isInteger(size) || size < 0 || size > LIMITS.requestBytes) return undefined;
  return parseRequest((await readPrefix(incoming, size)).toString());
};

const send = async (outgoing: ServerResponse, { metadata, fault: wrong, bytes }: Reply): Promise<void> => {
  const json = metadata === undefined ? undefined : Buffer.from(JSON.stringify(metadata));
  outgoing.writeHead(wrong?.status ?? 200, {
    'content-length': (json?.length ?? 0) + (bytes?.length ?? 0),
    ...(json === undefined ? {} : { 'content-type': 'application/json', [METADATA_HEADER]: json.length }),
    ...(wrong === undefined ? {} : { [ERROR_HEADER]: headerJson({ version: 1, v4code: wrong.code, message: wrong.message }) }),
  });
  if (bytes === undefined) {
    outgoing.end(json);
    return;
  }
  outgoing.write(json);
  await bytes.reading.sendTo((part) => written(outgoing, part));
  outgoing.end();
};

/** Resolves when the bytes are the kernel's. An answer that nobody waits for any more says so by its end alone. */
const written = (outgoing: ServerResponse, bytes: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    const onClose = (): void => reject(new Error('Who asked is gone.'));
    if (outgoing.closed || outgoing.destroyed) return onClose();
    outgoing.once('close', onClose);
    outgoing.write(bytes, (error) => {
      outgoing.off('close', onClose);
      if (error == null) resolve();
      else reject(error);
    });
  });
