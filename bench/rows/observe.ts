import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client } from 'undici';
import {
  archiveStatus,
  observedInvocations,
  observedMetrics,
  ObserveClient,
  reportsSocketIn,
  Sketch,
  tracesSocketIn,
  type Count,
  type Fact,
  type Trace,
} from '../../src/observe/index.ts';
import { atLeast, atMost, ofEvents, withAim, type Figure, type Row } from '../figure.ts';
import { newFolder, spawnOwned } from '../scratch.ts';
import { spreadOf } from '../spread.ts';
import { until } from '../until.ts';

const LEAST_RECORDS_A_SECOND = 1_000;
const MOST_QUERY_MS = 200;
const A_BATCH = 200;
const MINUTES = 24 * 60;
const MINUTE_MS = 60_000;
const SCRIPT = 'shop';
const VERSIONS = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'] as const;
/** Ways in which requests of a version end within each minute. */
const WAYS = [
  { statusClass: 2, outcome: 'ok', kind: 'fetch' },
  { statusClass: 4, outcome: 'ok', kind: 'fetch' },
  { statusClass: 5, outcome: 'exception', kind: 'fetch' },
  { statusClass: 0, outcome: 'ok', kind: 'scheduled' },
] as const;
const REQUESTS_OF_A_WAY = 100;

export const observe: Row = {
  name: 'observe',
  title: 'Records stored a second, and what is asked of a day of counts',
  measure: async (run) => {
    const { isQuick, say } = run;
    const observed = await Observed.open();
    say('storing a day of counts');
    await observed.storeDay();
    const asked = await observed.askDay(isQuick ? 10 : 50);
    say('storing records');
    const kept = await run.rounds(isQuick ? 2 : 5, () => observed.storeRecords(isQuick ? 10_000 : 30_000));
    const { dropped } = await archiveStatus(observed.client);
    if (Object.keys(dropped).length > 0) throw new Error(`Something was lost: ${JSON.stringify(dropped)}`);
    run.tell(
      `Each record of two logs, a request with six headers, and its edge's part: ${Math.round(observed.bytesSent / observed.sent)} bytes as JSON.`,
    );
    const rate = spreadOf(kept.map(({ perSecond }) => perSecond));
    const query = ofEvents(asked);
    const figures: Figure[] = [
      withAim({ name: 'records joined and stored', unit: '/s', ours: rate }, atLeast(rate.median, LEAST_RECORDS_A_SECOND, '/s')),
      { name: 'room of a record on disk', unit: 'B', ours: spreadOf(kept.map(({ bytes }) => bytes)) },
      withAim({ name: 'metrics by version of 24 h, 144 points', unit: 'ms', ours: query }, atMost(query.median, MOST_QUERY_MS, 'ms')),
    ];
    await observed.client[Symbol.asyncDispose]();
    return figures;
  },
};

class Observed {
  readonly client: ObserveClient;
  readonly #reports: Client;
  readonly #traces: Client;
  #sequence = 0;
  sent = 0;
  bytesSent = 0;

  private constructor(folder: string) {
    this.client = new ObserveClient(folder);
    this.#reports = new Client('http://observe', { socketPath: reportsSocketIn(folder) });
    this.#traces = new Client('http://observe', { socketPath: tracesSocketIn(folder) });
  }

