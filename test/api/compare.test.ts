/** What is compared, and over which time. How is src/domain/compare's own matter. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { Client } from 'undici';
import { ownEndpoints } from '../../src/contract/index.ts';
import { openObserver, reportsSocketIn, Sketch, type Count, type EdgeReportOfUse, type Fact } from '../../src/observe/index.ts';
import { anApi, type Refused, type TestApi } from '../support/api.ts';
import { until } from '../support/until.ts';
import { saying } from '../support/worker-form.ts';

type Compared = ReturnType<(typeof ownEndpoints)['compareVersions']['result']['parse']>;

const MINUTE_MS = 60_000;

interface Deed {
  readonly versionId: string;
  readonly at: number;
  readonly ok: number;
  readonly failed?: number;
  readonly latencyMs?: number;
  readonly thrown?: number;
}

/** An API with what observes beside it, and a Worker of two versions that it can be told deeds of. */
class Observed {
  readonly api: TestApi;
  readonly #edge: Client;
  #sequence = 0;

  private constructor(api: TestApi, edge: Client) {
    this.api = api;
    this.#edge = edge;
  }

  static async open(t: TestContext): Promise<Observed> {
    const api = await anApi(t);
    const folder = join(api.plane.folder, 'observe');
    const observer = await openObserver({
      folder,
      dataDir: join(api.plane.folder, 'observed'),
      modulesDir: join(api.plane.folder, 'modules'),
      archiveBytes: 10_000_000,
      logpush: { spoolBytes: 1_000_000, rules: { allowPrivate: false, deniedNetworks: [], fileRoot: undefined } },
      log: (detail, sentence) => t.diagnostic(`${sentence} ${JSON.stringify(detail)}`),
    });
    t.after(() => observer[Symbol.asyncDispose]());
    const edge = new Client('http://observe', { socketPath: reportsSocketIn(folder) });
    t.after(() => edge.destroy());
    return new Observed(api, edge);
  }

  /** As an edge reports it. */
  async tell(...deeds: readonly Deed[]): Promise<void> {
    const report: EdgeReportOfUse = {
      edge: 'here',
      boot: 'one',
      sequence: (this.#sequence += 1),
      counts: deeds.flatMap(countsOf),
      cpu: [],
      facts: deeds.flatMap(factsOf),
      attached: [],
      droppedFacts: 0,
    };
    const { statusCode, body } = await this.#edge.request({
      method: 'POST',
      path: '/reports',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(report),
    });
    assert.equal(statusCode, 200, await body.text());
  }

  async compare(query: Readonly<Record<string, string>> = {}): Promise<Compared> {
    const response = await this.api.send('GET', pathOf(query));
    const { result } = (await response.json()) as { readonly result: Compared };
    assert.deepEqual(ownEndpoints.compareVersions.result.parse(result), result);
    return result;
  }

  refused(query: Readonly<Record<string, string>>, worker?: string): Promise<Refused> {
    return this.api.refusedBy(() => this.api.send('GET', pathOf(query, worker)));
  }

  get now(): number {
    return this.api.plane.clock.now().getTime();
  }
}

const wholeMinuteFrom = (time: number): number => Math.ceil(time / MINUTE_MS) * MINUTE_MS;

const pathOf = (query: Readonly<Record<string, string>>, worker = 'hello'): string =>
  `/switchback/v1/workers/${worker}/compare?${new URLSearchParams(query)}`;

const countsOf = ({ versionId, at, ok, failed = 0, latencyMs = 10 }: Deed): Count[] => {
  const ways = [
    { requests: ok, outcome: 'ok', statusClass: 2 },
    { requests: failed, outcome: 'exception', statusClass: 5 },
  ] as const;
  return ways.flatMap((way) => {
    const latency = new Sketch();
    for (let request = 0; request < way.requests; request += 1) latency.accept(latencyMs * (1 + (request % 100) / 1000));
    return way.requests === 0
      ? []
      : [{ script: 'hello', versionId, minute: Math.floor(at / MINUTE_MS), kind: 'fetch', latency: latency.toBins(), ...way }];
  });
};

