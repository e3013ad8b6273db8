import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { KEY_HEADER, OVERRIDES_HEADER, type HostIndex } from '../../domain/index.ts';
import { NAMESPACE_HEADER, SERVICE_HEADER, serviceRequest, type ServiceRequest } from '../../runtime/index.ts';
import type { AssetDesk } from '../assets/index.ts';
import { Crowd } from '../crowd.ts';
import type { ExchangeContext } from '../exchange.ts';
import { httpAnswer } from '../handshake.ts';
import { closeInside, listenInside } from '../inside-socket.ts';
import type { EdgeLimits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Invocations } from '../observing/index.ts';
import { OpenCalls } from '../open-calls.ts';
import { Proxy } from '../proxy.ts';
import { Upstreams } from '../upstreams.ts';
import type { VersionPool } from '../version-pool.ts';
import { WaitingBytes } from '../waiting-bytes.ts';
import { WebSockets } from '../websocket.ts';
import { CallRings, MOST_CALLS_IN_RING } from './call-rings.ts';
import { callReceiver } from './call-arrival.ts';
import { giveLease, type LeaseContext } from './lease.ts';
import { Lifelines } from './lifelines.ts';
import { OpenLeases } from './open-leases.ts';
import { refuseCall, refuseWith, ringSentence, tooManySentence } from './refused-call.ts';

export interface ServiceSocketOptions {
  readonly index: () => HostIndex | undefined;
  readonly versions: VersionPool;
  readonly assets: AssetDesk;
  readonly limits: EdgeLimits;
  /** What waits in this edge's memory; of these calls alone where it is left out. */
  readonly waiting?: WaitingBytes;
  readonly invocations?: Invocations | undefined;
  readonly log: Log;
  readonly random?: () => number;
}

/** Of a request between Workers; workerd itself allows no more. */
const MOST_HEADER_BYTES = 128 * 1024;

/**
 * Where versions call other Workers, over a socket that only this edge's own processes reach. Who calls whom, and whether it is a
 * request or asks for a lease (see service-plan.ts), is in a header that the process writes, not the Worker's code.
 */
export class ServiceSocket implements AsyncDisposable {
  readonly #server: Server;
  readonly #context: ExchangeContext & LeaseContext;
  readonly #proxy: Proxy;
  readonly #webSockets: WebSockets;
  readonly #rings: CallRings;
  readonly #open: OpenCalls;

  private constructor({ index, versions, assets, limits, invocations, log, random = Math.random, ...options }: ServiceSocketOptions) {
    const { responseTimeoutMs, startTimeoutMs, maxWaitingBytes } = limits;
    const { waiting = new WaitingBytes(maxWaitingBytes, log) } = options;
    this.#context = {
      index,
      random,
      versions,
      upstreams: new Upstreams(responseTimeoutMs),
      crowd: new Crowd(limits, log),
      waiting,
      leases: new OpenLeases(),
      lifelines: new Lifelines(),
      startTimeoutMs,
      invocations,
      log,
      answerWithPage: refuseCall,
      isDraining: false,
    };
    const receive = callReceiver(index, random);
    this.#proxy = new Proxy(receive, this.#context, assets, { maxBodyBytes: Infinity });
    this.#webSockets = new WebSockets(receive, this.#context);
    this.#rings = new CallRings((script) => inHand(versions, script));
    this.#open = new OpenCalls(limits.maxCallsPerCaller, log);
    // Nobody is waited for or cut off here: that is between the Workers, and each call counts as work of the one that is called.
    this.#server = createServer({ maxHeaderSize: MOST_HEADER_BYTES, requestTimeout: 0 });
    this.#server.on('connection', (socket: Socket) => waiting.watchReader(socket));
    this.#server.on('request', (request: IncomingMessage, response: ServerResponse) => this.#take(request, response));
    this.#server.on('upgrade', (request: IncomingMessage, socket: Socket, early: Buffer) => this.#upgrade(request, socket, early));
  }

  static async open(path: string, options: ServiceSocketOptions): Promise<ServiceSocket> {
    const socket = new ServiceSocket(options);
    await listenInside(socket.#server, path);
    return socket;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = closeInside(this.#server);
    this.#webSockets.cut();
    await closed;
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const call = serviceRequest(request.headers[SERVICE_HEADER]);
    if (call === undefined) return void response.writeHead(404, { 'content-length': '0' }).end();
    const refusal = this.#enter(call, response);
    if (refusal !== undefined) {
      request.resume();
      return refuseWith(response, refusal);
    }
    if (call.ask === 'fetch') return this.#proxy.handle(request, response);
    const wanted = { script: call.callee, namespaceId: text(request.headers[NAMESPACE_HEADER]) };
    void giveLease(this.#context, wanted, wishedBy(request), request, response);
  }

  #upgrade(request: IncomingMessage, socket: Socket, early: Buffer): void {
    const call = serviceRequest(request.headers[SERVICE_HEADER]);
    if (call?.ask !== 'fetch') return void socket.destroy();
    socket.on('error', () => socket.destroy());
    const refusal = this.#enter(call, socket);
    if (refusal !== undefined) return refuseWith(httpAnswer(request, socket), refusal);
    this.#webSockets.handle(request, socket, early);
  }

  /** Counts the call until it is closed. Where it must not be made: the sentence why, and nothing is counted. */
  #enter({ caller, callee }: ServiceRequest, open: ServerResponse | Socket): string | undefined {
    const ring = this.#rings.ringOf(caller, callee);
    if (ring !== undefined) return ringSentence(callee, ring, MOST_CALLS_IN_RING);
    if (!this.#open.take(caller, open)) return tooManySentence(caller, callee, this.#open.most);
    this.#rings.enter(caller, callee);
    open.once('close', () => this.#rings.leave(caller, callee));
    return undefined;
  }
}

const wishedBy = ({ headers }: IncomingMessage) => ({
  overrides: text(headers[OVERRIDES_HEADER]),
  key: text(headers[KEY_HEADER]),
  isDebug: false,
});

const text = (value: string | string[] | undefined): string | undefined => (typeof value === 'string' ? value : value?.join(', '));

/** Of all its processes: a call says which Worker makes it, and not which version. */
const inHand = (versions: VersionPool, script: string): number =>
  versions.processesOf(script).reduce((sum, version) => sum + version.underWay('request') + version.underWay('webSocket'), 0);