  static async open(): Promise<Observed> {
    const folder = newFolder('observe');
    const script = join(import.meta.dirname, '..', 'observing.ts');
    const child = spawnOwned(process.execPath, ['--disable-warning=ExperimentalWarning', script, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (child.stdout !== null) await once(child.stdout, 'data');
    return new Observed(folder);
  }

  async storeDay(): Promise<void> {
    for (let hour = 0; hour < MINUTES; hour += 60) {
      const minutes = Array.from({ length: 60 }, (_, minute) => thisMinute() - MINUTES + hour + minute);
      await this.#report(minutes.flatMap(countsOf), []);
    }
  }

  async askDay(times: number): Promise<number[]> {
    const took: number[] = [];
    for (let time = 0; time < times; time += 1) {
      const startedAt = performance.now();
      const question = { script: SCRIPT, since: thisMinute() - MINUTES, until: thisMinute(), step: 10, group: 'version' } as const;
      const groups = await observedMetrics(this.client, question);
      took.push(performance.now() - startedAt);
      if (groups.length !== VERSIONS.length) throw new Error('The day of counts is not there.');
    }
    return took;
  }

  /** From the first until all are stored. */
  async storeRecords(records: number): Promise<{ readonly perSecond: number; readonly bytes: number }> {
    const before = (await archiveStatus(this.client)).bytes.records;
    const startedAt = performance.now();
    let last = '';
    for (let made = 0; made < records; made += A_BATCH) {
      const rays = Array.from({ length: A_BATCH }, () => randomBytes(8).toString('hex'));
      last = rays.at(-1) ?? '';
      const batch = JSON.stringify({ versions: [{ id: VERSIONS[0], script: SCRIPT, tag: 'v1' }], traces: rays.map(traceOf), dropped: 0 });
      this.bytesSent += batch.length;
      this.sent += A_BATCH;
      await Promise.all([this.#report([], rays.map(factOf)), post(this.#traces, '/', batch)]);
    }
    const filter = { since: 0, until: Date.now() + MINUTE_MS, ray: last };
    await until('the last is stored', async () => (await observedInvocations(this.client, SCRIPT, filter, 1)).records.length === 1);
    const seconds = (performance.now() - startedAt) / 1000;
    return { perSecond: records / seconds, bytes: ((await archiveStatus(this.client)).bytes.records - before) / records };
  }

  async #report(counts: readonly Count[], facts: readonly Fact[]): Promise<void> {
    this.#sequence += 1;
    const rules = this.#sequence === 1 ? { rules: [{ script: SCRIPT, sampleRate: 1, isKept: true, logpush: false }] } : {};
    const report = {
      edge: 'bench',
      boot: 'one',
      sequence: this.#sequence,
      counts,
      cpu: [],
      facts,
      attached: [],
      droppedFacts: 0,
      ...rules,
    };
    await post(this.#reports, '/reports', JSON.stringify(report));
  }
}

const post = async (client: Client, path: string, body: string): Promise<void> => {
  const answer = await client.request({ method: 'POST', path, body });
  await answer.body.dump();
  if (answer.statusCode !== 200) throw new Error(`The observe process answered ${answer.statusCode}.`);
};

const thisMinute = (): number => Math.floor(Date.now() / MINUTE_MS);

const countsOf = (minute: number): Count[] =>
  VERSIONS.flatMap((versionId) =>
    WAYS.map((way) => {
      const latency = new Sketch();
      for (let request = 0; request < REQUESTS_OF_A_WAY; request += 1) latency.accept(Math.exp(2 + 3 * Math.random()));
      return Object.assign({ minute, script: SCRIPT, versionId, requests: REQUESTS_OF_A_WAY, latency: latency.toBins() }, way);
    }),
  );

const traceOf = (ray: string): Trace => {
  const now = Date.now();
  const headers = {
    accept: '*/*',
    'accept-encoding': 'gzip',
    'cf-connecting-ip': '192.0.2.1',
    'cf-ray': ray,
    host: 'shop.example.com',
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  };
  return {
    v: 0,
    kind: 'fetch',
    outcome: 'ok',
    eventTimestamp: now,
    endedAt: now + 5,
    event: { request: { url: `http://shop.example.com/cart/${ray}`, method: 'GET', headers, cf: {} }, response: { status: 200 } },
    logs: [
      { message: [`GET /cart/${ray}`, { user: ray.slice(0, 6) }], level: 'log', timestamp: now },
      { message: [`took ${Math.random()} ms`], level: 'info', timestamp: now },
    ],
    exceptions: [],
  };
};

const factOf = (ray: string): Fact => ({
  ray,
  script: SCRIPT,
  versionId: VERSIONS[0],
  kind: 'fetch',
  at: Date.now(),
  wallMs: 5 * Math.random(),
  outcome: 'ok',
  status: 200,
  method: 'GET',
  url: `shop.example.com/cart/${ray}`,
  clientIp: '192.0.2.1',
  why: 'random',
  isTraced: true,
});