const factsOf = ({ versionId, at, thrown = 0 }: Deed): Fact[] =>
  Array.from({ length: thrown }, (_, index) => ({
    ray: `${versionId}-${at}-${index}`,
    script: 'hello',
    versionId,
    kind: 'fetch',
    at,
    wallMs: 10,
    outcome: index === 0 ? 'exception' : 'exceededCpu',
    isTraced: false,
  }));

/** Two versions, the first at 100 %, and an hour later both at 50 %. */
const aSplitOfTwo = async (t: TestContext) => {
  const observed = await Observed.open(t);
  const { api } = observed;
  const { deployment_id: one } = await api.upload('hello', { code: saying('one') });
  const { id: two } = await api.uploadVersion('hello', { code: saying('two') });
  api.plane.clock.move(60 * MINUTE_MS);
  await api.deploy('hello', { [one]: 50, [two]: 50 });
  const begun = observed.now;
  api.plane.clock.move(30 * MINUTE_MS);
  return { observed, one, two, begun };
};

test('[OB-44] in a split the newer version is compared with the other one, since the split began', async (t) => {
  const { observed, one, two, begun } = await aSplitOfTwo(t);
  const at = begun + MINUTE_MS;
  await observed.tell(
    { versionId: one, at: begun - 5 * MINUTE_MS, ok: 100, failed: 900 },
    { versionId: one, at, ok: 1_980, failed: 20, latencyMs: 10 },
    { versionId: two, at, ok: 1_900, failed: 100, latencyMs: 20, thrown: 100 },
  );
  const compared = await until('the exceptions are stored too', async () => {
    const found = await observed.compare();
    return found.exceptions[0]?.hits.version === 99 ? found : undefined;
  });
  const { version, baseline, error_rate: errors, latency } = compared;
  assert.deepEqual([version.version_id, version.number, version.requests], [two, 2, 2_000]);
  assert.deepEqual([baseline.version_id, baseline.number, baseline.requests], [one, 1, 2_000]);
  assert.equal(compared.since, new Date(wholeMinuteFrom(begun)).toISOString(), 'the minute before holds requests from before');
  assert.equal(compared.until, new Date(observed.now).toISOString());
  assert.equal(compared.verdict, 'worse');
  assert.deepEqual([errors.version, errors.baseline, errors.hits, errors.verdict], [0.05, 0.01, { version: 100, baseline: 20 }, 'worse']);
  assert.ok((errors.interval.lower ?? 0) > 0 && (errors.interval.upper ?? 1) < 0.1);
  assert.deepEqual(
    latency.map((each) => [each.quantile, each.verdict]),
    [
      [0.5, 'worse'],
      [0.9, 'worse'],
      [0.99, 'worse'],
    ],
  );
  assert.ok(Math.abs((latency[0]?.ratio ?? 0) - 2) < 0.05);
  assert.deepEqual(
    compared.exceptions.map(({ name, hits, verdict }) => [name, hits, verdict]),
    [['exceededCpu', { version: 99, baseline: 0 }, 'worse']],
    'the one that nobody saw is an error, and no exception of its own',
  );
});

test('[OB-44] what is named is compared, by the first digits of its id too, over the time that is given', async (t) => {
  const { observed, one, two, begun } = await aSplitOfTwo(t);
  await observed.tell(
    { versionId: one, at: begun - 5 * MINUTE_MS, ok: 90, failed: 10 },
    { versionId: one, at: begun + MINUTE_MS, ok: 100 },
    { versionId: two, at: begun + MINUTE_MS, ok: 7 },
  );
  const since = new Date(begun - 10 * MINUTE_MS).toISOString();
  const turned = await observed.compare({ version: one.slice(0, 8), since });
  assert.deepEqual([turned.version.version_id, turned.baseline.version_id], [one, two]);
  assert.deepEqual([turned.version.requests, turned.error_rate.hits.version, turned.since], [200, 10, since]);
  const early = await observed.compare({ baseline: two, since, until: new Date(begun).toISOString() });
  assert.deepEqual([early.version.requests, early.baseline.requests, early.verdict], [100, 0, 'too_early']);
  const { missing } = early.error_rate;
  assert.ok(missing !== null && missing.baseline > missing.version && missing.seconds === null);
  assert.deepEqual(early.error_rate.interval, { lower: -1, upper: 1 });
  assert.deepEqual([early.latency[0]?.difference, early.latency[0]?.shows_from, early.latency[0]?.interval.lower], [null, null, null]);
});

