import { cpSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { atMost, besides, ofEvents, withAim, type Figure, type Row } from '../figure.ts';
import { fillStore, type History } from '../fill-store.ts';
import { Product } from '../product.ts';
import { newFolder } from '../scratch.ts';
import { percentile } from '../spread.ts';
import { until } from '../until.ts';

const WORKERS = 1_000;
const VERSIONS = 10;
const MOST_START_MS = 2_000;
const MOST_PAGE_MS = 50;

const MANY: History = { name: 'many', versions: 10_000, deployments: 1_000 };
const FEW: History = { name: 'few', versions: 10, deployments: 10 };

export const controlPlane: Row = {
  name: 'control-plane',
  title: 'Start and lists of the control plane with much stored, beside little',
  measure: async ({ isQuick, say }) => [await starts(isQuick ? 2 : 7, say), ...(await lists(isQuick ? 20 : 200, say))],
};

const starts = async (rounds: number, say: (progress: string) => void): Promise<Figure> => {
  const [full, empty] = [newFolder('full'), newFolder('empty')];
  say(`storing ${WORKERS} Workers of ${VERSIONS} versions`);
  const histories = Array.from({ length: WORKERS }, (_, at) => ({ name: `worker-${at}`, versions: VERSIONS, deployments: VERSIONS }));
  await fillStore(join(full, 'data'), histories);
  // A server that was never started has its own code to compile first, whatever is stored.
  for (const folder of [full, empty]) await startedMs(folder);
  const [ofFull, ofEmpty]: [number[], number[]] = [[], []];
  for (let round = 1; round <= rounds; round += 1) {
    say(`start ${round} of ${rounds}`);
    // Each start meets what a stopped server left: a copy, so that no start finds more than the one before.
    const copy = newFolder('copy');
    cpSync(full, copy, { recursive: true });
    ofFull.push(await startedMs(copy));
    ofEmpty.push(await startedMs(empty));
  }
  const figure = besides(`start to ready, ${WORKERS} Workers × ${VERSIONS} versions`, 'ms', ofFull, {
    name: 'nothing stored',
    values: ofEmpty,
  });
  return withAim(figure, atMost(figure.ours.median, MOST_START_MS, 'ms'));
};

const startedMs = async (folder: string): Promise<number> => {
  await using product = await Product.start(folder);
  return product.readyMs;
};

const lists = async (rounds: number, say: (progress: string) => void): Promise<readonly Figure[]> => {
  const folder = newFolder('lists');
  say(`storing ${MANY.versions} versions`);
  await fillStore(join(folder, 'data'), [MANY, FEW]);
  await using product = await Product.start(folder);
  // The edge fetches what it may have to start; that is over when it has both Workers' active versions.
  await until('the edge has the active versions', () => globSync(join(folder, 'data', 'edge', 'versions', '*')).length >= 2);
  say('reading lists');
  const page = await inTurns(product, rounds, 'page of versions, the newest of 10,000', () => 'versions?page=1&per_page=10', MOST_PAGE_MS);
  const deep = await inTurns(
    product,
    rounds,
    'page of versions, in the middle of 10,000',
    (name) => `versions?page=${name === MANY.name ? 500 : 1}&per_page=10`,
    MOST_PAGE_MS,
  );
  const deployable = await inTurns(product, rounds, 'the 100 deployable versions', () => 'versions?deployable=true');
  const deployments = await inTurns(product, rounds, 'list of deployments, of 1,000', () => 'deployments');
  return [page, deep, deployable, deployments];
};

const inTurns = async (
  product: Product,
  rounds: number,
  name: string,
  path: (worker: string) => string,
  mostMs?: number,
): Promise<Figure> => {
  const [many, few]: [number[], number[]] = [[], []];
  for (let round = -10; round < rounds; round += 1) {
    for (const [worker, times] of [
      [MANY.name, many],
      [FEW.name, few],
    ] as const) {
      const startedAt = performance.now();
      await product.call('GET', `/${worker}/${path(worker)}`);
      // The first calls compile the code they run through.
      if (round >= 0) times.push(performance.now() - startedAt);
    }
  }
  const figure = besides(name, 'ms', many, { name: `of ${FEW.versions}`, values: few }, ofEvents);
  return mostMs === undefined ? figure : withAim(figure, atMost(percentile(many, 99), mostMs, 'ms p99'));
};
