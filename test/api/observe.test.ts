import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { Client } from 'undici';
import { ownEndpoints, type Endpoint } from '../../src/contract/index.ts';
import {
  openObserver,
  reportsSocketIn,
  Sketch,
  tracesSocketIn,
  type Count,
  type EdgeReportOfUse,
  type Trace,
} from '../../src/observe/index.ts';
import { anApi, type Refused, type TestApi } from '../support/api.ts';
import { SESSION, signsIn } from '../support/browser-session.ts';
import { golden } from '../support/golden.ts';
import { until } from '../support/until.ts';

const MINUTE_MS = 60_000;

const post = async (socketPath: string, path: string, body: unknown): Promise<void> => {
  const client = new Client('http://observe', { socketPath });
  try {
    const answer = await client.request({ method: 'POST', path, body: JSON.stringify(body) });
    assert.equal(answer.statusCode, 200, await answer.body.text());
  } finally {
    await client.destroy();
  }
};

interface Answered {
  readonly result: unknown;
  readonly result_info?: Readonly<Record<string, unknown>>;
}

/** An API, a Worker of two versions, and what observes it. */
class World {
  readonly api: TestApi;
  readonly folder: string;
  one = '';
  two = '';

  private constructor(api: TestApi) {
    this.api = api;
    this.folder = join(api.plane.folder, 'observe');
  }

  static async open(t: TestContext): Promise<World> {
    const world = new World(await anApi(t));
    const observer = await openObserver({
      folder: world.folder,
      dataDir: join(world.api.plane.folder, 'observed'),
      modulesDir: join(world.api.plane.folder, 'modules'),
      archiveBytes: 10_000_000,
      log: (detail, sentence) => t.diagnostic(`${sentence} ${JSON.stringify(detail)}`),
    });
    t.after(() => observer[Symbol.asyncDispose]());
    world.one = (await world.api.upload('shop')).deployment_id;
    world.two = (await world.api.uploadVersion('shop')).id;
    world.api.plane.clock.move(60 * MINUTE_MS);
    return world;
  }

  get now(): number {
    return this.api.plane.clock.now().getTime();
  }

  report(some: Partial<EdgeReportOfUse>): Promise<void> {
    const empty = { edge: 'here', boot: 'one', sequence: 0, counts: [], cpu: [], facts: [], attached: [], droppedFacts: 0 };
    return post(reportsSocketIn(this.folder), '/reports', { ...empty, ...some });
  }

  traces(version: string, traces: readonly Trace[]): Promise<void> {
    return post(tracesSocketIn(this.folder), '/', { versions: [{ id: version, script: 'shop', tag: 'v2' }], traces, dropped: 2 });
  }

  count(versionId: string, some: Partial<Count>, latencies: readonly number[]): Count {
    const sketch = new Sketch();
    for (const latency of latencies) sketch.accept(latency);
    const minute = Math.floor(this.now / MINUTE_MS) - 1;
    const fixed = { minute, script: 'shop', versionId, kind: 'fetch', statusClass: 2, outcome: 'ok' } as const;
    return { ...fixed, requests: latencies.length, latency: sketch.toBins(), ...some };
  }

  trace(ray: string, some: Partial<Trace> = {}): Trace {
    const request = { url: `http://shop.example/${ray}`, method: 'GET', headers: { 'cf-ray': ray } };
    return {
      v: 0,
      kind: 'fetch',
      outcome: 'ok',
      eventTimestamp: this.now - MINUTE_MS,
      endedAt: this.now - MINUTE_MS + 7,
      event: { request, response: { status: 200 } },
      logs: [],
      exceptions: [],
      ...some,
    };
  }

  /** The answer, held to its schema. */
  async ask(name: keyof typeof ownEndpoints, path: string): Promise<Answered> {
    const response = await this.api.send('GET', `/switchback/v1/${path}`);
    const answered = (await response.json()) as Answered;
    assert.equal(response.status, 200, JSON.stringify(answered));
    const endpoint: Endpoint = ownEndpoints[name];
    assert.deepEqual(endpoint.result.parse(answered.result), answered.result);
    return answered;
  }

  refused(path: string): Promise<Refused> {
    return this.api.refusedBy(() => this.api.send('GET', `/switchback/v1/${path}`));
  }
}

interface Metrics {
  readonly groups: readonly { readonly key: string; readonly series: readonly unknown[]; readonly [member: string]: unknown }[];
  readonly step_seconds: number;
}

