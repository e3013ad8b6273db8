import { prepareBare } from '../bare.ts';
import { atMost, besides, type Figure, type Row } from '../figure.ts';
import { pacedRound, type Percentiles } from '../paced.ts';
import { Product } from '../product.ts';
import { hello } from '../sources.ts';
import { pairedDifferences } from '../spread.ts';

const TRAFFIC = { rate: 1000, connections: 64 };

export const latency: Row = {
  name: 'latency',
  title: `Milliseconds to an answer at a constant ${TRAFFIC.rate} requests/s, open loop`,
  measure: async (run) => {
    await using bare = await prepareBare(hello())();
    await using product = await Product.start();
    await product.deployed('one', hello());
    const [bareTarget, edgeTarget] = [
      { url: bare.url, host: 'bare.test' },
      { url: product.edgeUrl, host: product.host('one') },
    ];
    const { rounds, seconds } = run.isQuick ? { rounds: 2, seconds: 2 } : { rounds: 9, seconds: 3 };
    for (const target of [bareTarget, edgeTarget]) await pacedRound(target, TRAFFIC, 2);
    const made = await run.rounds(rounds, async () => ({
      bare: await pacedRound(bareTarget, TRAFFIC, seconds),
      edge: await pacedRound(edgeTarget, TRAFFIC, seconds),
    }));
    return [...figuresOf('p50', made, 0.3), ...figuresOf('p99', made, 1)];
  },
};

type Rounds = readonly Readonly<Record<'bare' | 'edge', Percentiles>>[];

const figuresOf = (name: keyof Percentiles, rounds: Rounds, limitMs: number): readonly Figure[] => {
  const ours = rounds.map(({ edge }) => edge[name]);
  const bare = rounds.map((round) => round.bare[name]);
  const added = pairedDifferences(ours, bare);
  return [
    besides(name, 'ms', ours, { name: 'bare workerd', values: bare }),
    { name: `${name}, added by the edge`, unit: 'ms', ours: added, aim: atMost(added.median, limitMs, 'ms') },
  ];
};
