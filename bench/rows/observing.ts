import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { atLeast, besides, withAim, type Figure, type Row } from '../figure.ts';
import { loadGenerator, type LoadGenerator } from '../load.ts';
import { startMiniflare } from '../peers/miniflare.ts';
import { canReadProcesses, cpuMs, descendantsOf } from '../processes.ts';
import { Product } from '../product.ts';
import { newFolder, spawnOwned } from '../scratch.ts';
import { LOGGING } from '../sources.ts';
import { spreadOf } from '../spread.ts';
import { until } from '../until.ts';
import { visit } from '../visit.ts';
import type { Way } from '../ways.ts';

const CONNECTIONS = 32;
const LEAST_COUNTED = 0.97;
const LEAST_COLLECTED = 0.7;
const QUIET_MS = 300;

const KINDS = [
  { path: '/', title: 'hello' },
  { path: '/line', title: 'hello and a line of log' },
] as const;

/** Ways to one Worker, by what is observed on them. */
interface Observed {
  readonly nothing: Way;
  readonly counted: Way;
  readonly collected: Way;
  readonly quietMiniflare: Way;
  readonly loggingMiniflare: Way;
  /** Invocations of which something was lost so far. */
  readonly lost: () => Promise<number>;
}

interface Round {
  readonly perSecond: number;
  /** Microseconds of processor time for one request, by process; what was left to do when the load ended is in it. */
  readonly cpu: Readonly<Record<string, number>>;
  /** Of its requests those of which nothing was lost. */
  readonly kept: number;
}

export const observing: Row = {
  name: 'observing',
  title: 'What observing costs a hello-world: nothing, counting (as it comes), everything kept (observability enabled)',
  measure: async (run) => {
    const generator = await loadGenerator();
    run.tell(`load generator: ${generator.name}, 1 thread, ${CONNECTIONS} keep-alive connections as fast as they go`);
    await using owned = new AsyncDisposableStack();
    const observed = await openObserved(owned);
    const { rounds, seconds } = run.isQuick ? { rounds: 2, seconds: 2 } : { rounds: 7, seconds: 4 };
    const ways = [observed.nothing, observed.counted, observed.collected, observed.quietMiniflare, observed.loggingMiniflare];
    const figures: Figure[] = [];
    for (const { path, title } of KINDS) {
      run.say(title);
      const measured = (way: Way, forSeconds: number): Promise<Round> =>
        oneRound(generator, observed, { ...way, url: way.url + path }, forSeconds);
      for (const way of ways) await measured(way, 2);
      const made = await run.rounds(rounds, async () => {
        const results = new Map<Way, Round>();
        for (const way of ways) results.set(way, await measured(way, seconds));
        return results;
      });
      figures.push(...figuresOf(title, observed, made));
    }
    return figures;
  },
};

const openObserved = async (owned: AsyncDisposableStack): Promise<Observed> => {
  const edgeToken = randomBytes(24).toString('hex');
  const product = owned.use(await Product.start(newFolder('product'), ['--edge-token', edgeToken]));
  await product.deployed('plain', LOGGING);
  await product.deployed('kept', LOGGING, { observability: { enabled: true, head_sampling_rate: 1 } });
  await product.visit('plain');
  await until('a whole record is kept', async () => {
    await product.visit('kept');
    // What observes starts behind all others.
    const kept = (await product.own('/workers/kept/invocations').catch(() => [])) as readonly { readonly event: unknown }[];
    return kept.some(({ event }) => event !== null);
  });
  const ours = { workerd: product.versionPids(), observe: product.pidsOf('main/observe.ts') };
  const throughProduct = { url: product.edgeUrl, processes: { edge: product.pidsOf('main/edge.ts'), ...ours } };
  const uncounted = await openUncounted(product, edgeToken);
  const host = product.host('plain');
  const [quiet, logging] = [
    owned.use(await startMiniflare('miniflare-logging.ts')),
    owned.use(await startMiniflare('miniflare-logging.ts', 'logging')),
  ];
  return {
    nothing: { name: 'nothing observed', host, ...uncounted },
    counted: { name: 'counted', host, ...throughProduct },
    collected: { name: 'everything kept', host: product.host('kept'), ...throughProduct },
    quietMiniflare: { name: 'Miniflare, not logging', host: 'miniflare.test', url: quiet.url, processes: { all: quiet.pids } },
    loggingMiniflare: { name: 'Miniflare, logging', host: 'miniflare.test', url: logging.url, processes: { all: logging.pids } },
    lost: async () => {
      const { dropped } = (await product.own('/observability')) as { dropped: Readonly<Record<string, number>> };
      return Object.values(dropped).reduce((sum, count) => sum + count, 0);
    },
  };
};

