import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { atLeast, besides, withAim, type Figure, type Row } from '../figure.ts';
import { loadGenerator, type LoadGenerator } from '../load.ts';
import type { Target } from '../paced.ts';
import { startMiniflare } from '../peers/miniflare.ts';
import { canReadProcesses, cpuMs } from '../processes.ts';
import { Product } from '../product.ts';
import { newFolder } from '../scratch.ts';
import { visit } from '../visit.ts';

const PROJECTS = join(import.meta.dirname, '..', 'bindings');

interface Operation {
  readonly path: string;
  readonly title: string;
  readonly connections: number;
  /** Of Miniflare's requests a second. */
  readonly aim: number;
}

const OPERATIONS: readonly Operation[] = [
  { path: '/nothing', title: 'No binding', connections: 16, aim: 1 },
  { path: '/kv-get', title: 'KV get, 1 KB', connections: 16, aim: 1 },
  { path: '/kv-put', title: 'KV put, 1 KB', connections: 16, aim: 1 },
  { path: '/r2-get', title: 'R2 get, 1 MB', connections: 8, aim: 1 },
  { path: '/r2-put', title: 'R2 put, 100 KB', connections: 8, aim: 1 },
  { path: '/d1-select', title: 'D1 select', connections: 16, aim: 1 },
  { path: '/d1-insert', title: 'D1 insert', connections: 16, aim: 1 },
  { path: '/queue-send', title: 'Queue send, delivered beside it', connections: 16, aim: 1 },
  { path: '/object', title: 'Durable Object call', connections: 16, aim: 1 },
  { path: '/service-fetch', title: 'Service fetch', connections: 16, aim: 1 },
  { path: '/service-rpc', title: 'Service RPC', connections: 16, aim: 1 },
  { path: '/file.txt', title: 'Asset hit', connections: 16, aim: 3 },
];

/** Somebody who runs the Worker with its bindings. */
interface Host extends Target {
  readonly pids: () => readonly number[];
}

interface Round {
  readonly perSecond: number;
  readonly p99Ms: number;
  /** Microseconds of processor time for one request, of all processes. */
  readonly cpu: number;
}

/** What a binding costs, in one Worker that has them all, beside Miniflare with the very same Worker. */
export const bindings: Row = {
  name: 'bindings',
  title: 'Bindings: one operation a request, beside Miniflare',
  measure: async (run) => {
    const generator = await loadGenerator();
    await using product = await Product.start();
    // wrangler notes in the project which resources it made.
    const projects = newFolder('projects');
    cpSync(PROJECTS, projects, { recursive: true });
    for (const project of ['callee', 'main']) await product.wrangler(join(projects, project), ['deploy']);
    await using miniflare = await startMiniflare();
    run.tell(`load generator: ${generator.name}; Miniflare ${miniflareVersion()}`);
    const ours: Host = { url: product.edgeUrl, host: product.host('bindings'), pids: () => product.allPids() };
    const theirs: Host = { url: miniflare.url, host: 'miniflare.test', pids: () => miniflare.pids };
    for (const { url, host } of [ours, theirs]) await visit(`${url}/init`, host);
    const { rounds, seconds } = run.isQuick ? { rounds: 1, seconds: 1 } : { rounds: 5, seconds: 3 };
    const figures: Figure[] = [];
    for (const operation of OPERATIONS) {
      run.say(operation.title);
      for (const host of [ours, theirs]) await oneRound(generator, host, operation, 1);
      const made = await run.rounds(rounds, async () => ({
        ours: await oneRound(generator, ours, operation, seconds),
        theirs: await oneRound(generator, theirs, operation, seconds),
      }));
      figures.push(...figuresOf(operation, made));
    }
    return figures;
  },
};

const oneRound = async (generator: LoadGenerator, host: Host, { path, connections }: Operation, seconds: number): Promise<Round> => {
  const pids = host.pids();
  const used = (): number => pids.reduce((sum, pid) => sum + cpuMs(pid), 0);
  const before = used();
  const load = await generator.load({ url: `${host.url}${path}`, host: host.host }, connections, seconds);
  return { perSecond: load.answered / load.seconds, p99Ms: load.p99Ms, cpu: ((used() - before) * 1000) / load.answered };
};

const figuresOf = ({ title, aim }: Operation, rounds: readonly { readonly ours: Round; readonly theirs: Round }[]): readonly Figure[] => {
  const of = (what: keyof Round, name: string, unit: string) =>
    besides(
      name,
      unit,
      rounds.map(({ ours }) => ours[what]),
      { name: 'Miniflare', values: rounds.map(({ theirs }) => theirs[what]) },
    );
  const rate = of('perSecond', title, 'requests/s');
  const costs = canReadProcesses ? [of('cpu', `${title}: processor time`, 'µs/request')] : [];
  return [withAim(rate, atLeast(rate.ratio.median, aim, 'of Miniflare')), of('p99Ms', `${title}: 99th percentile`, 'ms'), ...costs];
};

const miniflareVersion = (): string => {
  const path = join(import.meta.dirname, '..', '..', 'node_modules', 'miniflare', 'package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
};
