import { prepareBare } from '../bare.ts';
import { atMost, besides, type Figure, type Row } from '../figure.ts';
import { pacedRound, type Target } from '../paced.ts';
import { Product } from '../product.ts';
import { hello } from '../sources.ts';
import { pairedDifferences } from '../spread.ts';

const TRAFFIC = { rate: 1000, connections: 64 };

export const latency: Row = {
  name: 'latency',
  title: `Milliseconds to an answer at a constant ${TRAFFIC.rate} requests/s, open loop`,
  measure: async (isQuick, say) => {
    await using bare = await prepareBare(hello())();
    await using product = await Product.start();
    await product.deployed('one', hello());
    const targets: readonly Target[] = [
      { url: bare.url, host: 'bare.test' },
      { url: product.edgeUrl, host: product.host('one') },
    ];
    const { rounds, seconds } = isQuick ? { rounds: 2, seconds: 2 } : { rounds: 7, seconds: 5 };
    const results: { p50: number; p99: number }[][] = [[], []];
    for (const target of targets) await pacedRound(target, TRAFFIC, 2);
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}`);
      for (const [at, target] of targets.entries()) results[at]?.push(await pacedRound(target, TRAFFIC, seconds));
    }
    const [ofBare = [], ofEdge = []] = results;
    return [
      ...figuresOf(
        'p50',
        ofEdge.map(({ p50 }) => p50),
        ofBare.map(({ p50 }) => p50),
        0.3,
      ),
      ...figuresOf(
        'p99',
        ofEdge.map(({ p99 }) => p99),
        ofBare.map(({ p99 }) => p99),
        1,
      ),
    ];
  },
};

const figuresOf = (name: string, ours: readonly number[], bare: readonly number[], limitMs: number): readonly Figure[] => {
  const added = pairedDifferences(ours, bare);
  return [
    besides(name, 'ms', ours, { name: 'bare workerd', values: bare }),
    { name: `${name}, added by the edge`, unit: 'ms', ours: added, aim: atMost(added.median, limitMs, 'ms') },
  ];
};
