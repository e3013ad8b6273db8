import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { EdgeLimits } from './limits.ts';
import type { Proxy } from './proxy.ts';
import type { Certificates } from './tls.ts';
import { Turns } from './turns.ts';
import { isHandshake, type WebSockets } from './websocket.ts';

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly limits: EdgeLimits;
  readonly proxy: Proxy;
  readonly webSockets: WebSockets;
  readonly certificates: Certificates | undefined;
}

/** Where visitors arrive: HTTP/1.1, or TLS with HTTP/2 and HTTP/1.1 where there are certificates. */
export class Listener {
  readonly #server: Server | Http2SecureServer;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #limits: EdgeLimits;
  readonly #webSockets: WebSockets;
  readonly url: string;

  private constructor(server: Server | Http2SecureServer, { limits, webSockets, certificates }: ListenerOptions) {
    this.#server = server;
    this.#limits = limits;
    this.#webSockets = webSockets;
    const { address, family, port } = server.address() as AddressInfo; // A listening TCP server has one.
    this.url = `${certificates === undefined ? 'http' : 'https'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('session', (session: ServerHttp2Session) => this.#keep(session));
  }

  /** Throws when the port is taken. */
  static async open(options: ListenerOptions): Promise<Listener> {
    const { proxy, webSockets, certificates, limits } = options;
    const turns = new Turns();
    const http1 = httpOptions(limits, turns);
    const server = certificates === undefined ? plainServer(http1) : secureServer(http1, limits, certificates);
    server.on('request', (request, response) => turns.take(request, response, () => proxy.handle(request, response)));
    server.on('checkContinue', (request, response) => turns.take(request, response, () => proxy.handle(request, response, true)));
    server.on('upgrade', (request: IncomingMessage, socket: Socket, early: Buffer) => webSockets.handle(request, socket, early));
    server.maxConnections = limits.maxConnections;
    server.listen(options.port, options.host);
    await once(server, 'listening');
    return new Listener(server, options);
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Accepts nothing more and resolves once every request in flight has its answer, or time is up and the rest was cut. */
  async drain(timeoutMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    for (const session of this.#sessions) session.close();
    const timer = setTimeout(() => this.#cut(), timeoutMs);
    await closed;
    clearTimeout(timer);
  }

  #cut(): void {
    this.#webSockets.cut();
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** HTTP/2 has no limit of its own for connections on which nothing happens; one with open streams is not idle. */
  #keep(session: ServerHttp2Session): void {
    let streams = 0;
    this.#sessions.add(session);
    session.once('close', () => this.#sessions.delete(session));
    session.on('stream', (stream) => {
      streams += 1;
      stream.once('close', () => (streams -= 1));
    });
    session.setTimeout(this.#limits.keepAliveTimeoutMs, () => {
      if (streams === 0) session.close();
    });
  }
}

const httpOptions = (limits: EdgeLimits, turns: Turns) => ({
  maxHeaderSize: limits.maxHeaderBytes,
  headersTimeout: limits.headersTimeoutMs,
  requestTimeout: limits.requestTimeoutMs,
  keepAliveTimeout: limits.keepAliveTimeoutMs,
  connectionsCheckingInterval: Math.min(5_000, limits.headersTimeoutMs),
  // Any other protocol a visitor would like to switch to is not offered: the request is answered as it is.
  shouldUpgradeCallback: (request: IncomingMessage) => isHandshake(request) && !turns.areAhead(request),
});

type HttpOptions = ReturnType<typeof httpOptions>;

const plainServer = (http1: HttpOptions): Server => createServer({ ...http1, noDelay: true });

const MOST_STREAMS = 100;

const secureServer = (http1: HttpOptions, limits: EdgeLimits, certificates: Certificates): Http2SecureServer =>
  createSecureServer({
    ...http1,
    allowHTTP1: true,
    minVersion: 'TLSv1.2',
    settings: { maxConcurrentStreams: MOST_STREAMS, maxHeaderListSize: limits.maxHeaderBytes },
    SNICallback: (name, done) => done(null, certificates.for(name)),
  });
