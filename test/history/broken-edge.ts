/** Edges that are wrong on purpose, made of the room's own parts: what the checker must find. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compileHosts, type HostIndex, type RoutingTable } from '../../src/domain/index.ts';
import { AssetDesk } from '../../src/edge/assets/index.ts';
import { Follower } from '../../src/edge/follower.ts';
import { Front } from '../../src/edge/front.ts';
import { DEFAULT_LIMITS } from '../../src/edge/limits.ts';
import { openLog } from '../../src/main/log.ts';
import { CF_BLOB_HEADER, SCHEME_HEADER } from '../../src/runtime/index.ts';
import type { EdgeOrder } from './edge-process.ts';

/** From the table that it has, the one by which a request is answered. */
const FAULTS = {
  /** One request in ten is answered by the table before. */
  stale_now_and_then: (() => {
    let [count, current, before] = [0, undefined as RoutingTable | undefined, undefined as RoutingTable | undefined];
    return (table) => {
      if (table !== current) [before, current] = [current, table];
      return (count += 1) % 10 === 0 ? (before ?? table) : table;
    };
  })(),
  /** It confirms a deployment at once and swaps half a second later. */
  swaps_late: (() => {
    const seen: { readonly table: RoutingTable; readonly at: number }[] = [];
    return (table) => {
      if (table !== seen.at(-1)?.table) seen.push({ table, at: performance.now() });
      return (seen.findLast(({ at }) => at < performance.now() - 500) ?? seen[0])?.table ?? table;
    };
  })(),
  /** A version at 0 % gets requests as if it had a quarter. */
  serves_at_zero: (table) => ({
    ...table,
    workers: table.workers.map(({ deployment, ...worker }) => ({
      ...worker,
      deployment: deployment && {
        ...deployment,
        split: deployment.split.map((entry) => ({ ...entry, share: Math.max(25_000, entry.share) })),
      },
    })),
  }),
  /** It ends a version as soon as its last answer is out. */
  forgets_work: (table) => table,
  /** It ends a version as soon as it has left, whatever is under way on it. */
  does_not_drain: (table) => table,
} satisfies Readonly<Record<string, (table: RoutingTable) => RoutingTable>>;

export type EdgeFault = keyof typeof FAULTS;

const open = async ({ folder, controlUrl, edgeToken, runtimeSettings, fault }: Required<EdgeOrder>): Promise<void> => {
  const [log, dataDir] = [openLog('edge'), join(folder, 'edge')];
  await mkdir(dataDir, { recursive: true });
  const settings = fault === 'forgets_work' ? { ...runtimeSettings, waitUntilGraceMs: 0 } : runtimeSettings;
  const runtimeDir = join(folder, 'r');
  const { startTimeoutMs, maxCallsPerCaller } = DEFAULT_LIMITS;
  const common = { edge: 'broken', dataDir, runtimeDir, controlUrl, edgeToken, modulesDir: undefined, startTimeoutMs, maxCallsPerCaller };
  const options = { ...common, runtimeSettings: settings, log };
  const follower = await Follower.start(options, 5000);
  const front = await Front.open({
    host: '127.0.0.1',
    port: 0,
    tlsDir: undefined,
    trustedProxies: [],
    limits: { ...DEFAULT_LIMITS, drainTimeoutMs: 1000 },
    index: () => follower.state.table && indexOf(FAULTS[fault](follower.state.table)),
    assets: new AssetDesk(follower.assets),
    versions: follower.supervisor,
    cfBlobHeader: CF_BLOB_HEADER,
    schemeHeader: SCHEME_HEADER,
    log,
  });
  follower.reportAs(front.url);
  if (fault === 'does_not_drain') setInterval(() => endThoseThatLeft(follower), 50).unref();
  process.once('SIGTERM', () => {
    void front
      .drain()
      .then(() => follower.close(1000))
      .then(() => process.exit());
  });
  process.send?.(front.url);
};

const endThoseThatLeft = (follower: Follower): void => {
  const serving = new Set(
    (follower.state.table?.workers ?? []).flatMap(({ deployment }) => deployment?.split ?? []).map(({ versionId }) => versionId),
  );
  for (const { versionId, state, pid } of follower.processes())
    if (state === 'ready' && pid !== undefined && !serving.has(versionId)) process.kill(pid, 'SIGKILL');
};

const indexOf = (table: RoutingTable): HostIndex => compileHosts(table.hosts, table.workers);

if (import.meta.main) await open(JSON.parse(process.argv[2] ?? '') as Required<EdgeOrder>); // The parent's own.