test('[MX-1] metrics are told by version, status, outcome and kind, in points of a step', async (t) => {
  const world = await World.open(t);
  const { one, two } = world;
  await world.report({
    counts: [
      world.count(one, {}, [10, 10, 10]),
      world.count(one, { kind: 'websocket', statusClass: 1 }, [900_000]),
      world.count(two, {}, [20]),
      world.count(two, { outcome: 'exception', statusClass: 5 }, [40]),
      world.count(two, { kind: 'scheduled', statusClass: 0, minute: Math.floor(world.now / MINUTE_MS) - 9 }, [20]),
    ],
    cpu: [{ minute: Math.floor(world.now / MINUTE_MS) - 1, script: 'shop', versionId: one, cpuMs: 12.5 }],
  });
  const { result } = await world.ask('getMetrics', 'workers/shop/metrics?step=5m');
  const { groups, step_seconds } = result as Metrics;
  assert.equal(step_seconds, 300);
  assert.deepEqual(
    groups.map(({ series, ...group }) => Object.assign(group, { points: series.length })),
    [
      {
        key: one,
        version: { id: one, number: 1, tag: null, message: null },
        requests: 4,
        errors: 0,
        error_rate: 0,
        latency_ms: { p50: 10.075, p90: 10.075, p99: 10.075, p99_interval: { lower: 10.075, upper: null } },
        cpu_ms: 12.5,
        points: 1,
      },
      {
        key: two,
        version: { id: two, number: 2, tag: null, message: null },
        requests: 3,
        errors: 1,
        error_rate: 1 / 3,
        latency_ms: { p50: 19.887, p90: 19.887, p99: 19.887, p99_interval: { lower: 19.887, upper: null } },
        cpu_ms: 0,
        points: 2,
      },
    ],
  );
  const keys = async (group: string) => {
    const answered = await world.ask('getMetrics', `workers/shop/metrics?since=1d&group=${group}`);
    return (answered.result as Metrics).groups.map(({ key, requests }) => `${key} ${String(requests)}`);
  };
  assert.deepEqual(await keys('status'), ['2xx 4', '1xx 1', '5xx 1', 'none 1']);
  assert.deepEqual(await keys('outcome'), ['ok 6', 'exception 1']);
  assert.deepEqual(await keys('kind'), ['fetch 5', 'scheduled 1', 'websocket 1']);
  const later = await world.ask('getMetrics', 'workers/shop/metrics?since=1w&until=1d');
  assert.deepEqual((later.result as Metrics).groups, []);
});

test('[MX-1] nothing is told of what another Worker of the same name did before', async (t) => {
  const world = await World.open(t);
  await world.report({ counts: [world.count(world.one, { minute: Math.floor(world.now / MINUTE_MS) - 90 }, [10])] });
  await world.report({ sequence: 1, counts: [world.count(world.two, {}, [10])] });
  const { groups } = (await world.ask('getMetrics', 'workers/shop/metrics?since=1d')).result as Metrics;
  assert.deepEqual(
    groups.map(({ key }) => key),
    [world.two],
  );
  const before = (await world.ask('getMetrics', 'workers/shop/metrics?since=2d&until=2h')).result as Metrics;
  assert.deepEqual(before.groups, []);
});

test('[MX-2] invocations and exceptions are listed with what was asked for, page by page', async (t) => {
  const world = await World.open(t);
  const { one, two } = world;
  await world.report({
    rules: [{ script: 'shop', sampleRate: 1, isKept: true, logpush: false }],
    counts: [world.count(two, {}, Array<number>(200).fill(5))],
  });
  const stack = '    at pay (src/pay.ts:3:5)';
  const exceptions = [{ name: 'TypeError', message: 'order 17 is gone', stack, timestamp: world.now - MINUTE_MS }];
  await world.traces(two, [
    world.trace('ray-a'),
    world.trace('ray-b', {
      outcome: 'exception',
      exceptions,
      logs: [{ message: ['Paying'], level: 'warn', timestamp: world.now - MINUTE_MS }],
    }),
  ]);
  const list = async (query: string) => {
    const { result, result_info } = await world.ask('listInvocations', `workers/shop/invocations?${query}`);
    return { ids: (result as { readonly id: string }[]).map(({ id }) => id), info: result_info };
  };
  await until('both are kept', async () => ((await list('')).ids.length === 2 ? true : undefined));
  const first = await list('limit=1');
  const second = await list(`limit=1&cursor=${String(first.info?.['cursor'])}`);
  assert.deepEqual([...first.ids, ...second.ids].toSorted(), ['ray-a', 'ray-b']);
  assert.deepEqual((await list('errors=true')).ids, ['ray-b']);
  assert.deepEqual((await list('search=paying')).ids, ['ray-b']);
  assert.deepEqual((await list('status=404')).ids, []);
  assert.deepEqual((await list(`version=${two.slice(0, 8)}&outcome=ok&kind=fetch&min_ms=5`)).ids, ['ray-a']);
  assert.deepEqual((await list(`version=${one}`)).ids, []);
  assert.equal((await world.api.refusedBy(() => world.api.send('GET', '/switchback/v1/workers/shop/invocations?version=zzz'))).status, 404);
  const found = await world.ask('getInvocation', 'workers/shop/invocations/ray-b');
  const { version, logs, wall_ms } = found.result as { version: unknown; logs: readonly { message: unknown }[]; wall_ms: number };
  assert.deepEqual([version, logs[0]?.message, wall_ms], [{ id: two, tag: 'v2', message: null }, ['Paying'], 7]);
  const groups = await world.ask('listExceptions', 'workers/shop/exceptions');
  const [group] = groups.result as readonly { name: string; message: string; frame: string; versions: unknown }[];
  assert.deepEqual([group?.name, group?.message, group?.frame], ['TypeError', 'order # is gone', 'pay (src/pay.ts:3:5)']);
  assert.deepEqual(group?.versions, [{ version_id: two, number: 2, count: 1, per_10k_requests: 50 }]);
  const { dropped, archive } = (await world.ask('getObservability', 'observability')).result as {
    dropped: unknown;
    archive: { most_bytes: number };
  };
  assert.deepEqual([dropped, archive.most_bytes], [{ traces_at_process: 2 }, 10_000_000]);
});

