import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startServer, type Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import type { EdgeFault } from './broken-edge.ts';
import { Deployments, hurriedLife, WORKER } from './deployments.ts';
import { EdgeProcess } from './edge-process.ts';
import type { History } from './history.ts';
import { Recorder } from './recorder.ts';
import { Traffic } from './traffic.ts';
import { worksIn } from './worker.ts';

export interface RunOptions {
  readonly deployments: number;
  /** How long the long streams last; the deployments are spread over somewhat more. */
  readonly streamMs: number;
  /** Where the run is written down. */
  readonly path: string;
}

export interface Run {
  readonly history: History;
  readonly versions: number;
  /** Processes of versions that still ran at its end. */
  readonly runtimes: number;
}

/** The server as a person starts it. Versions that left stay warm for an hour there, so none is drained during the run. */
export const recordServer = async (options: RunOptions): Promise<Run> => {
  await using server = await startServer({ env: { SWITCHBACK_LOG_LEVEL: 'info' } });
  const runtimes = () => server.runtimes().length;
  return await record(options, server, { edgeUrl: server.edgeUrl, log: () => server.output, runtimes });
};

/** An edge by itself that lets a version go as soon as its last answer and the work behind it are over. */
export const recordEdge = async (options: RunOptions, fault?: EdgeFault): Promise<Run> => {
  const edgeToken = 'a token only for the edges of a test';
  await using server = await startServer({ args: ['--role', 'control'], env: { SWITCHBACK_EDGE_TOKEN: edgeToken } });
  using folder = aShortFolder();
  await using edge = new EdgeProcess({
    folder: folder.path,
    controlUrl: String(server.started.control_url),
    edgeToken,
    runtimeSettings: { warmMs: 0, waitUntilGraceMs: workMsOf(options) + GRACE_MS, watchMs: 100 },
    ...(fault === undefined ? {} : { fault }),
  });
  return await record(options, server, { edgeUrl: await edge.url, log: () => edge.log, runtimes: () => edge.runtimes() });
};

/** Long enough to be under way when its version leaves. */
const workMsOf = ({ streamMs }: RunOptions): number => Math.max(2_000, streamMs / 7);
const GRACE_MS = 2_000;
/** How much later than it was done work may be known of. */
const LATE_MS = 3_000;

interface Watched {
  readonly edgeUrl: string;
  readonly log: () => string;
  readonly runtimes: () => number;
}

const record = async (options: RunOptions, server: Server, { edgeUrl, log, runtimes }: Watched): Promise<Run> => {
  const recorder = new Recorder(options.path);
  const made = new Deployments(server.connection, recorder);
  await made.uploadDeployed();
  await server.api('POST', `workers/scripts/${WORKER}/subdomain`, { enabled: true, previews_enabled: true });
  const address = { edgeUrl, host: server.host(WORKER), worker: WORKER };
  const { streamMs } = options;
  const traffic = new Traffic({ address, recorder, versions: () => made.versions, streamMs, workMs: workMsOf(options) });
  try {
    await deployments(made, options);
  } finally {
    await traffic.stop();
  }
  await noteWork(recorder, log, workMsOf(options) + LATE_MS);
  return { history: recorder.history, versions: made.versions.length, runtimes: runtimes() };
};

const deployments = async (made: Deployments, { deployments: count, streamMs }: RunOptions): Promise<void> => {
  const began = performance.now();
  const life = hurriedLife(made);
  for (let at = 1; at <= count; at += 1) {
    await life.next();
    await wait(Math.max(0, began + (at / count) * streamMs * 1.2 - performance.now()));
  }
};

/** What the Workers have written about work that was done, once it is all there or has had time enough to be. */
const noteWork = async (recorder: Recorder, log: () => string, withinMs: number): Promise<void> => {
  const promised = recorder.history.requests.filter(({ promisesWork, fault }) => promisesWork && fault === undefined).length;
  await until('the work that was promised', () => worksIn(log()).length >= promised, withinMs).catch(() => 'the checker says what is lost');
  for (const work of worksIn(log())) recorder.add(work);
};

/** Short, because unix sockets are in it. */
const aShortFolder = (): Disposable & { readonly path: string } => {
  const path = mkdtempSync(join(tmpdir(), 'sb-h-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
};
