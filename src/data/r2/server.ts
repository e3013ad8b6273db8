import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { RESOURCE_HEADER } from '../../runtime/index.ts';
import type { BucketStore } from './bucket-store.ts';
import { fault } from './fault.ts';
import { LIMITS } from './limits.ts';
import { parseRequest, type R2Request } from './request.ts';
import { respond, type Reply } from './respond.ts';
import { ERROR_HEADER, headerJson, METADATA_HEADER, REQUEST_HEADER } from './wire.ts';

export type Log = (detail: Readonly<Record<string, unknown>>, sentence: string) => void;

/** A list of etags, a key and a cursor may stand in one header, escaped. */
const MOST_HEADER_BYTES = 256 * 1024;

/** Speaks what workerd's r2Bucket binding speaks, for every bucket: a header says which. */
export const createR2Server = (store: BucketStore, log: Log): Server => {
  const server = createServer({ maxHeaderSize: MOST_HEADER_BYTES }, (incoming, outgoing) => {
    answer(store, incoming, outgoing).catch((error: unknown) => {
      // Whoever asked is gone.
      if (incoming.destroyed && !incoming.complete) return;
      log({ error: String(error), cause: String((error as Error).cause ?? '') }, 'A request to an R2 bucket failed.');
      if (outgoing.headersSent) outgoing.destroy();
      else void send(outgoing, { fault: fault('internal').refusal }).catch(() => outgoing.destroy());
    });
  });
  // An upload takes as long as it takes, and a connection that is closed while it is idle fails the request that is put on it.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.keepAliveTimeout = 0;
  return server;
};

const answer = async (store: BucketStore, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
  const request = await requestIn(incoming);
  const bucket = incoming.headers[RESOURCE_HEADER];
  try {
    const reply: Reply =
      request === undefined || typeof bucket !== 'string'
        ? { fault: fault('invalidArgument').refusal }
        : await respond(store, bucket, request, bytesOf(incoming));
    await send(outgoing, reply);
  } finally {
    // workerd writes its whole request before it reads what came of it.
    incoming.resume();
  }
};

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
  const chunks: Uint8Array[] = [];
  let left = size;
  for await (const chunk of bytesOf(incoming)) {
    chunks.push(chunk.subarray(0, left));
    if (chunk.byteLength > left) incoming.unshift(chunk.subarray(left));
    left -= Math.min(left, chunk.byteLength);
    if (left === 0) break;
  }
  return parseRequest(Buffer.concat(chunks).toString());
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
  await pipeline(bytes.open(), outgoing);
};

/** Lets what is under way finish for so long. */
export const closeServer = async (server: Server, withinMs: number): Promise<void> => {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const late = setTimeout(() => server.closeAllConnections(), withinMs);
  await closed;
  clearTimeout(late);
};
