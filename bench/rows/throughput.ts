import autocannon from 'autocannon';
import { prepareBare } from '../bare.ts';
import { atLeast, besides, withAim, type Figure, type Row } from '../figure.ts';
import type { Target } from '../paced.ts';
import { canReadProcesses, cpuMs } from '../processes.ts';
import { Product } from '../product.ts';
import { hello } from '../sources.ts';
import { spreadOf } from '../spread.ts';

const CONNECTIONS = 32;
const LEAST_SHARE = 0.66;

/** A way to the same Worker. What else can stand in front of workerd joins this list. */
interface Way extends Target {
  readonly name: string;
  /** What works for it, by what it is called in the result. */
  readonly processes: Readonly<Record<string, readonly number[]>>;
}

interface Round {
  readonly perSecond: number;
  /** Microseconds of processor time for one request, by process. */
  readonly cpu: Readonly<Record<string, number>>;
}

export const throughput: Row = {
  name: 'throughput',
  title: `Requests a second, ${CONNECTIONS} keep-alive connections as fast as they go`,
  measure: async (run) => {
    await using bare = await prepareBare(hello())();
    await using product = await Product.start();
    await product.deployed('one', hello());
    const split = await halfAndHalf(product);
    const edge = product.pidsOf('main/edge.ts');
    const workerd = product.pidsOf('workerd serve');
    const ways: readonly Way[] = [
      { name: 'bare workerd', url: bare.url, host: 'bare.test', processes: { workerd: [bare.pid] } },
      { name: 'edge', url: product.edgeUrl, host: product.host('one'), processes: { edge, workerd } },
      { name: 'edge, 50/50', url: product.edgeUrl, host: product.host(split), processes: { edge, workerd } },
    ];
    const { rounds, seconds } = run.isQuick ? { rounds: 2, seconds: 2 } : { rounds: 9, seconds: 3 };
    for (const way of ways) await oneRound(way, 2);
    const made = await run.rounds(rounds, () => inTurns(ways, seconds));
    return figuresOf(ways, made);
  },
};

type Rounds = readonly ReadonlyMap<Way, Round>[];

const halfAndHalf = async (product: Product): Promise<string> => {
  const first = await product.deployed('two', hello());
  const second = await product.uploaded('two', hello('hullo'));
  await product.deploy('two', [
    { version_id: first, percentage: 50 },
    { version_id: second, percentage: 50 },
  ]);
  return 'two';
};

/** One round of each way, one after the other. */
const inTurns = async (ways: readonly Way[], seconds: number): Promise<ReadonlyMap<Way, Round>> => {
  const results = new Map<Way, Round>();
  for (const way of ways) results.set(way, await oneRound(way, seconds));
  return results;
};

const oneRound = async ({ url, host, processes }: Way, seconds: number): Promise<Round> => {
  const names = Object.keys(processes);
  const used = (name: string): number => (processes[name] ?? []).reduce((sum, pid) => sum + cpuMs(pid), 0);
  const before = names.map(used);
  const ownBefore = process.cpuUsage();
  const result = await autocannon({ url, headers: { host }, connections: CONNECTIONS, duration: seconds });
  const own = process.cpuUsage(ownBefore);
  const failed = result.errors + result.non2xx;
  if (failed > 0) throw new Error(`${failed} requests to ${url} for ${host} failed.`);
  const answered = result['2xx'];
  const spent = names.map((name, at) => [name, ((used(name) - (before[at] ?? 0)) * 1000) / answered] as const);
  return {
    perSecond: answered / result.duration,
    cpu: { ...Object.fromEntries(spent), 'load generator': (own.user + own.system) / answered },
  };
};

const figuresOf = (ways: readonly Way[], rounds: Rounds): readonly Figure[] => {
  const [bare, ...others] = ways;
  if (bare === undefined) return [];
  const perSecond = (way: Way): number[] => rounds.map((round) => round.get(way)?.perSecond ?? 0);
  const rates = others.map((way) => {
    const figure = besides(way.name, 'requests/s', perSecond(way), { name: bare.name, values: perSecond(bare) });
    return withAim(figure, atLeast(figure.ratio.median, LEAST_SHARE, 'of bare'));
  });
  return canReadProcesses ? [...rates, ...others.slice(0, 1).flatMap((way) => costs(way, bare, rounds))] : rates;
};

/** Processor time is what a busier machine changes least. */
const costs = (way: Way, bare: Way, rounds: Rounds): readonly Figure[] => {
  const of = (each: Way, name: string): number[] => rounds.map((round) => round.get(each)?.cpu[name] ?? 0);
  return [
    { name: 'processor time in the edge', unit: 'µs/request', ours: spreadOf(of(way, 'edge')) },
    besides('processor time in workerd', 'µs/request', of(way, 'workerd'), { name: bare.name, values: of(bare, 'workerd') }),
    besides('processor time in the load generator', 'µs/request', of(way, 'load generator'), {
      name: bare.name,
      values: of(bare, 'load generator'),
    }),
  ];
};
