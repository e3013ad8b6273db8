import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { prepareBare } from './bare.ts';
import { findProgram, type Program } from './debian.ts';
import type { Target } from './paced.ts';
import { startHaproxy } from './peers/haproxy.ts';
import { startNginx } from './peers/nginx.ts';
import type { Peer, Sockets } from './peers/peer.ts';
import { canReadProcesses } from './processes.ts';
import { Product } from './product.ts';
import type { Run } from './run.ts';
import { hello } from './sources.ts';

/** A way to the same Worker. */
export interface Way extends Target {
  readonly name: string;
  /** What works for it, by what it is called in the result. */
  readonly processes: Readonly<Record<string, readonly number[]>>;
}

/** The bare runtime, and what stands in front of it; the processes end with `owned`. */
export interface Ways extends AsyncDisposable {
  readonly bare: Way;
  readonly edge: Way;
  readonly split: Way;
  /** What else is on this machine, split over the very processes that `split` is split over. */
  readonly peers: readonly Way[];
}

const SPLIT = 'two';

const PEERS: readonly {
  readonly program: string;
  readonly means: string;
  readonly start: (program: Program, sockets: Sockets, host: string) => Promise<Peer>;
}[] = [
  { program: 'nginx', means: 'split_clients, 1 worker process', start: startNginx },
  { program: 'haproxy', means: 'roundrobin by weight, 1 thread', start: startHaproxy },
];

export const openWays = async (run: Run): Promise<Ways> => {
  await using owned = new AsyncDisposableStack();
  const bare = owned.use(await prepareBare(hello())());
  const product = owned.use(await Product.start());
  await product.deployed('one', hello());
  const ofOne = product.versionPids();
  await deployHalfAndHalf(product);
  const all = product.versionPids();
  const ofSplit = all.filter((pid) => !ofOne.includes(pid));
  const edge = product.pidsOf('main/edge.ts');
  const host = product.host(SPLIT);
  const peers: Way[] = [];
  for (const each of PEERS) {
    const peer = await openPeer(run, each, ofSplit, host);
    if (peer === undefined) continue;
    owned.use(peer);
    peers.push({ name: `${peer.name}, 50/50`, url: peer.url, host, processes: { [peer.name]: peer.pids, workerd: ofSplit } });
  }
  const mine = owned.move();
  return {
    bare: { name: 'bare workerd', url: bare.url, host: 'bare.test', processes: { workerd: [bare.pid] } },
    edge: { name: 'edge', url: product.edgeUrl, host: product.host('one'), processes: { edge, workerd: ofOne } },
    split: { name: 'edge, 50/50', url: product.edgeUrl, host, processes: { edge, workerd: ofSplit } },
    peers,
    [Symbol.asyncDispose]: () => mine.disposeAsync(),
  };
};

const deployHalfAndHalf = async (product: Product): Promise<void> => {
  const first = await product.deployed(SPLIT, hello());
  const second = await product.uploaded(SPLIT, hello('hullo'));
  await product.deploy(SPLIT, [
    { version_id: first, percentage: 50 },
    { version_id: second, percentage: 50 },
  ]);
};

/** One that cannot be had or does not start is left out, and the result says so. */
const openPeer = async (
  run: Run,
  { program: name, means, start }: (typeof PEERS)[number],
  workerds: readonly number[],
  host: string,
): Promise<Peer | undefined> => {
  const program = canReadProcesses ? await findProgram(name) : { missing: `${name} is measured on Linux alone.` };
  if ('missing' in program) return void run.tell(`Left out: ${program.missing}`);
  const sockets = socketsOf(workerds);
  try {
    const peer = await start(program, sockets, host);
    run.tell(`${name} ${program.version}: ${means}`);
    return peer;
  } catch (error) {
    return void run.tell(`Left out: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** A version's process works in the folder that its sockets are in. */
const socketsOf = (workerds: readonly number[]): Sockets => {
  const [one, two, ...more] = workerds.map((pid) => join(readlinkSync(`/proc/${pid}/cwd`), 'm'));
  if (one === undefined || two === undefined || more.length > 0) throw new Error(`A split of two has ${workerds.length} processes.`);
  return [one, two];
};
