import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Readiness {
  readonly ready: boolean;
  readonly generation: number | undefined;
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
  static async open(port: number, readiness: () => Readiness): Promise<AdminListener> {
    const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
      const { status, body } = answerTo(request.method, request.url, readiness);
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

const answerTo = (method: string | undefined, url: string | undefined, readiness: () => Readiness): { status: number; body: object } => {
  const isRead = method === 'GET' || method === 'HEAD';
  if (isRead && url === '/healthz') return { status: 200, body: { status: 'ok' } };
  if (isRead && url === '/readyz') {
    const { ready, generation } = readiness();
    return { status: ready ? 200 : 503, body: { ready, generation: generation ?? null } };
  }
  return { status: 404, body: { error: 'Only GET /healthz and GET /readyz are here.' } };
};
