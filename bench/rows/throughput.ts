import { atLeast, besides, withAim, type Figure, type Row } from '../figure.ts';
import { loadGenerator, type LoadGenerator } from '../load.ts';
import { canReadProcesses, cpuMs } from '../processes.ts';
import { spreadOf } from '../spread.ts';
import { openWays, type Way, type Ways } from '../ways.ts';

const CONNECTIONS = 32;
const LEAST_SHARE = 0.66;

interface Round {
  readonly perSecond: number;
  /** Microseconds of processor time for one request, by process. */
  readonly cpu: Readonly<Record<string, number>>;
}

export const throughput: Row = {
  name: 'throughput',
  title: `Requests a second, ${CONNECTIONS} keep-alive connections as fast as they go`,
  measure: async (run) => {
    const generator = await loadGenerator();
    run.tell(`load generator: ${generator.name}, 1 thread`);
    await using ways = await openWays(run);
    const { rounds, seconds } = run.isQuick ? { rounds: 2, seconds: 2 } : { rounds: 9, seconds: 3 };
    const all = [ways.bare, ways.edge, ways.split, ...ways.peers];
    for (const way of all) await oneRound(generator, way, 2);
    const made = await run.rounds(rounds, () => inTurns(generator, all, seconds));
    return figuresOf(ways, made);
  },
};

type Rounds = readonly ReadonlyMap<Way, Round>[];

/** One round of each way, one after the other. */
const inTurns = async (generator: LoadGenerator, ways: readonly Way[], seconds: number): Promise<ReadonlyMap<Way, Round>> => {
  const results = new Map<Way, Round>();
  for (const way of ways) results.set(way, await oneRound(generator, way, seconds));
  return results;
};

const oneRound = async (generator: LoadGenerator, way: Way, seconds: number): Promise<Round> => {
  const names = Object.keys(way.processes);
  const used = (name: string): number => (way.processes[name] ?? []).reduce((sum, pid) => sum + cpuMs(pid), 0);
  const before = names.map(used);
  const load = await generator.load(way, CONNECTIONS, seconds);
  const each = (ms: number): number => (ms * 1000) / load.answered;
  const spent = names.map((name, at) => [name, each(used(name) - (before[at] ?? 0))] as const);
  return { perSecond: load.answered / load.seconds, cpu: { ...Object.fromEntries(spent), [GENERATOR]: each(load.cpuMs) } };
};

const GENERATOR = 'load generator';

const figuresOf = ({ bare, edge, split, peers }: Ways, rounds: Rounds): readonly Figure[] => {
  const perSecond = (way: Way): number[] => rounds.map((round) => round.get(way)?.perSecond ?? 0);
  const besideBare = (way: Way): ReturnType<typeof besides> =>
    besides(way.name, 'requests/s', perSecond(way), { name: bare.name, values: perSecond(bare) });
  const ours = [edge, split].map(besideBare).map((figure) => withAim(figure, atLeast(figure.ratio.median, LEAST_SHARE, 'of bare')));
  const rates = [...ours, ...peers.map(besideBare)];
  return canReadProcesses ? [...rates, ...[edge, split, ...peers].flatMap((way) => costs(way, bare, rounds))] : rates;
};

/** Processor time says why, and is what a busier machine changes least. */
const costs = (way: Way, bare: Way, rounds: Rounds): readonly Figure[] =>
  [...Object.keys(way.processes), GENERATOR].map((name) => {
    const of = (each: Way): number[] => rounds.map((round) => round.get(each)?.cpu[name] ?? 0);
    const title = `${way.name}: processor time, ${name}`;
    return name in bare.processes || name === GENERATOR
      ? besides(title, 'µs/request', of(way), { name: bare.name, values: of(bare) })
      : { name: title, unit: 'µs/request', ours: spreadOf(of(way)) };
  });
