import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessReport } from '../domain/index.ts';
import { DataDirectoryInUse, lockFolder, replaceFile } from '../files/index.ts';
import { cacheSocketIn, CF_BLOB_HEADER, SCHEME_HEADER, servicesSocketIn, type SupervisorSettings } from '../runtime/index.ts';
import type { CronClock } from './crons.ts';
import { AssetDesk } from './assets/index.ts';
import { CacheSocket } from './cache/index.ts';
import { Follower } from './follower.ts';
import { Front } from './front.ts';
import { AdminListener } from './health.ts';
import { DEFAULT_LIMITS, type EdgeLimits } from './limits.ts';
import type { Log } from './log.ts';
import { exposition, Totals, type EdgeFacts } from './metrics/index.ts';
import { activeVersions } from './routing-state.ts';
import { ServiceSocket } from './services/index.ts';
import { WaitingBytes } from './waiting-bytes.ts';

export interface EdgeOptions {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** Of the health listener, on loopback. */
  readonly adminPort: number;
  readonly controlUrl: string;
  readonly edgeToken: string;
  readonly tlsDir?: string | undefined;
  readonly trustedProxies: readonly string[];
  readonly runtimeSettings?: Partial<SupervisorSettings> | undefined;
  readonly limits?: Partial<EdgeLimits> | undefined;
  readonly log: Log;
  /** Where modules are: the control plane's own folder where it is on this machine, and one of the edge's own when not given. */
  readonly modulesDir?: string | undefined;
  /** Where processes have their sockets: short, private, of this edge alone, and the same after a restart. */
  readonly runtimeDir: string;
  /** How long a start waits for the control plane before it serves the last good table. */
  readonly controlWaitMs?: number | undefined;
  /** Whether invocations are counted; without, nothing is known of them. To measure what that costs. */
  readonly counts?: boolean | undefined;
  /** Where the observe process is on another machine: what is seen goes there over the control plane. */
  readonly observesOverControl?: boolean | undefined;
  /** Another time for crons, for tests. */
  readonly cronClock?: CronClock | undefined;
}

export interface EdgeState {
  readonly edge: string;
  readonly generation: number | undefined;
  readonly isConnected: boolean;
  readonly connections: number;
  readonly webSockets: number;
  readonly processes: readonly ProcessReport[];
}

export interface Edge {
  /** Where visitors arrive. */
  readonly url: string;
  /** Where `/healthz`, `/readyz` and `/metrics` are. */
  readonly adminUrl: string;
  state(): EdgeState;
  /** Accepts no more visitors, and resolves once those in flight are answered or cut. */
  drain(): Promise<void>;
  /** Drains, then ends everything this edge started. */
  close(): Promise<void>;
}

/** A silent one; where it is plainly gone and there is a table to serve from, nothing is waited for. */
const CONTROL_WAIT_MS = 1_000;

