import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Readiness {
  readonly ready: boolean;
  readonly generation: number | undefined;
}

/** What it answers with. */
export interface Told {
  readonly readiness: () => Readiness;
  /** In the text format of Prometheus. */
  readonly metrics: () => Promise<{ readonly text: string; readonly contentType: string }>;
}

/** Whoever watches asks now and then; the files for more are needed elsewhere. */
const MOST_CONNECTIONS = 32;

/** A listener of its own for whoever watches the edge, so that no tenant's host or path can stand in its place. */
export class AdminListener {
  readonly #server: Server;
  readonly url: string;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // A listening TCP server has a port.
  }

  /** On loopback only. Throws when the port is taken. */
  static async open(port: number, { readiness, metrics }: Told): Promise<AdminListener> {
    const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      if (isRead && request.url === '/metrics') return void answerWithMetrics(response, metrics).catch(() => response.destroy());
      const { status, body } = answerTo(isRead, request.url, readiness);
      response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
      response.end(`${JSON.stringify(body)}\n`);
    });
    server.maxConnections = MOST_CONNECTIONS;
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new AdminListener(server);
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

const answerTo = (isRead: boolean, url: string | undefined, readiness: () => Readiness): { status: number; body: object } => {
  if (isRead && url === '/healthz') return { status: 200, body: { status: 'ok' } };
  if (isRead && url === '/readyz') {
    const { ready, generation } = readiness();
    return { status: ready ? 200 : 503, body: { ready, generation: generation ?? null } };
  }
  return { status: 404, body: { error: 'Only GET /healthz, GET /readyz and GET /metrics are here.' } };
};

const answerWithMetrics = async (response: ServerResponse, metrics: Told['metrics']): Promise<void> => {
  const { text, contentType } = await metrics();
  response.writeHead(200, { 'Content-Type': contentType, 'Cache-Control': 'no-store' });
  response.end(text);
};
