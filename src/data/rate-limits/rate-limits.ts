import { mkdir } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { LIMIT_HEADER, PERIOD_HEADER, RESOURCE_HEADER, resourceSocket } from '../../runtime/index.ts';
import { closeServer } from '../close-server.ts';
import { listen } from '../listen.ts';
import { Counters } from './counters.ts';

export interface RateLimitsOptions {
  /** Where the socket is. */
  readonly runtimeDir: string;
  /** Of a socket that is held for it; without one it makes its own. */
  readonly descriptor?: number | undefined;
}

const END_WITHIN_MS = 1_000;
/** A Worker's key comes from its visitors. */
const MOST_REQUEST_BYTES = 256 * 1024;

/** What workerd writes for the binding, whatever the Worker may have set: none has another's counter, nor another rule than its own. */
const headers = z.object({
  [RESOURCE_HEADER]: z.string(),
  [LIMIT_HEADER]: z.coerce.number().int().positive(),
  [PERIOD_HEADER]: z.enum(['10', '60']).transform((seconds) => (seconds === '10' ? 10 : 60)),
});

/** What the Worker says itself. */
const call = z.object({ key: z.string() });

/** Counters on this machine, in memory: one socket for every namespace, which a header names. */
export class RateLimits implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open({ runtimeDir, descriptor }: RateLimitsOptions): Promise<RateLimits> {
    await mkdir(runtimeDir, { recursive: true, mode: 0o700 });
    const server = createRateLimitServer(new Counters());
    await listen(server, { path: resourceSocket(runtimeDir, 'ratelimit'), descriptor });
    return new RateLimits(server);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await closeServer(this.#server, END_WITHIN_MS);
  }
}

const createRateLimitServer = (counters: Counters): Server => {
  const server = createServer((incoming, outgoing) => {
    // Only a caller that went away makes it fail.
    answer(counters, incoming, outgoing).catch(() => outgoing.destroy());
  });
  // A connection that is closed while it is idle fails the request that is put on it.
  server.keepAliveTimeout = 0;
  return server;
};

const answer = async (counters: Counters, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
  const body = await bodyOf(incoming);
  if (body === undefined) return reply(outgoing, 413, { error: `a key has at most ${MOST_REQUEST_BYTES} bytes` });
  const bound = headers.safeParse(incoming.headers);
  const asked = call.safeParse(jsonIn(body));
  if (!bound.success || !asked.success) return reply(outgoing, 400, { error: 'the call is malformed' });
  const { [RESOURCE_HEADER]: namespace, [LIMIT_HEADER]: limit, [PERIOD_HEADER]: period } = bound.data;
  reply(outgoing, 200, { success: counters.take(namespace, asked.data.key, { limit, period }) });
};

/** workerd writes its whole request before it looks for an answer. Undefined where there is too much of it. */
const bodyOf = async (incoming: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MOST_REQUEST_BYTES) chunks.push(chunk);
  }
  return bytes > MOST_REQUEST_BYTES ? undefined : Buffer.concat(chunks).toString();
};

const jsonIn = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

const reply = (outgoing: ServerResponse, status: number, said: object): void => {
  const text = JSON.stringify(said);
  outgoing.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
};