test('[MX-3] live counts are events of each second, until whoever looks on leaves', async (t) => {
  const world = await World.open(t);
  const response = await world.api.send('GET', '/switchback/v1/workers/shop/live');
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  await world.report({ counts: [world.count(world.two, {}, [10, 20])] });
  let text = '';
  while (!text.includes('"requests":2')) text += (await reader?.read())?.value ?? assert.fail('it ended');
  const events = text.split('\n').filter((line) => line.startsWith('data: '));
  const told: unknown = JSON.parse(events.find((line) => line.includes('"requests":2'))?.slice('data: '.length) ?? '');
  assert.deepEqual(ownEndpoints.watchLive.event.parse(told), told);
  await reader?.cancel();
});

test('[SE-11] live counts end with the session that they were opened with', async (t) => {
  const world = await World.open(t);
  const session = await signsIn(world.api);
  const response = await session.send('GET', '/switchback/v1/workers/shop/live');
  const reader = response.body?.getReader();
  assert.equal((await reader?.read())?.done, false);
  await session.send('DELETE', SESSION);
  const ended = async (): Promise<void> => {
    while (!(await reader?.read())?.done);
  };
  await ended();
});

test('[SE-11] live counts of a session that ends before they begin are refused', async (t) => {
  const world = await World.open(t);
  const session = await signsIn(world.api);
  const { observe } = world.api.api;
  const begin = observe.stream.bind(observe);
  t.mock.method(observe, 'stream', async (...asked: Parameters<typeof begin>) => {
    await session.send('DELETE', SESSION);
    return begin(...asked);
  });
  assert.equal((await session.send('GET', '/switchback/v1/workers/shop/live')).status, 401);
});

test('[MX-4] what cannot be asked is refused with what is wrong, and nothing is a failure but what is away', async (t) => {
  const world = await World.open(t);
  world.api.plane.clock.move(28 * 1_440 * MINUTE_MS);
  const asked: Readonly<Record<string, string>> = {
    'an unknown Worker': 'workers/none/metrics',
    'a time that is none': 'workers/shop/metrics?since=yesterday',
    'a time of days only': 'workers/shop/exceptions?since=2026-13-41',
    'an end before its beginning': 'workers/shop/invocations?since=1h&until=2h',
    'too long': 'workers/shop/metrics?since=5w',
    'no step': 'workers/shop/metrics?step=0m',
    'a step in seconds': 'workers/shop/metrics?step=10s',
    'too many points': 'workers/shop/metrics?since=4w&step=1m',
    'a group that is none': 'workers/shop/metrics?group=colour',
    'an outcome that is none': 'workers/shop/invocations?outcome=bad',
    'a status that is none': 'workers/shop/invocations?status=6xx',
    'a cursor that is none': 'workers/shop/invocations?cursor=next',
    'too many at once': 'workers/shop/invocations?limit=101',
    'an invocation that is not kept': 'workers/shop/invocations/8f3c2a1b0d4e5f67',
    'an unknown Worker, live': 'workers/none/live',
  };
  const refusals: Record<string, Refused> = {};
  for (const [what, path] of Object.entries(asked)) refusals[what] = await world.refused(path);
  const kept = golden<Readonly<Record<string, Refused>>>('observe-refusals');
  kept.update(() => refusals);
  assert.deepEqual(refusals, kept.value);
});

test('[MX-4] where the process that observes is away that is said, and nothing else fails', async (t) => {
  const api = await anApi(t);
  await api.upload('shop');
  for (const path of [
    'workers/shop/metrics',
    'workers/shop/invocations',
    'workers/shop/exceptions',
    'workers/shop/live',
    'observability',
  ]) {
    const response = await api.send('GET', `/switchback/v1/${path}`);
    assert.equal(response.status, 503, path);
    assert.match(await response.text(), /What was observed cannot be read/);
  }
});