const openUncounted = async (product: Product, edgeToken: string): Promise<Pick<Way, 'url' | 'processes'>> => {
  const script = join(import.meta.dirname, '..', 'uncounted-edge.ts');
  const args = ['--disable-warning=ExperimentalWarning', script, newFolder('edge'), product.dataDir, product.controlUrl, edgeToken];
  const child = spawnOwned(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const [said] = (await once(child.stdout ?? process.stdin, 'data')) as [Buffer]; // Its only line.
  const url = said.toString().trim();
  await visit(url, product.host('plain'));
  const workerd = descendantsOf(child.pid ?? 0).map(({ pid }) => pid);
  return { url, processes: { edge: [child.pid ?? 0], workerd, observe: product.pidsOf('main/observe.ts') } };
};

const oneRound = async (generator: LoadGenerator, { lost }: Observed, way: Way, seconds: number): Promise<Round> => {
  const names = Object.keys(way.processes);
  const used = (name: string): number => (way.processes[name] ?? []).reduce((sum, pid) => sum + cpuMs(pid), 0);
  const usedByAll = (): readonly number[] => names.map(used);
  const [before, lostBefore] = [usedByAll(), await lost()];
  const load = await generator.load(way, CONNECTIONS, seconds);
  const after = await onceQuiet(usedByAll);
  const spent = names.map((name, at) => [name, (((after[at] ?? 0) - (before[at] ?? 0)) * 1000) / load.answered] as const);
  return {
    perSecond: load.answered / load.seconds,
    cpu: Object.fromEntries(spent),
    kept: 1 - ((await lost()) - lostBefore) / load.answered,
  };
};

/** What is still done for the requests of one way must not be in the time of the next. */
const onceQuiet = async (usedByAll: () => readonly number[]): Promise<readonly number[]> => {
  const deadline = performance.now() + 10_000;
  for (let before = usedByAll(); ;) {
    await wait(QUIET_MS);
    const after = usedByAll();
    const isQuiet = after.every((used, at) => used - (before[at] ?? 0) <= QUIET_MS * 0.1);
    if (isQuiet || performance.now() > deadline) return after;
    before = after;
  }
};

type Rounds = readonly ReadonlyMap<Way, Round>[];

const figuresOf = (title: string, observed: Observed, rounds: Rounds): readonly Figure[] => {
  const { nothing, counted, collected, quietMiniflare, loggingMiniflare } = observed;
  const perSecond = (way: Way): number[] => rounds.map((round) => round.get(way)?.perSecond ?? 0);
  const beside = (way: Way, peer: Way): ReturnType<typeof besides> =>
    besides(`${title}: ${way.name}`, 'requests/s', perSecond(way), { name: peer.name, values: perSecond(peer) });
  const [counting, collecting] = [beside(counted, nothing), beside(collected, nothing)];
  const kept = rounds.map((round) => (round.get(collected)?.kept ?? 0) * 100);
  return [
    withAim(counting, atLeast(counting.ratio.median, LEAST_COUNTED, 'of nothing')),
    withAim(collecting, atLeast(collecting.ratio.median, LEAST_COLLECTED, 'of nothing')),
    { name: `${title}: kept of these`, unit: '%', ours: spreadOf(kept) },
    beside(loggingMiniflare, quietMiniflare),
    ...(canReadProcesses ? [...costs(title, counted, nothing, rounds), ...costs(title, collected, nothing, rounds)] : []),
    ...(canReadProcesses ? costs(title, loggingMiniflare, quietMiniflare, rounds) : []),
  ];
};

/** Processor time says why. */
const costs = (title: string, way: Way, peer: Way, rounds: Rounds): readonly Figure[] =>
  Object.keys(way.processes).map((name) => {
    const of = (each: Way): number[] => rounds.map((round) => round.get(each)?.cpu[name] ?? 0);
    const figure = `${title}: ${way.name}, processor time, ${name}`;
    // What has nothing to do there has no ratio to it.
    return name === 'observe'
      ? { name: figure, unit: 'µs/request', ours: spreadOf(of(way)) }
      : besides(figure, 'µs/request', of(way), { name: peer.name, values: of(peer) });
  });
