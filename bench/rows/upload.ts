import { bareStartMs, prepareBare } from '../bare.ts';
import { atMost, besides, withAim, type Figure, type Row } from '../figure.ts';
import { Product, uploadOf } from '../product.ts';
import { heavy } from '../sources.ts';

const BYTES = 1_000_000;
const MOST_TIMES = 2;

export const upload: Row = {
  name: 'upload',
  title: 'Upload of a 1 MB Worker to the answer, its trial run included',
  measure: async ({ isQuick, say }) => {
    const rounds = isQuick ? 3 : 15;
    await using product = await Product.start();
    await product.deployed('one', heavy(BYTES));
    const [bare, versions, deployed]: [number[], number[], number[]] = [[], [], []];
    for (let round = 1; round <= rounds; round += 1) {
      if (round % 5 === 1) say(`round ${round} of ${rounds}`);
      bare.push(await bareStartMs(prepareBare(heavy(BYTES, round))));
      const form = uploadOf(heavy(BYTES, round));
      versions.push(await milliseconds(() => product.call('POST', '/one/versions', form)));
      const another = uploadOf(heavy(BYTES, rounds + round));
      deployed.push(await milliseconds(() => product.call('PUT', '/one', another)));
    }
    return [
      figureOf('a version (wrangler versions upload)', versions, bare),
      figureOf('a version that goes live (wrangler deploy)', deployed, bare),
    ];
  },
};

const milliseconds = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
};

const figureOf = (name: string, ours: readonly number[], bare: readonly number[]): Figure => {
  const figure = besides(name, 'ms', ours, { name: 'start of bare workerd', values: bare });
  return withAim(figure, atMost(figure.ratio.median, MOST_TIMES, '× bare'));
};
