import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { isHandshake } from './handshake.ts';
import { http2Options, Sessions } from './http2.ts';
import type { EdgeLimits } from './limits.ts';
import type { Log } from './log.ts';
import type { Proxy } from './proxy.ts';
import { Seats } from './seats.ts';
import { SlowReaders } from './slow-readers.ts';
import type { Certificates } from './tls.ts';
import { Turns } from './turns.ts';
import { isLoopback, plainAddress, type Visitors } from './visitor.ts';
import type { WaitingBytes } from './waiting-bytes.ts';
import type { WebSockets } from './websocket.ts';

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly limits: EdgeLimits;
  readonly visitors: Visitors;
  readonly proxy: Proxy;
  readonly webSockets: WebSockets;
  readonly certificates: Certificates | undefined;
  readonly waiting: WaitingBytes;
  readonly log: Log;
}

/** Where visitors arrive: HTTP/1.1, or TLS with HTTP/2 and HTTP/1.1 where there are certificates. */
export class Listener {
  readonly #server: Server | Http2SecureServer;
  readonly #sockets = new Set<Socket>();
  readonly #seats: Seats;
  readonly #slowReaders: SlowReaders;
  readonly #sessions: Sessions;
  readonly #turns = new Turns();
  readonly #webSockets: WebSockets;
  #url = '';

  private constructor({ limits, visitors, proxy, webSockets, certificates, waiting, log }: ListenerOptions) {
    this.#webSockets = webSockets;
    this.#seats = new Seats(limits, (address) => isLoopback(address) || visitors.isTrusted(address), log);
    this.#slowReaders = new SlowReaders(limits.slowReaderTimeoutMs);
    this.#sessions = new Sessions(limits, this.#seats, (stream) => this.#watch(stream, waiting));
    const http1 = httpOptions(limits, (request) => isHandshake(request) && !this.#turns.areAhead(request));
    const server = certificates === undefined ? plainServer(http1) : secureServer(http1, limits, certificates);
    this.#server = server;
    server.on('connection', (socket: Socket) => this.#meet(socket));
    // What waits for a visitor waits in the socket that is written to, which over TLS is another.
    server.on(certificates === undefined ? 'connection' : 'secureConnection', (socket: Socket) => this.#watch(socket, waiting));
    server.on('session', (session: ServerHttp2Session) => this.#sessions.keep(session, addressOf(session.socket)));
    server.on('upgrade', (request: IncomingMessage, socket: Socket, early: Buffer) => webSockets.handle(request, socket, early));
    for (const [event, expectsContinue] of [
      ['request', false],
      ['checkContinue', true],
    ] as const) {
      server.on(event, (request, response) => {
        const begin = (): void => proxy.handle(request, response, expectsContinue);
        if ('stream' in response) this.#sessions.take(response.stream, begin);
        else this.#turns.take(request, response, begin);
      });
    }
  }

  /** Throws when the port is taken. */
  static async open(options: ListenerOptions): Promise<Listener> {
    const listener = new Listener(options);
    try {
      const server = listener.#server.listen(options.port, options.host);
      await once(server, 'listening');
      const { address, family, port } = server.address() as AddressInfo; // A listening TCP server has one.
      const scheme = options.certificates === undefined ? 'http' : 'https';
      listener.#url = `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
      return listener;
    } catch (error) {
      listener.#slowReaders.close();
      throw error;
    }
  }

  get url(): string {
    return this.#url;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Accepts nothing more and resolves once every request in flight has its answer, or time is up and the rest was cut. */
  async drain(timeoutMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    this.#sessions.close();
    const timer = setTimeout(() => this.#cut(), timeoutMs);
    await closed;
    clearTimeout(timer);
    this.#slowReaders.close();
  }

  #watch(reader: Writable, waiting: WaitingBytes): void {
    this.#slowReaders.watch(reader);
    waiting.watchReader(reader);
  }

  #meet(socket: Socket): void {
    const leave = this.#seats.take(addressOf(socket));
    if (leave === undefined) return void socket.destroy();
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      leave();
    });
  }

  #cut(): void {
    this.#webSockets.cut();
    this.#sessions.cut();
    for (const socket of this.#sockets) socket.destroy();
  }
}

const addressOf = ({ remoteAddress }: Pick<Socket, 'remoteAddress'>): string => plainAddress(remoteAddress ?? '');

// Any other protocol a visitor would like to switch to is not offered: the request is answered as it is.
const httpOptions = (limits: EdgeLimits, shouldUpgradeCallback: (request: IncomingMessage) => boolean) => ({
  maxHeaderSize: limits.maxHeaderBytes,
  headersTimeout: limits.headersTimeoutMs,
  requestTimeout: limits.requestTimeoutMs,
  keepAliveTimeout: limits.keepAliveTimeoutMs,
  connectionsCheckingInterval: Math.min(5_000, limits.headersTimeoutMs),
  shouldUpgradeCallback,
});

type HttpOptions = ReturnType<typeof httpOptions>;

const plainServer = (http1: HttpOptions): Server => createServer({ ...http1, noDelay: true });

const secureServer = (http1: HttpOptions, limits: EdgeLimits, certificates: Certificates): Http2SecureServer => {
  const server = createSecureServer({
    ...http1,
    ...http2Options(limits),
    allowHTTP1: true,
    minVersion: 'TLSv1.2',
    handshakeTimeout: limits.headersTimeoutMs,
    SNICallback: (name, done) => done(null, certificates.for(name)),
  });
  // Node puts its own in the place of this option where HTTP/2 is spoken too (24.21), and takes every upgrade there is.
  return Object.assign(server, { shouldUpgradeCallback: http1.shouldUpgradeCallback });
};
