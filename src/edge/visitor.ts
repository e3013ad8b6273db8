import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { BlockList, isIP, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { COLO } from './ray.ts';

export type VisitorRequest = IncomingMessage | Http2ServerRequest;

/** What is known of a visitor's connection; worked out once for all the requests on it. */
export interface Visitor {
  /** Address of the peer, IPv4 in its usual form. */
  readonly address: string;
  /** Its forwarding headers are believed. */
  readonly isTrusted: boolean;
  readonly isSecure: boolean;
  /** `request.cf` as JSON: only what is known here, so no country and no network. */
  readonly cf: string;
}

/** Who is at the other end of a connection. Trusts peers within the given networks, e.g. `10.0.0.0/8` or `::1`. */
export class Visitors {
  readonly #trusted = new BlockList();
  readonly #known = new WeakMap<object, Visitor>();

  constructor(trustedProxies: readonly string[]) {
    for (const network of trustedProxies) addNetwork(this.#trusted, network);
  }

  of(request: VisitorRequest): Visitor {
    const connection = connectionOf(request);
    let visitor = this.#known.get(connection);
    if (visitor === undefined) {
      visitor = this.#meet(request);
      this.#known.set(connection, visitor);
    }
    return visitor;
  }

  isTrusted(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.#trusted.check(address, family === 6 ? 'ipv6' : 'ipv4');
  }

  #meet(request: VisitorRequest): Visitor {
    const { socket } = request;
    const address = plainAddress(socket.remoteAddress ?? '');
    return { address, isTrusted: this.isTrusted(address), isSecure: isSecure(socket), cf: cfOf(request) };
  }
}

/** The one nearest to us in `X-Forwarded-For` that is not one of our own proxies; the peer where the header says nothing usable. */
export const clientAddress = (visitors: Visitors, peer: string, forwardedFor: string | undefined): string => {
  let client = peer;
  const hops = forwardedFor?.split(',') ?? [];
  for (const hop of hops.toReversed()) {
    const address = plainAddress(hop.trim());
    if (isIP(address) === 0) break;
    client = address;
    if (!visitors.isTrusted(address)) break;
  }
  return client;
};

export const isLoopback = (address: string): boolean => address === '::1' || /^127\.\d+\.\d+\.\d+$/.test(address);

const connectionOf = (request: VisitorRequest): object =>
  'stream' in request ? (request.stream.session ?? request.stream) : request.socket;

const isSecure = (socket: Socket | TLSSocket): socket is TLSSocket => 'encrypted' in socket && socket.encrypted;

const cfOf = (request: VisitorRequest): string => {
  const { socket, httpVersion } = request;
  const httpProtocol = httpVersion === '2.0' ? 'HTTP/2' : `HTTP/${httpVersion}`;
  const tls = isSecure(socket) ? { tlsVersion: socket.getProtocol() ?? '', tlsCipher: socket.getCipher().standardName } : {};
  return JSON.stringify({ colo: COLO, httpProtocol, ...tls });
};

/** `::ffff:192.0.2.1` is how a socket for both families names an IPv4 peer. */
export const plainAddress = (address: string): string =>
  address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;

/** Throws on anything that is neither an address nor a network in CIDR notation. */
const addNetwork = (list: BlockList, network: string): void => {
  const [address = '', prefix] = network.split('/');
  const version = isIP(address);
  if (version === 0) throw new Error(`A trusted proxy must be an address or a network such as 10.0.0.0/8, and "${network}" is not.`);
  const family = version === 6 ? 'ipv6' : 'ipv4';
  if (prefix === undefined) list.addAddress(address, family);
  else list.addSubnet(address, Number(prefix), family);
};
