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
/** Two processes that do the same differ by more than counting costs: so many pairs are measured in turn. */
const PAIRS = 3;

const KINDS = [
  { path: '/', title: 'hello' },
  { path: '/line', title: 'hello and a line of log' },
] as const;

const NOTHING = 'nothing observed';
const COUNTED = 'counted';
const COLLECTED = 'everything kept';
const QUIET_MINIFLARE = 'Miniflare, not logging';
const LOGGING_MINIFLARE = 'Miniflare, logging';

/** Ways to one Worker, by what is observed on them. */
interface Observed {
  readonly nothing: readonly Way[];
  readonly counted: readonly Way[];
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
    const { rounds, seconds } = run.isQuick ? { rounds: PAIRS, seconds: 2 } : { rounds: 2 * PAIRS, seconds: 3 };
    const figures: Figure[] = [];
    for (const { path, title } of KINDS) {
      run.say(title);
      const measured = (way: Way, forSeconds: number): Promise<Round> =>
        oneRound(generator, observed, { ...way, url: way.url + path }, forSeconds);
      const { nothing, counted, collected, quietMiniflare, loggingMiniflare } = observed;
      for (const way of [...nothing, ...counted, collected, quietMiniflare, loggingMiniflare]) await measured(way, 2);
      let turn = 0;
      const made = await run.rounds(rounds, async () => {
        const pair = [nothing[turn % PAIRS], counted[turn % PAIRS]].filter((way) => way !== undefined);
        turn += 1;
        const results = new Map<string, Round>();
        for (const way of [...pair, collected, quietMiniflare, loggingMiniflare]) results.set(way.name, await measured(way, seconds));
        return results;
      });
      figures.push(...figuresOf(title, made));
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
  const nothing: Way[] = [];
  const counted: Way[] = [];
  for (let at = 0; at < PAIRS; at += 1) {
    nothing.push({ name: NOTHING, ...(await openEdge(product, edgeToken, 'not counting')) });
    counted.push({ name: COUNTED, ...(await openEdge(product, edgeToken, 'counting')) });
  }
  const [quiet, logging] = [
    owned.use(await startMiniflare('miniflare-logging.ts')),
    owned.use(await startMiniflare('miniflare-logging.ts', 'logging')),
  ];
  return {
    nothing,
    counted,
    collected: { name: COLLECTED, host: product.host('kept'), ...throughProduct },
    quietMiniflare: { name: QUIET_MINIFLARE, host: 'miniflare.test', url: quiet.url, processes: { all: quiet.pids } },
    loggingMiniflare: { name: LOGGING_MINIFLARE, host: 'miniflare.test', url: logging.url, processes: { all: logging.pids } },
    lost: async () => {
      const { dropped } = (await product.own('/observability')) as { dropped: Readonly<Record<string, number>> };
      return Object.values(dropped).reduce((sum, count) => sum + count, 0);
    },
  };
};

const openEdge = async (product: Product, edgeToken: string, counting: 'counting' | 'not counting'): Promise<Omit<Way, 'name'>> => {
  const script = join(import.meta.dirname, '..', 'edge-apart.ts');
  const args = [
    '--disable-warning=ExperimentalWarning',
    script,
    newFolder('edge'),
    product.dataDir,
    product.controlUrl,
    edgeToken,
    counting,
  ];
  const child = spawnOwned(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const [said] = (await once(child.stdout ?? process.stdin, 'data')) as [Buffer]; // Its only line.
  const url = said.toString().trim();
  const host = product.host('plain');
  await visit(url, host);
  const workerd = descendantsOf(child.pid ?? 0).map(({ pid }) => pid);
  return { url, host, processes: { edge: [child.pid ?? 0], workerd, observe: product.pidsOf('main/observe.ts') } };
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

/** By the name of the way. */
type Rounds = readonly ReadonlyMap<string, Round>[];

const figuresOf = (title: string, rounds: Rounds): readonly Figure[] => {
  const perSecond = (way: string): number[] => rounds.map((round) => round.get(way)?.perSecond ?? 0);
  const beside = (way: string, peer: string): ReturnType<typeof besides> =>
    besides(`${title}: ${way}`, 'requests/s', perSecond(way), { name: peer, values: perSecond(peer) });
  const [counting, collecting] = [beside(COUNTED, NOTHING), beside(COLLECTED, NOTHING)];
  const kept = rounds.map((round) => (round.get(COLLECTED)?.kept ?? 0) * 100);
  const pairs = [
    [COUNTED, NOTHING],
    [COLLECTED, NOTHING],
    [LOGGING_MINIFLARE, QUIET_MINIFLARE],
  ] as const;
  return [
    withAim(counting, atLeast(counting.ratio.median, LEAST_COUNTED, 'of nothing')),
    withAim(collecting, atLeast(collecting.ratio.median, LEAST_COLLECTED, 'of nothing')),
    { name: `${title}: kept of these`, unit: '%', ours: spreadOf(kept) },
    beside(LOGGING_MINIFLARE, QUIET_MINIFLARE),
    ...(canReadProcesses ? pairs.flatMap(([way, peer]) => costs(title, way, peer, rounds)) : []),
  ];
};

/** Processor time says why. */
const costs = (title: string, way: string, peer: string, rounds: Rounds): readonly Figure[] =>
  Object.keys(rounds[0]?.get(way)?.cpu ?? {}).map((name) => {
    const of = (each: string): number[] => rounds.map((round) => round.get(each)?.cpu[name] ?? 0);
    const figure = `${title}: ${way}, processor time, ${name}`;
    // What has nothing to do there has no ratio to it.
    return name === 'observe'
      ? { name: figure, unit: 'µs/request', ours: spreadOf(of(way)) }
      : besides(figure, 'µs/request', of(way), { name: peer, values: of(peer) });
  });
