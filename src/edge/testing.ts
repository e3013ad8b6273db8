import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { ModuleStore } from '../files/index.ts';
import { AssetDesk, AssetFiles, AssetIndexes } from './assets/index.ts';
import { DEFAULT_LIMITS, type EdgeLimits } from './limits.ts';
import { Front, type FrontOptions } from './front.ts';
import { RoutingState } from './routing-state.ts';
import type { RunningVersion, VersionPool, Work } from './version-pool.ts';
import type { Log } from './log.ts';
import type { ProcessFault } from '../runtime/index.ts';
import type { HostTable, RoutingTable, WorkerEntry } from '../domain/index.ts';

/** Builders and stand-ins for the tests of this room: versions that are plain HTTP servers on unix sockets. */
export const V1 = '11111111-1111-4111-8111-111111111111';
export const V2 = '22222222-2222-4222-8222-222222222222';

export const aWorker = (name: string, of: Partial<WorkerEntry> = {}): WorkerEntry => ({
  name,
  deployment: { id: `deployment-of-${name}`, split: [{ versionId: V1, share: 100_000 }] },
  workersDev: true,
  previews: true,
  previewVersions: [],
  aliases: {},
  ...of,
});

export const aTable = (workers: readonly WorkerEntry[], of: Partial<HostTable> = {}, generation = 1): RoutingTable => ({
  generation,
  hosts: { domains: ['localhost'], subdomain: 'team', routes: [], customDomains: [], ...of },
  workers,
});

export const splitOf = (share1: number, id = 'd1') => ({
  id,
  split: [
    { versionId: V1, share: share1 },
    { versionId: V2, share: 100_000 - share1 },
  ],
});

export interface Remembered extends Log {
  readonly lines: { readonly level: string; readonly facts: object; readonly sentence: string }[];
}

export const aLog = (): Remembered => {
  const lines: Remembered['lines'] = [];
  const at = (level: string) => (facts: object, sentence: string) => void lines.push({ level, facts, sentence });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
};

