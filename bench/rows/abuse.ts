import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CROWD } from '../crowd.ts';
import { atMost, besides, withAim, type Figure, type Row } from '../figure.ts';
import { pacedRound, type Percentiles } from '../paced.ts';
import { Product } from '../product.ts';
import { newFolder, spawnOwned } from '../scratch.ts';
import { percentile, spreadOf } from '../spread.ts';

const ATTACKERS = join(import.meta.dirname, '..', 'attackers.ts');
const TRAFFIC = { rate: 200, connections: 32 };
const [MOST_TIMES, MOST_API_MS, CALL_EVERY_MS] = [2, 100, 50];

/** All come from this machine, which has no share of its own of the connections: 3,000 requests at once take more than the usual 512 MB of their version. */
const MEMORY_LIMIT_MB = 2_048;

/** Small answers to the good; a large one, an echo and a reader of bodies for the others. */
const WORKER = `export default { async fetch(request) {
  if (request.headers.get('upgrade') === 'websocket') {
    const { 0: visitor, 1: worker } = new WebSocketPair();
    worker.accept();
    worker.addEventListener('message', ({ data }) => worker.send(data));
    return new Response(null, { status: 101, webSocket: visitor });
  }
  if (request.method === 'POST') for await (const chunk of request.body) void chunk;
  if (new URL(request.url).pathname !== '/large') return new Response('fine');
  let left = 320;
  const pull = (controller) => (left-- > 0 ? controller.enqueue(new Uint8Array(65_536)) : controller.close());
  return new Response(new ReadableStream({ pull }));
} };
`;

interface Measured {
  readonly visits: Percentiles;
  readonly apiMs: readonly number[];
  readonly edgeMb: number;
}

export const abuse: Row = {
  name: 'abuse',
  title: `${TRAFFIC.rate} good requests/s, alone and among ${CROWD.slow} slow connections, ${CROWD.readers} that do not read, ${CROWD.webSockets} WebSockets, ${CROWD.bombsASecond} bombs/s and ${CROWD.endless} endless bodies`,
  measure: async (run) => {
    await using product = await Product.start(newFolder('product'), ['--memory-limit-mb', String(MEMORY_LIMIT_MB)]);
    await product.deployed('one', WORKER);
    const target = { url: product.edgeUrl, host: product.host('one') };
    const attackers = spawnOwned(process.execPath, [ATTACKERS, new URL(product.edgeUrl).port, target.host], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const { rounds, seconds } = run.isQuick ? { rounds: 2, seconds: 3 } : { rounds: 5, seconds: 10 };
    run.tell(`--memory-limit-mb ${MEMORY_LIMIT_MB}`);
    await pacedRound(target, TRAFFIC, 2);
    const made = await run.rounds(rounds, async () => {
      const idle = await measured(product, target, seconds);
      await told(attackers, 'begin');
      const abused = await measured(product, target, seconds);
      await told(attackers, 'end');
      return { idle, abused };
    });
    attackers.disconnect();
    return figuresOf(made);
  },
};

const told = async (attackers: ChildProcess, word: 'begin' | 'end'): Promise<void> => {
  const answered = once(attackers, 'message');
  attackers.send(word);
  await answered;
};

const measured = async (product: Product, target: { readonly url: string; readonly host: string }, seconds: number): Promise<Measured> => {
  const apiMs: number[] = [];
  const over = new AbortController();
  const calling = (async () => {
    while (!over.signal.aborted) {
      const askedAt = performance.now();
      await product.call('GET', '');
      apiMs.push(performance.now() - askedAt);
      await wait(CALL_EVERY_MS);
    }
  })();
  const visits = await pacedRound(target, TRAFFIC, seconds).finally(() => over.abort());
  await calling;
  const [edge = 0] = product.pidsOf('main/edge.ts');
  return { visits, apiMs, edgeMb: Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${edge}/status`, 'utf8'))?.[1]) / 1024 };
};

const figuresOf = (made: readonly Readonly<Record<'idle' | 'abused', Measured>>[]): readonly Figure[] => {
  const pair = (name: string, unit: string, of: (each: Measured) => number) =>
    besides(
      name,
      unit,
      made.map(({ abused }) => of(abused)),
      { name: 'alone', values: made.map(({ idle }) => of(idle)) },
    );
  const p99 = pair('good requests, p99', 'ms', ({ visits }) => visits.p99);
  const api = made.flatMap(({ abused }) => abused.apiMs);
  return [
    pair('good requests, p50', 'ms', ({ visits }) => visits.p50),
    withAim(p99, { ...atMost(p99.ratio.median, MOST_TIMES, ''), text: `ratio ≤ ${MOST_TIMES}` }),
    withAim(
      pair('API calls, p99', 'ms', ({ apiMs }) => percentile(apiMs, 99)),
      atMost(percentile(api, 99), MOST_API_MS, 'ms'),
    ),
    { name: 'slowest API call', unit: 'ms', ours: spreadOf([Math.max(...api)]) },
    pair("the edge's memory", 'MB', ({ edgeMb }) => edgeMb),
  ];
};