/** Starts an edge. Throws when a port or its folder is taken, or a certificate, key or folder cannot be used; then nothing of it is left. */
export const createEdge = async (options: EdgeOptions): Promise<Edge> => {
  const { dataDir, log, tlsDir, modulesDir, runtimeSettings, controlWaitMs = CONTROL_WAIT_MS } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  using starting = new DisposableStack();
  starting.use(lockFor(options));
  const edge = await ownName(dataDir);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const { startTimeoutMs, maxCallsPerCaller } = limits;
  const follower = await Follower.start(
    { ...options, edge, modulesDir, runtimeSettings, startTimeoutMs, maxCallsPerCaller },
    controlWaitMs,
  );
  const index = () => follower.state.index;
  const versions = follower.supervisor;
  const { invocations } = follower;
  const assets = new AssetDesk(follower.assets);
  const waiting = new WaitingBytes(limits.maxWaitingBytes, log);
  // What versions reach of the edge is there before a request can be, and goes after the last of them.
  await using sockets = new AsyncDisposableStack();
  let front: Front | undefined;
  try {
    sockets.use(
      await ServiceSocket.open(servicesSocketIn(options.runtimeDir), { index, versions, assets, limits, waiting, invocations, log }),
    );
    sockets.use(await CacheSocket.open(cacheSocketIn(options.runtimeDir), { mostBytes: limits.cacheBytes, maxCallsPerCaller, log }));
    const opened = (front = await Front.open({
      ...options,
      tlsDir,
      limits,
      index,
      versions,
      assets,
      waiting,
      invocations,
      cfBlobHeader: CF_BLOB_HEADER,
      schemeHeader: SCHEME_HEADER,
    }));
    const readiness = () => ({
      ready: follower.state.generation !== undefined && !opened.isDraining,
      generation: follower.state.generation,
    });
    const { state } = follower;
    const totals = new Totals({ deployed: () => (state.table === undefined ? new Map() : activeVersions(state.table)) });
    follower.observing.onCounts = (counts) => totals.add(counts, Date.now());
    const metrics = () => exposition(factsOf(follower, opened, totals));
    const admin = await AdminListener.open(options.adminPort, { readiness, metrics });
    follower.reportAs(opened.url);
    log.info({ edge, url: opened.url, adminUrl: admin.url, generation: follower.state.generation }, 'The edge is open.');
    return edgeOf(edge, follower, opened, sockets.move(), admin, starting.move(), limits.drainTimeoutMs);
  } catch (error) {
    await front?.drain();
    await follower.close(0);
    await follower.sayLast();
    throw error;
  }
};

const edgeOf = (
  edge: string,
  follower: Follower,
  front: Front,
  sockets: AsyncDisposable,
  admin: AdminListener,
  held: Disposable,
  drainTimeoutMs: number,
): Edge => {
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await front.drain();
    await follower.close(drainTimeoutMs);
    // What goes on after the last answers may call other Workers still, and keep what it found.
    await sockets[Symbol.asyncDispose]();
    await follower.sayLast();
    await admin.close();
    held[Symbol.dispose]();
  };
  return {
    url: front.url,
    adminUrl: admin.url,
    state: () => ({
      edge,
      generation: follower.state.generation,
      isConnected: follower.isConnected,
      connections: front.connections,
      webSockets: front.webSockets,
      processes: follower.processes(),
    }),
    drain: () => front.drain(),
    close: () => (closing ??= close()),
  };
};

const factsOf = ({ observing, state, supervisor, isConnected, heardAt }: Follower, front: Front, totals: Totals): EdgeFacts => {
  observing.collect();
  const now = Date.now();
  const processes: Record<string, number> = {};
  for (const { state: each } of supervisor.states()) processes[each] = (processes[each] ?? 0) + 1;
  return {
    totals: totals.read(now),
    generation: state.generation,
    isFeedConnected: isConnected,
    feedSilenceMs: heardAt === 0 ? undefined : now - heardAt,
    connections: front.connections,
    webSockets: front.webSockets,
    processes,
    waitingCounts: observing.waiting,
    droppedFacts: observing.invocations.droppedFacts,
  };
};

/**
 * Nothing is done in the folders before they are known to be this edge's alone. Where the data directory cannot be written, its
 * last good table can still be served, and the folder of the processes is held instead: that is this edge's too.
 */
const lockFor = ({ dataDir, runtimeDir }: EdgeOptions): Disposable => {
  try {
    return lockFolder(dataDir);
  } catch (error) {
    if (error instanceof DataDirectoryInUse) throw error;
    mkdirSync(runtimeDir, { recursive: true, mode: 0o700 });
    return lockFolder(runtimeDir);
  }
};

/** The name under which the control plane knows this edge, given once. */
const ownName = async (dataDir: string): Promise<string> => {
  const path = join(dataDir, 'edge.id');
  const known = await readFile(path, 'utf8').catch(() => '');
  if (known.trim() !== '') return known.trim();
  const name = `edge-${randomBytes(4).toString('hex')}`;
  await replaceFile(path, `${name}\n`);
  return name;
};
