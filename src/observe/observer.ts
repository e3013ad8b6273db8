import { mkdir } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { closeInside, listenInside } from './inside-server.ts';
import { Logpush, type LogpushOptions } from './logpush/index.ts';
import type { ObservePart } from './part.ts';
import { querySocketIn, reportsSocketIn, tracesSocketIn } from './sockets.ts';
import { TailHub } from './tails/tail-hub.ts';
import { WatchBoard } from './watch-board.ts';
import { streamWatched } from './watched-stream.ts';

export interface ObserverOptions {
  /** Short and private: the sockets are in it. */
  readonly folder: string;
  /** Where what was observed is kept. */
  readonly dataDir: string;
  /** Where the control plane stores modules and their source maps, by digest. */
  readonly modulesDir: string;
  readonly archiveBytes: number;
  /** Where it is absent nothing is sent on. */
  readonly logpush?: Pick<LogpushOptions, 'spoolBytes' | 'rules'>;
  readonly log: (detail: Readonly<Record<string, unknown>>, sentence: string) => void;
}

/**
 * The observe process: edges tell it what they counted, versions' processes what they did, and it hands what comes of both to its
 * parts, which keep it, show it live, and send it on.
 */
export class Observer implements AsyncDisposable {
  readonly #servers: readonly Server[];
  readonly #parts: readonly ObservePart[];

  private constructor(servers: readonly Server[], parts: readonly ObservePart[]) {
    this.#servers = servers;
    this.#parts = parts;
  }

  static async open(options: ObserverOptions): Promise<Observer> {
    await mkdir(options.folder, { recursive: true, mode: 0o700 });
    const board = new WatchBoard();
    const { dataDir, log } = options;
    const logpush = options.logpush && [new Logpush({ folder: join(dataDir, 'logpush'), log, ...options.logpush })];
    const parts: readonly ObservePart[] = [new TailHub(board), ...(logpush ?? [])];
    const traces = createServer((request, response) => {
      request.resume();
      response.writeHead(503).end();
    });
    const reports = createServer((request, response) => {
      request.resume();
      if (request.url === '/watched') return streamWatched(board, response);
      response.writeHead(503).end();
    });
    const query = queryServer(parts);
    await Promise.all([
      listenInside(traces, tracesSocketIn(options.folder)),
      listenInside(reports, reportsSocketIn(options.folder)),
      listenInside(query, querySocketIn(options.folder)),
    ]);
    return new Observer([traces, reports, query], parts);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const part of this.#parts) part.release?.();
    await Promise.all(this.#servers.map(closeInside));
    for (const part of this.#parts) await part.close?.();
  }
}

const queryServer = (parts: readonly ObservePart[]): Server => {
  const app = new Hono();
  for (const { name, routes } of parts) if (routes !== undefined) app.route(`/${name}`, routes);
  // Without TLS options the adaptor makes a plain HTTP/1.1 server.
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const name = request.url?.split(/[/?]/)[1];
    const part = parts.find((each) => each.name === name);
    if (part?.upgrade === undefined) return void socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    part.upgrade(request, socket, head);
  });
  return server;
};
