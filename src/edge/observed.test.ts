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
import { aFolder, aTable, aWorker, until, V1, V2 } from './testing.ts';

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
  const pid = () => edge.state().processes.find(({ state, versionId }) => state === 'ready' && versionId === V1)?.pid;
  await new Promise((resolve) => setTimeout(resolve, 100));
  process.kill(pid() ?? 0, 'SIGKILL');
  assert.equal(await cut, 502);
  await until(() => observe.seen['hello fetch 5xx unknown'] === 1, 'the end is told');
  assert.equal(sum(observe.seen), 4);
});
