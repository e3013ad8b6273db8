import type { HostIndex } from '../domain/index.ts';
import type { AssetDesk } from './assets/index.ts';
import { receive, type Receive } from './arrival.ts';
import { Crowd } from './crowd.ts';
import type { ExchangeContext } from './exchange.ts';
import type { EdgeLimits } from './limits.ts';
import { Listener } from './listener.ts';
import type { Log } from './log.ts';
import type { Invocations } from './observing/index.ts';
import { answerWithPage } from './page-answer.ts';
import { Proxy } from './proxy.ts';
import { Certificates } from './tls.ts';
import { Upstreams } from './upstreams.ts';
import type { VersionPool } from './version-pool.ts';
import { Visitors } from './visitor.ts';
import { WaitingBytes } from './waiting-bytes.ts';
import { WebSockets } from './websocket.ts';

export interface FrontOptions {
  readonly host: string;
  readonly port: number;
  readonly tlsDir: string | undefined;
  readonly trustedProxies: readonly string[];
  readonly limits: EdgeLimits;
  /** The table to serve from, as it is at each request. */
  readonly index: () => HostIndex | undefined;
  readonly versions: VersionPool;
  readonly assets: AssetDesk;
  readonly cfBlobHeader: string;
  readonly schemeHeader: string;
  /** What waits in this edge's memory; of these visitors alone where it is left out. */
  readonly waiting?: WaitingBytes;
  readonly invocations?: Invocations | undefined;
  readonly log: Log;
  readonly random?: () => number;
}

/** All that visitors meet: the listener, and behind it the ways to the versions. */
export class Front {
  readonly #listener: Listener;
  readonly #context: ExchangeContext;
  readonly #webSockets: WebSockets;
  readonly #certificates: Certificates | undefined;
  readonly #drainTimeoutMs: number;
  #draining: Promise<void> | undefined;

  private constructor(
    listener: Listener,
    context: ExchangeContext,
    webSockets: WebSockets,
    certificates: Certificates | undefined,
    drainTimeoutMs: number,
  ) {
    this.#listener = listener;
    this.#context = context;
    this.#webSockets = webSockets;
    this.#certificates = certificates;
    this.#drainTimeoutMs = drainTimeoutMs;
  }

  /** Throws when the port is taken, a trusted proxy is no network, or the certificates cannot be used. */
  static async open(options: FrontOptions): Promise<Front> {
    const { limits, log, versions, index, invocations, cfBlobHeader, schemeHeader, random = Math.random } = options;
    const visitors = new Visitors(options.trustedProxies);
    const reception = { index, visitors, random, cfBlobHeader, schemeHeader };
    const received: Receive = (request, ray) => receive(reception, request, ray);
    const upstreams = new Upstreams(limits.responseTimeoutMs);
    const crowd = new Crowd(limits, log);
    const { startTimeoutMs } = limits;
    const { waiting = new WaitingBytes(limits.maxWaitingBytes, log) } = options;
    const context: ExchangeContext = {
      versions,
      upstreams,
      crowd,
      waiting,
      startTimeoutMs,
      invocations,
      log,
      answerWithPage,
      isDraining: false,
    };
    const webSockets = new WebSockets(received, context);
    const proxy = new Proxy(received, context, options.assets, limits);
    const certificates = options.tlsDir === undefined ? undefined : await Certificates.open(options.tlsDir, log);
    try {
      const { host, port } = options;
      const listener = await Listener.open({ host, port, limits, visitors, proxy, webSockets, certificates, waiting, log });
      return new Front(listener, context, webSockets, certificates, limits.drainTimeoutMs);
    } catch (error) {
      certificates?.close();
      throw error;
    }
  }

  get url(): string {
    return this.#listener.url;
  }

  get isDraining(): boolean {
    return this.#context.isDraining;
  }

  get connections(): number {
    return this.#listener.connections;
  }

  get webSockets(): number {
    return this.#webSockets.count;
  }

  /** Accepts no more visitors, and resolves once those in flight are answered or cut. */
  drain(): Promise<void> {
    this.#context.isDraining = true;
    this.#certificates?.close();
    this.#draining ??= this.#listener.drain(this.#drainTimeoutMs);
    return this.#draining;
  }
}
