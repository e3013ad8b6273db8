import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { CACHE_HEADER, SCHEME_HEADER } from '../../runtime/index.ts';
import { closeInside, listenInside } from '../inside-socket.ts';
import type { Log } from '../log.ts';
import { OpenCalls } from '../open-calls.ts';
import { KeptResponses } from './kept-responses.ts';
import { matchReply, STATUS_HEADER } from './match-reply.ts';
import { NotKept, putResponse } from './put-response.ts';

export interface CacheSocketOptions {
  readonly mostBytes: number;
  readonly maxCallsPerCaller: number;
  readonly log: Log;
  readonly now?: () => number;
}

/** Of a request to be matched, which may have any headers a Worker gives it. */
const MOST_HEADER_BYTES = 128 * 1024;
/** How long a response may take to be put: what stays half-way takes room from others. */
const PUT_WITHIN_MS = 300_000;

/**
 * What the Cache API leads to, over a socket that only this edge's own processes reach, in workerd's protocol: GET to match, PUT with
 * the response in the body, PURGE to delete. Which Worker asks is in a header that its process writes, not its code. Nothing here is
 * an error to a Worker: what cannot be kept or found is a miss.
 */
export class CacheSocket implements AsyncDisposable {
  readonly #server: Server;
  readonly #kept: KeptResponses;
  readonly #open: OpenCalls;
  readonly #now: () => number;

  private constructor({ mostBytes, maxCallsPerCaller, log, now = Date.now }: CacheSocketOptions) {
    this.#kept = new KeptResponses(mostBytes, now);
    this.#open = new OpenCalls(maxCallsPerCaller, log);
    this.#now = now;
    this.#server = createServer({ maxHeaderSize: MOST_HEADER_BYTES, requestTimeout: PUT_WITHIN_MS });
    this.#server.on('request', (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response));
  }

  static async open(path: string, options: CacheSocketOptions): Promise<CacheSocket> {
    const socket = new CacheSocket(options);
    await listenInside(socket.#server, path);
    return socket;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await closeInside(this.#server);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const worker = request.headers[CACHE_HEADER];
    response.sendDate = false;
    if (typeof worker !== 'string') return bare(response, 404);
    const isTaken = this.#open.take(worker, response);
    if (isTaken && request.method === 'PUT') return void this.#put(worker, request, response);
    request.resume();
    if (request.method === 'PURGE') return bare(response, isTaken && this.#kept.delete(worker, keyOf(request)) ? 200 : 404);
    if (isTaken && request.method === 'GET') return this.#match(worker, request, response);
    if (request.method === 'PUT') return bare(response, 413);
    miss(response);
  }

  #match(worker: string, request: IncomingMessage, response: ServerResponse): void {
    const loan = this.#kept.lend(worker, keyOf(request));
    if (loan === undefined) return miss(response);
    response.once('close', () => loan.giveBack());
    const { status, statusText, headers, body } = matchReply(loan.response, request.headers, this.#now());
    // Node's own word would look like one of the response's.
    response.removeHeader('connection');
    response.writeHead(status, statusText, headers).end(body);
  }

  async #put(worker: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const put = await putResponse(request, this.#kept, this.#now());
      this.#kept.put(worker, keyOf(request), put);
      bare(response, 204);
    } catch (error) {
      // What broke off on its way is not kept either; then nobody is there to be told.
      if (!(error instanceof NotKept)) return void response.destroy();
      // workerd sends all of it before it looks at the answer.
      request.resume();
      bare(response, 413);
    }
  }
}

/** Caches by name are apart, from each other and from the one without. No URL has a space. */
const keyOf = ({ headers, url }: IncomingMessage): string => {
  const whole = `${String(headers[SCHEME_HEADER])}://${headers.host}${url}`;
  const name = headers['cf-cache-namespace'];
  return name === undefined ? whole : `${whole} ${String(name)}`;
};

const miss = (response: ServerResponse): void => void response.writeHead(504, { [STATUS_HEADER]: 'MISS', 'content-length': '0' }).end();

const bare = (response: ServerResponse, status: number): void =>
  void response.writeHead(status, status === 204 ? {} : { 'content-length': '0' }).end();