test('[OB-44] a version that serves alone is compared with the one before it, which has as much time before the change', async (t) => {
  const { observed, one, two } = await aSplitOfTwo(t);
  const { api } = observed;
  await api.deploy('hello', { [two]: 100 });
  const changed = observed.now;
  api.plane.clock.move(10 * MINUTE_MS);
  await observed.tell({ versionId: one, at: changed - 9 * MINUTE_MS, ok: 50 }, { versionId: two, at: changed + MINUTE_MS, ok: 60 });
  const compared = await observed.compare();
  assert.deepEqual([compared.version.version_id, compared.baseline.version_id], [two, one]);
  assert.deepEqual([compared.version.requests, compared.baseline.requests], [60, 50]);
  const since = changed - 10 * MINUTE_MS;
  assert.equal(compared.since, new Date(wholeMinuteFrom(since)).toISOString());
});

test('[OB-44] after a rollback the two that served are compared over the time in which they did', async (t) => {
  const { observed, one, two, begun } = await aSplitOfTwo(t);
  const { api } = observed;
  await api.deploy('hello', { [one]: 100 });
  const over = observed.now;
  api.plane.clock.move(10 * MINUTE_MS);
  const at = begun + 2 * MINUTE_MS;
  await observed.tell(
    { versionId: one, at, ok: 500 },
    { versionId: two, at, ok: 400, failed: 100 },
    { versionId: one, at: over + 2 * MINUTE_MS, ok: 9 },
  );
  const compared = await observed.compare();
  assert.deepEqual([compared.version.version_id, compared.baseline.version_id], [one, two]);
  assert.deepEqual([compared.version.requests, compared.baseline.requests, compared.error_rate.verdict], [500, 500, 'better']);
  assert.deepEqual(
    [compared.since, compared.until],
    [wholeMinuteFrom(begun), over].map((time) => new Date(time).toISOString()),
  );
});

const malformed = (fault: string): Refused => ({ status: 400, code: 10026, message: `The request is malformed: query: ${fault}.` });

test('[OB-44] what cannot be compared is refused with the reason', async (t) => {
  const { observed, one, two } = await aSplitOfTwo(t);
  const { api } = observed;
  assert.deepEqual(await observed.refused({ version: one, baseline: one }), malformed('version and baseline are the same'));
  const time = new Date(observed.now).toISOString();
  assert.deepEqual(await observed.refused({ since: time, until: time }), malformed('since must be before until'));
  const nobody = '99999999-9999-4999-8999-999999999999';
  assert.deepEqual((await observed.refused({ version: nobody })).status, 404);
  assert.deepEqual((await observed.refused({ version: two, baseline: nobody })).status, 404);
  assert.deepEqual((await observed.refused({ since: 'yesterday' })).status, 400);
  assert.deepEqual((await observed.refused({}, 'nobody')).status, 404);
  await api.upload('alone');
  assert.deepEqual(
    await observed.refused({}, 'alone'),
    malformed('alone never served by two versions; deploy another one, or name both: version, baseline'),
  );
});

test('[OB-44] while the process that observes is away a comparison is answered with 503 and the reason', async (t) => {
  const api = await anApi(t);
  const { deployment_id: one } = await api.upload('hello', { code: saying('one') });
  const { id: two } = await api.uploadVersion('hello', { code: saying('two') });
  const { status, message } = await api.refusedBy(() => api.send('GET', pathOf({ version: two, baseline: one })));
  assert.equal(status, 503);
  assert.match(message, /^What was observed cannot be read: the process that collects it does not answer, and is started again\./);
});