export const aFolder = async (): Promise<{ path: string } & AsyncDisposable> => {
  const path = await mkdtemp(join(tmpdir(), 'sb-edge-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
};

/** A version whose "process" is a server of this very process; it ends suddenly. */
export class FakeVersion implements RunningVersion {
  readonly versionId: string;
  readonly socketPath: string;
  readonly eventSocketPath: string;
  readonly debugSocketPath: string;
  readonly mainService = 'main';
  readonly spec: RunningVersion['spec'] = { handlers: ['fetch', 'scheduled', 'queue'] };
  readonly server: Server;
  readonly exited: RunningVersion['exited'];
  isTraced = false;
  readonly goodbye: Promise<void>;
  readonly sayGoodbye: () => void;
  readonly #underWay = { request: 0, webSocket: 0 };
  entered = 0;
  /** All that there ever were. */
  connections = 0;
  readonly #exit: (ending: Awaited<RunningVersion['exited']>) => void;
  /** Those that became WebSockets too, of which an HTTP server knows no more. */
  readonly #sockets = new Set<Socket>();

  constructor(versionId: string, socketPath: string, answer: RequestListener) {
    this.versionId = versionId;
    this.socketPath = socketPath;
    this.eventSocketPath = socketPath;
    this.debugSocketPath = socketPath;
    this.server = createServer(answer);
    this.server.on('connection', (socket: Socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    const { promise, resolve } = Promise.withResolvers<Awaited<RunningVersion['exited']>>();
    this.exited = promise;
    this.#exit = resolve;
    ({ promise: this.goodbye, resolve: this.sayGoodbye } = Promise.withResolvers<void>());
  }

  get inFlight(): number {
    return this.#underWay.request + this.#underWay.webSocket;
  }

  enter(work: Work): void {
    this.#underWay[work] += 1;
    this.entered += 1;
  }

  leave(work: Work): void {
    this.#underWay[work] -= 1;
  }

  underWay(work: Work): number {
    return this.#underWay[work];
  }

  heard(): void {}

  /** A millisecond for each of its invocations. */
  cpuMs(): number {
    return this.entered;
  }

  async end(fault?: ProcessFault): Promise<void> {
    await this.die();
    this.beMissed(fault);
  }

  /** It answers no more, and nobody has noticed. */
  async die(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  beMissed(fault?: ProcessFault): void {
    this.#exit({ fault });
  }
}

/** Starts a version at its first request; what each answers is given by its id. */
export class FakePool implements VersionPool, AsyncDisposable {
  readonly versions = new Map<string, FakeVersion>();
  readonly #folder: string;
  readonly #answers: Readonly<Record<string, RequestListener>>;
  starts = 0;
  /** Prepares each version's server, before it is reached. */
  onServer: (server: Server) => void = () => undefined;
  /** Awaited before each start; throws to let it fail. */
  beforeStart: () => Promise<void> | void = () => undefined;

  constructor(folder: string, answers: Readonly<Record<string, RequestListener>>) {
    this.#folder = folder;
    this.#answers = answers;
  }

  running(versionId: string): RunningVersion | undefined {
    return this.versions.get(versionId);
  }

  /** All Workers have the same versions here. */
  processesOf(): readonly RunningVersion[] {
    return [...this.versions.values()];
  }

  async start(versionId: string): Promise<RunningVersion> {
    const running = this.versions.get(versionId);
    if (running !== undefined) return running;
    this.starts += 1;
    await this.beforeStart();
    const answer = this.#answers[versionId];
    if (answer === undefined) throw new Error(`there is no version ${versionId}`);
    const version = new FakeVersion(versionId, join(this.#folder, `s${this.starts}`), answer);
    this.onServer(version.server);
    version.server.listen(version.socketPath);
    await once(version.server, 'listening');
    this.versions.set(versionId, version);
    void version.exited.then(() => this.versions.get(versionId) === version && this.versions.delete(versionId));
    return version;
  }

  get inFlight(): number {
    return [...this.versions.values()].reduce((sum, version) => sum + version.inFlight, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.versions.values()].map((version) => version.end()));
  }
}

export interface TestEdge extends AsyncDisposable {
  readonly front: Front;
  readonly state: RoutingState;
  readonly pool: FakePool;
  readonly log: Remembered;
  readonly port: number;
  readonly url: string;
}

const nothing = () => Promise.reject(new Error('there are no assets here'));

/** For edges in front of Workers without any: nothing is ever asked of it. */
const noAssets = (folder: string, log: Log): AssetDesk =>
  new AssetDesk({
    indexes: new AssetIndexes({ loadSpec: nothing, readManifest: nothing }),
    files: new AssetFiles({ modules: new ModuleStore(folder), fetch: nothing }),
    log,
    now: () => Date.now(),
  });

export const CF_HEADER = 'switchback-cf';

type Options = Partial<Omit<FrontOptions, 'limits'>> & { readonly limits?: Partial<EdgeLimits>; readonly table?: RoutingTable };

/** An edge in front of versions that answer as given: by id, or all alike. */
export const anEdge = async (
  answers: RequestListener | Readonly<Record<string, RequestListener>>,
  options: Options = {},
): Promise<TestEdge> => {
  const folder = await aFolder();
  const pool = new FakePool(folder.path, typeof answers === 'function' ? { [V1]: answers, [V2]: answers } : answers);
  const state = new RoutingState();
  state.replace(options.table ?? aTable([aWorker('hello')]));
  const log = aLog();
  const front = await Front.open({
    host: '127.0.0.1',
    port: 0,
    tlsDir: undefined,
    trustedProxies: [],
    index: () => state.index,
    versions: pool,
    assets: noAssets(folder.path, log),
    cfBlobHeader: CF_HEADER,
    schemeHeader: 'switchback-scheme',
    log,
    ...options,
    limits: { ...DEFAULT_LIMITS, drainTimeoutMs: 200, ...options.limits },
  });
  return {
    front,
    state,
    pool,
    log,
    port: Number(new URL(front.url).port),
    url: front.url,
    [Symbol.asyncDispose]: async () => {
      await front.drain();
      await pool[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
};

/** Resolves once the condition holds; fails after a while, with what it was waiting for. */
export const until = async (holds: () => unknown, what: string, withinMs = 5_000): Promise<void> => {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
