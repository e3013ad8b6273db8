import { bareStartMs, prepareBare } from '../bare.ts';
import { atMost, besides, ofEvents, withAim, type Figure, type Row } from '../figure.ts';
import { anonymousMb, canReadProcesses } from '../processes.ts';
import { Product } from '../product.ts';
import { newFolder } from '../scratch.ts';
import { heavy } from '../sources.ts';
import { percentile } from '../spread.ts';

interface Size {
  readonly name: string;
  readonly bytes: number;
  readonly starts: number;
  readonly mostMs: number;
}

const SIZES: readonly Size[] = [
  { name: '10 KB', bytes: 10_000, starts: 30, mostMs: 150 },
  { name: '5 MB', bytes: 5_000_000, starts: 10, mostMs: 400 },
];

export const coldStart: Row = {
  name: 'cold-start',
  title: 'First request to a deployed version whose process does not run, and what that process then holds',
  measure: async ({ isQuick, say }) => {
    const sizes = isQuick ? SIZES.map(fewer) : SIZES;
    const folder = newFolder('product');
    {
      await using product = await Product.start(folder);
      for (const [name, source] of sizes.flatMap(workersOf)) {
        say(`uploading ${name}`);
        await product.deployed(name, source);
      }
    }
    // Started again, the product knows every deployment and runs none of their processes.
    await using product = await Product.start(folder);
    const figures: Figure[] = [];
    for (const size of sizes) {
      say(`${size.starts} starts of ${size.name}`);
      figures.push(...(await measureSize(product, size)));
    }
    return figures;
  },
};

const fewer = (size: Size): Size => ({ ...size, starts: 3 });

const workersOf = ({ bytes, starts }: Size): readonly (readonly [string, string])[] =>
  Array.from({ length: starts }, (_, at) => [`w${bytes}-${at}`, heavy(bytes, at)] as const);

const measureSize = async (product: Product, size: Size): Promise<readonly Figure[]> => {
  const startBare = prepareBare(heavy(size.bytes));
  await bareStartMs(startBare);
  const [ours, bare, oursMb, bareMb]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (const [name] of workersOf(size)) {
    {
      await using workerd = await startBare();
      bare.push(workerd.startMs);
      bareMb.push(anonymousMb(workerd.pid));
    }
    const before = new Set(product.versionPids());
    const startedAt = performance.now();
    await product.visit(name);
    ours.push(performance.now() - startedAt);
    const started = product.versionPids().filter((pid) => !before.has(pid));
    oursMb.push(...started.map(anonymousMb));
  }
  const peer = { name: 'bare workerd, spawn to answer' };
  const cold = besides(`cold start, ${size.name}`, 'ms', ours, { ...peer, values: bare }, ofEvents);
  const memory = canReadProcesses ? [memoryOf(size, oursMb, bareMb)] : [];
  return [withAim(cold, atMost(percentile(ours, 99), size.mostMs, 'ms p99')), ...memory];
};

/** The aim is for a Worker of usual size; what a large one holds is its own code. */
const MOST_MB = 15;
const MOST_BYTES_OF_AIM = 1_000_000;

const memoryOf = ({ name, bytes }: Size, ours: readonly number[], bare: readonly number[]): Figure => {
  const figure = besides(`anonymous memory, ${name}`, 'MB', ours, { name: 'bare workerd', values: bare });
  return bytes > MOST_BYTES_OF_AIM ? figure : withAim(figure, atMost(figure.ours.median, MOST_MB, 'MB'));
};
