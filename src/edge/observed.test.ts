import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import type { Edge } from './index.ts';
import type { EdgeOptions } from './edge.ts';
import { FakeControl, openEdge } from './fake-control.ts';
import { FakeObserve } from './fake-observe.ts';
import type { WorkerEntry } from '../domain/index.ts';
import { aFolder, aTable, aWorker, splitOf, until, V1, V2 } from './testing.ts';

/** These run the real runtime. */
const HELLO = `export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname === '/throw') throw new Error('on purpose');
    if (pathname === '/refuse') return new Response('no', { status: 503 });
    if (pathname === '/hang') for (;;);
    if (pathname === '/fill') { const kept = []; for (;;) kept.push(new Array(10000).fill(1.5)); }
    if (pathname === '/never') await new Promise((resolve) => setTimeout(resolve, 30_000));
    if (pathname === '/break') {
      const { readable, writable } = new TransformStream();
      const writer = writable.getWriter();
      writer.write(new TextEncoder().encode('begun'));
      context.waitUntil(scheduler.wait(50).then(() => writer.abort(new Error('broken'))));
      return new Response(readable);
    }
    if (pathname === '/drip') {
      const { readable, writable } = new TransformStream();
      writable.getWriter().write(new TextEncoder().encode('begun'));
      context.waitUntil(scheduler.wait(30_000));
      return new Response(readable);
    }
    if (pathname === '/ws') {
      const [client, server] = Object.values(new WebSocketPair());
      server.accept();
      server.addEventListener('message', ({ data }) => server.send(data));
      server.addEventListener('close', () => server.close());
      return new Response(null, { status: 101, webSocket: client });
    }
    return new Response('hello');
  },
  async scheduled({ cron }) { if (cron === 'bad') throw new Error('on purpose'); },
}`;

const FRONT = '33333333-3333-4333-8333-333333333333';
const BACK = '44444444-4444-4444-8444-444444444444';

const HEAVY = aWorker('heavy', { deployment: { id: 'd-heavy', split: [{ versionId: V2, share: 100_000 }] } });

interface World {
  readonly edge: Edge;
  readonly control: FakeControl;
  readonly observe: FakeObserve;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<number>;
}

