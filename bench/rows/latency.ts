import { atMost, besides, withAim, type Figure, type Row } from '../figure.ts';
import { pacedRound, type Percentiles } from '../paced.ts';
import { pairedDifferences } from '../spread.ts';
import { openWays, type Way, type Ways } from '../ways.ts';

const TRAFFIC = { rate: 1000, connections: 64 };
const MOST_ADDED_MS: Percentiles = { p50: 0.3, p99: 1 };

export const latency: Row = {
  name: 'latency',
  title: `Milliseconds to an answer at a constant ${TRAFFIC.rate} requests/s, open loop`,
  measure: async (run) => {
    await using ways = await openWays(run);
    const { rounds, seconds } = run.isQuick ? { rounds: 2, seconds: 2 } : { rounds: 9, seconds: 3 };
    const all = [ways.bare, ways.edge, ways.split, ...ways.peers];
    for (const way of all) await pacedRound(way, TRAFFIC, 2);
    const made = await run.rounds(rounds, () => inTurns(all, seconds));
    return [...figuresOf('p50', ways, made), ...figuresOf('p99', ways, made)];
  },
};

type Rounds = readonly ReadonlyMap<Way, Percentiles>[];

const inTurns = async (ways: readonly Way[], seconds: number): Promise<ReadonlyMap<Way, Percentiles>> => {
  const results = new Map<Way, Percentiles>();
  for (const way of ways) results.set(way, await pacedRound(way, TRAFFIC, seconds));
  return results;
};

/** The aims are for the edge; what the peers add stands beside. */
const figuresOf = (name: keyof Percentiles, { bare, edge, split, peers }: Ways, rounds: Rounds): readonly Figure[] => {
  const of = (way: Way): number[] => rounds.map((round) => round.get(way)?.[name] ?? 0);
  return [edge, split, ...peers].flatMap((way) => {
    const added = pairedDifferences(of(way), of(bare));
    const figure = { name: `${name}, added by ${way.name}`, unit: 'ms', ours: added };
    return [
      besides(`${name}, ${way.name}`, 'ms', of(way), { name: bare.name, values: of(bare) }),
      peers.includes(way) ? figure : withAim(figure, atMost(added.median, MOST_ADDED_MS[name], 'ms')),
    ];
  });
};
