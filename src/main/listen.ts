import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { createAdaptorServer } from '@hono/node-server';
import { BadConfiguration } from './bad-configuration.ts';
import { apiConnectionsWithin, openFilesLimit } from './open-files.ts';
import { refusedInFull } from './unread-body.ts';

/** Requests that are still running when the server stops get this long. */
const DRAIN_MS = 5_000;

/** What answers requests; the second argument is the server's raw request and response. */
interface App {
  fetch(request: Request, raw: object): Response | Promise<Response>;
}

/** What takes connections over for another protocol. */
export interface Upgrades {
  /** Whether a request may be one for it; any other is the app's. */
  isAsked(request: IncomingMessage): boolean;
  take(request: IncomingMessage, client: Duplex, head: Buffer): void;
}

export interface HttpListener {
  /** `http://127.0.0.1:7450` */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves an app. Its address goes into the app, because with port 0 it is known only once it listens. */
export const listenHttp = async (host: string, port: number, appAt: (url: string) => App, upgrades?: Upgrades): Promise<HttpListener> => {
  let app: App | undefined;
  // Without TLS options the adaptor makes a plain HTTP/1.1 server.
  const server = createAdaptorServer({
    fetch: async (request, env) => {
      const response = (await app?.fetch(request, env)) ?? new Response(null, { status: 503 });
      // Without HTTP/2 it is one of HTTP/1.1.
      return refusedInFull(response, env.incoming as IncomingMessage);
    },
    overrideGlobalObjects: false,
    ...(upgrades === undefined ? {} : { serverOptions: { shouldUpgradeCallback: upgrades.isAsked } }),
  }) as Server;
  const taken = new Set<Duplex>();
  server.on('upgrade', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    taken.add(client);
    client.once('close', () => taken.delete(client));
    upgrades?.take(request, client, head);
  });
  // A slow connection may not hold the API for ever; uploads of the largest size still fit.
  server.requestTimeout = 300_000;
  server.headersTimeout = 15_000;
  server.maxConnections = apiConnectionsWithin(openFilesLimit());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? portInUse(host, port) : error));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${actual}`;
  app = appAt(url);
  return { url, close: () => closed(server, taken) };
};

const portInUse = (host: string, port: number): BadConfiguration =>
  new BadConfiguration(`Port ${port} on ${host} is in use by another program. Choose another with --control-port, or 0 for any free one.`);

/** What was taken over has no end of its own: it is cut, and its client comes back. */
const closed = (server: Server, taken: ReadonlySet<Duplex>): Promise<void> =>
  new Promise((resolve) => {
    for (const client of taken) client.destroy();
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