const aWorld = async (t: TestContext, table = aTable([aWorker('hello')]), options: Partial<EdgeOptions> = {}): Promise<World> => {
  const folder = await aFolder();
  const observe = await FakeObserve.open(join(folder.path, 'o'));
  const control = await FakeControl.open(table);
  for (const version of [V1, V2])
    control.addVersion(version, 'hello', HELLO, { handlers: ['fetch', 'scheduled'], limits: { cpu_ms: 100 } });
  const edge = await openEdge(control, join(folder.path, 'd'), {
    ...options,
    runtimeSettings: { waitUntilGraceMs: 0, drainDeadlineMs: 200, observeFolder: observe.folder, ...options.runtimeSettings },
  });
  t.after(async () => {
    await edge.close();
    await control[Symbol.asyncDispose]();
    await observe[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });
  const get: World['get'] = (path, headers = {}) => {
    const asked = request(`${edge.url}${path}`, { agent: false, headers: { host: 'hello.team.localhost', ...headers } }).end();
    return new Promise((resolve, reject) => {
      asked.once('error', reject);
      asked.once('response', (response) => response.resume().once('close', () => resolve(response.statusCode ?? 0)));
    });
  };
  return { edge, control, observe, get };
};

const sum = (seen: Readonly<Record<string, number>>): number => Object.values(seen).reduce((total, each) => total + each, 0);

/** Sends a request, and leaves once the first bytes of an answer came, or soon without. */
const leave = async (edge: Edge, path: string): Promise<void> => {
  const socket = connect(Number(new URL(edge.url).port), '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: hello.team.localhost\r\n\r\n`);
  if (path === '/drip') await once(socket, 'data');
  else await new Promise((resolve) => setTimeout(resolve, 100));
  socket.destroy();
};

test('[OB-4] each way in which a request ends is counted as what it was, once, and failures are told of though nothing is traced', async (t) => {
  const { edge, observe, get } = await aWorld(t);
  const expected: Record<string, number> = {};
  const expect = (sort: string) => (expected[sort] = (expected[sort] ?? 0) + 1);
  for (let asked = 0; asked < 20; asked += 1) {
    assert.equal(await get('/'), 200);
    expect('hello fetch 2xx ok');
  }
  assert.equal(await get('/refuse'), 503);
  expect('hello fetch 5xx ok');
  assert.equal(await get('/throw'), 500);
  expect('hello fetch 5xx exception');
  assert.equal(await get('/break'), 200);
  expect('hello fetch 2xx exception');
  await leave(edge, '/never');
  expect('hello fetch 0xx canceled');
  await leave(edge, '/drip');
  expect('hello fetch 2xx responseStreamDisconnected');
  assert.equal(await get('/nowhere', { host: 'other.team.localhost' }), 404);
  const socket = new WebSocket(`${edge.url.replace('http', 'ws')}/ws`, { headers: { host: 'hello.team.localhost' } });
  await once(socket, 'open');
  socket.send('x');
  await once(socket, 'message');
  assert.equal(observe.seen['hello websocket 1xx ok'], undefined);
  socket.close();
  expect('hello websocket 1xx ok');
  const refused = new WebSocket(`${edge.url.replace('http', 'ws')}/`, { headers: { host: 'hello.team.localhost' } });
  await assert.rejects(once(refused, 'open'));
  expect('hello fetch 2xx ok');
  await until(() => sum(observe.seen) >= sum(expected), 'all is told');
  assert.deepEqual(observe.seen, expected);
  assert.equal(observe.latencies.count, sum(expected));
  const threw = observe.facts.find(({ status }) => status === 500);
  assert.deepEqual(threw && { ...threw, ray: '', at: 0, wallMs: 0, cpuMs: 0 }, {
    ray: '',
    at: 0,
    wallMs: 0,
    cpuMs: 0,
    script: 'hello',
    versionId: V1,
    kind: 'fetch',
    outcome: 'exception',
    status: 500,
    method: 'GET',
    url: 'hello.team.localhost/throw',
    clientIp: '127.0.0.1',
    why: 'only',
    isTraced: false,
  });
  assert.match(threw?.ray ?? '', /^[0-9a-f]{16}-SB$/);
});

test('[OB-4] a process that is ended for what it used, or by somebody else, says so of what was in it', async (t) => {
  const { edge, observe, get } = await aWorld(t, aTable([aWorker('hello'), HEAVY]), {
    limits: { responseTimeoutMs: 1_500, drainTimeoutMs: 200 },
  });
  assert.equal(await get('/hang'), 502);
  await until(() => observe.seen['hello fetch 5xx exceededCpu'] === 1, 'the hang is told');
  assert.equal(await get('/fill', { host: 'heavy.team.localhost' }), 502);
  await until(() => observe.seen['heavy fetch 5xx exceededMemory'] === 1, 'the full heap is told');
  assert.equal(await get('/never'), 524);
  await until(() => observe.seen['hello fetch 5xx exceededWallTime'] === 1, 'the silence is told');
  const cut = get('/never');
  const socket = new WebSocket(`${edge.url.replace('http', 'ws')}/ws`, { headers: { host: 'hello.team.localhost' } });
  await once(socket, 'open');
  const pid = () => edge.state().processes.find(({ state, versionId }) => state === 'ready' && versionId === V1)?.pid;
  await new Promise((resolve) => setTimeout(resolve, 100));
  process.kill(pid() ?? 0, 'SIGKILL');
  assert.equal(await cut, 502);
  await until(() => observe.seen['hello fetch 5xx unknown'] === 1, 'the end is told');
  await until(() => observe.seen['hello websocket 1xx unknown'] === 1, 'the end of the WebSocket is told');
  assert.equal(sum(observe.seen), 5);
});

test('[OB-5] every request is told exactly once: while the observe process is away, does not answer, comes back, and when the edge ends', async (t) => {
  const { edge, observe, get } = await aWorld(t);
  let asked = 0;
  const ask = async (times: number): Promise<void> => {
    for (let each = 0; each < times; each += 1, asked += 1) assert.equal(await get('/'), 200);
  };
  const told = () => observe.seen['hello fetch 2xx ok'] ?? 0;
  await ask(10);
  await until(() => told() === asked, 'the first are told');
  observe.mute = 2;
  await ask(10);
  await until(() => observe.heard.length > new Set(observe.heard).size && told() === asked, 'what was not answered came again');
  await observe.go();
  await ask(10);
  await observe.comeBack();
  await ask(10);
  await until(() => told() === asked, 'what happened meanwhile is told');
  await ask(10);
  const open = new WebSocket(`${edge.url.replace('http', 'ws')}/ws`, { headers: { host: 'hello.team.localhost' } });
  await once(open, 'open');
  await edge.close();
  assert.equal(told(), asked);
  assert.equal(observe.seen['hello websocket 1xx ok'], 1);
  assert.equal(observe.latencies.count, asked + 1);
  assert.deepEqual(
    observe.reports.map(({ sequence }) => sequence),
    observe.reports.map((_, index) => index + 1),
  );
});

test('[OB-5] whoever listens anew is told what is to be kept of each Worker, and hears of changes alone after that', async (t) => {
  const collects = { isKept: true, sampleRate: 0.5, logpush: true };
  const { control, observe } = await aWorld(t, aTable([aWorker('hello', { collects }), HEAVY]));
  const rules = () => observe.reports.flatMap((report) => (report.rules === undefined ? [] : [report.rules]));
  const hello = { script: 'hello', ...collects };
  await until(() => rules().length > 0, 'the rules are told');
  assert.deepEqual(rules(), [[hello]]);
  await observe.go();
  await observe.comeBack();
  await until(() => rules().length > 1, 'they are told again');
  const change = (generation: number, workers: readonly WorkerEntry[]) =>
    control.say({ type: 'change', change: { generation, previous: generation - 1, workers } });
  change(2, [aWorker('heavy', { deployment: splitOf(50_000) })]);
  await until(() => rules().length > 2, 'a change is told');
  const heavy = { script: 'heavy', sampleRate: 1, isKept: false, logpush: false, isSplit: true };
  change(3, [aWorker('hello', { collects, workersDev: false })]);
  change(4, [aWorker('hello')]);
  await until(() => rules().length > 3, 'the last change is told');
  assert.deepEqual(rules(), [[hello], [hello], [hello, heavy], [heavy]]);
});

test('[OB-30] of a version that is traced it is told of every request; one that is watched is attached once all its processes have tracers', async (t) => {
  const { edge, observe, get } = await aWorld(t);
  assert.equal(await get('/'), 200);
  await until(() => observe.seen['hello fetch 2xx ok'] === 1, 'it is counted');
  assert.equal(observe.facts.length, 0);
  observe.watch('hello', 'other');
  const attached = () => observe.reports.at(-1)?.attached ?? [];
  await until(() => attached().includes('hello'), 'it is attached', 10_000);
  assert.deepEqual(attached(), ['hello', 'other']);
  for (const path of ['/one?secret=1', '/refuse']) await get(path, { 'cf-connecting-ip': '192.0.2.9' });
  const processes = edge.state().processes.filter(({ state }) => state === 'ready');
  assert.equal(processes.length, 1);
  await until(() => observe.facts.length === 2, 'both are told of');
  const [one, refused] = observe.facts;
  assert.ok(one && refused);
  const { ray, at, wallMs, cpuMs, ...rest } = one;
  assert.deepEqual(rest, {
    script: 'hello',
    versionId: V1,
    kind: 'fetch',
    outcome: 'ok',
    status: 200,
    method: 'GET',
    url: 'hello.team.localhost/one',
    clientIp: '127.0.0.1',
    why: 'only',
    isTraced: true,
  });
  assert.match(ray, /-SB$/);
  assert.ok(Math.abs(Date.now() - at) < 60_000 && wallMs > 0);
  assert.ok(cpuMs === undefined || cpuMs >= 0);
  assert.deepEqual([refused.status, refused.outcome], [503, 'ok']);
});

test('[OB-36] what is to be collected of a version that is made ready for its deployment is collected from its first request on', async (t) => {
  const { control, edge, observe, get } = await aWorld(t);
  await until(() => control.generations.includes(1), 'the first table is served');
  control.say({ type: 'warm', versionIds: [V2], areCollected: true });
  const process = () => edge.state().processes.find(({ versionId, state }) => versionId === V2 && state === 'ready')?.pid;
  await until(() => process() !== undefined, 'the second version is ready');
  const pid = process();
  const collects = { isKept: true, sampleRate: 1, logpush: false };
  control.say({
    type: 'change',
    change: { generation: 2, previous: 1, workers: [aWorker('hello', { deployment: splitOf(0), collects })] },
  });
  await until(() => control.generations.includes(2), 'it is deployed');
  assert.equal(await get('/'), 200);
  await until(() => observe.facts.length === 1, 'it is told of');
  assert.deepEqual([observe.facts[0]?.isTraced, observe.facts[0]?.versionId, process()], [true, V2, pid]);
});

const CALLER = `export default { async fetch(request, env) {
  const { pathname } = new URL(request.url);
  if (pathname === '/hands-on') return env.BACK.fetch(request);
  if (pathname === '/asks') return env.BACK.fetch('http://back/');
  if (pathname === '/calls') return new Response(await env.BACK.add(1, 2));
  return new Response('not called');
} }`;

const CALLED = `import { WorkerEntrypoint } from 'cloudflare:workers';
export default class extends WorkerEntrypoint {
  fetch() { return new Response('called'); }
  add(one, other) { return String(one + other); }
}`;

/** Stands still until it is told to go on. */
const aClock = () => {
  const due: (() => void)[] = [];
  let now = Date.parse('2026-11-21T12:20:30Z');
  return {
    now: () => now,
    at: (_time: number, work: () => void) => {
      due.push(work);
      return () => void due.splice(due.indexOf(work), 1);
    },
    pass: (ms: number) => {
      now += ms;
      for (const work of due.splice(0)) work();
    },
  };
};

test('[OB-31] crons count, requests and calls between Workers count for the one that is called', async (t) => {
  const cronClock = aClock();
  const hello = aWorker('hello', { crons: ['* * * * *'] });
  const { control, edge, observe, get } = await aWorld(t, aTable([hello]), { cronClock });
  const workers = [
    hello,
    aWorker('front', { deployment: { id: 'd-front', split: [{ versionId: FRONT, share: 100_000 }] } }),
    aWorker('back', { deployment: { id: 'd-back', split: [{ versionId: BACK, share: 100_000 }] } }),
  ];
  control.addVersion(FRONT, 'front', CALLER, { bindings: [{ type: 'service', name: 'BACK', service: 'back' }] });
  control.addVersion(BACK, 'back', CALLED);
  control.say({ type: 'firing', firing: 'while_connected' });
  control.say({ type: 'change', change: { generation: 2, previous: 1, workers } });
  await until(() => edge.state().generation === 2, 'the table came');
  cronClock.pass(60_000);
  for (const path of ['/hands-on', '/asks', '/calls']) assert.equal(await get(path, { host: 'front.team.localhost' }), 200);
  await until(() => sum(observe.seen) >= 7, 'all is told');
  assert.deepEqual(observe.seen, {
    'hello scheduled 0xx ok': 1,
    'front fetch 2xx ok': 3,
    'back fetch 2xx ok': 2,
    'back rpc 0xx ok': 1,
  });
  const used = observe.reports.flatMap(({ cpu }) => cpu);
  assert.ok(used.some(({ versionId, script, cpuMs }) => versionId === BACK && script === 'back' && cpuMs > 0));
});

test('[MX-20] the edge’s own listener tells of what was counted, also while nobody else is told', async (t) => {
  const { edge, observe, get } = await aWorld(t);
  await observe.go();
  for (let asked = 0; asked < 3; asked += 1) await get('/');
  const response = await fetch(`${edge.adminUrl}/metrics`);
  const text = await response.text();
  assert.match(text, new RegExp(`^switchback_edge_requests_total\\{script="hello",version="${V1}",status="2xx"\\} 3$`, 'm'));
  assert.match(text, new RegExp(`^switchback_edge_request_duration_seconds_count\\{script="hello",version="${V1}"\\} 3$`, 'm'));
  assert.match(text, /^switchback_edge_processes\{state="ready"\} 1$/m);
  assert.match(text, /^switchback_edge_reports_waiting [1-9]/m);
  const other = await fetch(`${edge.adminUrl}/other`);
  assert.deepEqual([other.status, await other.json()], [404, { error: 'Only GET /healthz, GET /readyz and GET /metrics are here.' }]);
});
