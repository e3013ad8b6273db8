import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, Server } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setImmediate as immediately } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { Archive } from './archive/archive.ts';
import { archivePart } from './archive/archive-part.ts';
import { Collector } from './collector/collector.ts';
import { Rules } from './collector/rules.ts';
import { SourceMaps } from './collector/source-maps.ts';
import { Drops } from './drops.ts';
import { closeInside, insideServer, listenInside } from './inside-server.ts';
import { Live } from './live.ts';
import { Logpush, type LogpushOptions } from './logpush/index.ts';
import type { ObservePart } from './part.ts';
import { querySocketIn, reportsSocketIn, tracesSocketIn } from './sockets.ts';
import { TailHub } from './tails/tail-hub.ts';
import { WatchBoard } from './watch-board.ts';

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
  /** By which it hears. */
  readonly #servers: readonly Server[];
  readonly #query: Server;
  readonly #collector: Collector;
  readonly #parts: readonly ObservePart[];

  private constructor(servers: readonly Server[], query: Server, collector: Collector, parts: readonly ObservePart[]) {
    this.#servers = servers;
    this.#query = query;
    this.#collector = collector;
    this.#parts = parts;
  }

  static async open(options: ObserverOptions): Promise<Observer> {
    const { folder, dataDir, modulesDir, archiveBytes: mostBytes, log } = options;
    const logpush = options.logpush && [new Logpush({ folder: join(dataDir, 'logpush'), log, ...options.logpush })];
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const [board, drops, live, rules] = [new WatchBoard(), new Drops(), new Live(), new Rules()];
    const archive = await Archive.open({ dataDir, mostBytes, drops, log, ruleOf: (script) => rules.of(script) });
    rules.remember(archive.knownRules);
    const parts: readonly ObservePart[] = [archivePart(archive, live, drops, mostBytes), new TailHub(board), ...(logpush ?? [])];
    const collector = new Collector({
      archive,
      live,
      board,
      rules,
      maps: new SourceMaps(modulesDir),
      drops,
      isWanted: (script) => parts.some((part) => part.wantsAll?.(script) === true),
      take: (record) => parts.forEach((part) => part.take?.(record)),
    });
    const traces = insideServer((request, response) => collector.tracesPosted(request, response));
    const reports = insideServer((request, response) => collector.reportsAsked(request, response));
    const query = queryServer(parts);
    await Promise.all([
      listenInside(traces, tracesSocketIn(folder)),
      listenInside(reports, reportsSocketIn(folder)),
      listenInside(query, querySocketIn(folder)),
    ]);
    return new Observer([traces, reports], query, collector, parts);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map(closeInside));
    this.#collector.close();
    // The last records are made by now, but for those whose stacks are still looked up.
    await immediately();
    for (const part of this.#parts) await part.close?.();
    // Behind those who look on by it: their parts have told them to leave.
    await closeInside(this.#query);
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
