import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import test from 'node:test';
import { WebSocket } from 'ws';
import type { RoutingTable } from '../domain/index.ts';
import type { Edge } from './index.ts';
import { FakeControl, openEdge } from './fake-control.ts';
import { aFolder, aLog, aTable, aWorker, splitOf, until, V1, V2 } from './testing.ts';

/** These run the real runtime. */
const ONE = `export default { async fetch(request, env) {
  const { pathname } = new URL(request.url);
  if (pathname === '/throw') throw new Error('on purpose');
  if (pathname === '/print') console.log('hello', { a: 1 });
  if (pathname === '/hang') await new Promise(() => {});
  if (pathname === '/env') return Response.json({ url: request.url, cf: request.cf, headers: Object.fromEntries(request.headers), secret: env.KEY });
  if (pathname === '/echo') return new Response(request.body);
  if (pathname === '/cookies') return new Response('x', { headers: [['set-cookie', 'a=1'], ['set-cookie', 'b=2']] });
  if (pathname === '/ws') { const [a, b] = Object.values(new WebSocketPair()); b.accept(); b.addEventListener('message', ({ data }) => b.send('one ' + data)); return new Response(null, { status: 101, webSocket: a }); }
  return new Response('one');
} }`;
const TWO = `export default { fetch: () => new Response('two') }`;

const aControl = async (table: RoutingTable = aTable([aWorker('hello')])): Promise<FakeControl> => {
  const control = await FakeControl.open(table);
  control.addVersion(V1, 'hello', ONE, { bindings: [{ type: 'secret_text', name: 'KEY', text: 's3cret' }] });
  control.addVersion(V2, 'hello', TWO);
  return control;
};

const get = async (edge: Edge, path: string, headers: Record<string, string> = {}, body?: Buffer) => {
  const { port } = new URL(edge.url);
  const request = httpRequest({
    port,
    path,
    agent: false,
    method: body === undefined ? 'GET' : 'POST',
    headers: { host: 'hello.team.localhost', ...headers },
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('latin1')) text += chunk;
  return { status: response.statusCode, headers: response.headers, text };
};

const health = async (edge: Edge, path: string): Promise<[number, unknown]> => {
  const response = await fetch(`${edge.adminUrl}${path}`);
  return [response.status, await response.json()];
};

test('[E-80] a Worker answers through workerd: its URL, request.cf, secrets, bodies, cookies, WebSockets and exceptions', async () => {
  await using folder = await aFolder();
  await using control = await aControl();
  const edge = await openEdge(control, folder.path, { trustedProxies: ['127.0.0.1'] });
  assert.equal((await get(edge, '/')).text, 'one');
  const { text } = await get(edge, '/env', {
    'x-forwarded-proto': 'https',
    'x-forwarded-for': '203.0.113.9',
    'switchback-cf': '{"country":"XX"}',
    'switchback-scheme': 'ftp',
  });
  const seen = JSON.parse(text);
  assert.equal(seen.url, 'https://hello.team.localhost/env');
  assert.equal(seen.secret, 's3cret');
  assert.deepEqual(seen.cf, { colo: 'SB', httpProtocol: 'HTTP/1.1' });
  assert.equal(seen.headers['cf-connecting-ip'], '203.0.113.9');
  assert.equal(seen.headers['x-forwarded-proto'], 'https');
  assert.deepEqual(
    Object.keys(seen.headers).filter((name) => name.startsWith('switchback-')),
    [],
  );
  const large = Buffer.alloc(5_000_000, 'x');
  assert.equal((await get(edge, '/echo', {}, large)).text.length, large.length);
  assert.deepEqual((await get(edge, '/cookies')).headers['set-cookie'], ['a=1', 'b=2']);
  for (const path of ['/throw', '/hang']) {
    const page = await get(edge, path, { accept: 'application/json' });
    assert.equal(page.status, 500);
    assert.equal(JSON.parse(page.text).error.code, 'worker_threw');
  }
  const socket = new WebSocket(edge.url.replace('http', 'ws') + '/ws', { headers: { host: 'hello.team.localhost' } });
  await once(socket, 'open');
  socket.send('hi');
  assert.equal(String((await once(socket, 'message'))[0]), 'one hi');
  assert.equal(edge.state().webSockets, 1);
  socket.terminate();
  await edge.close();
});

test("[X-33] what a Worker prints and throws stands in the edge's log, with its name and version", async () => {
  await using folder = await aFolder();
  await using control = await aControl();
  const log = aLog();
  const edge = await openEdge(control, folder.path, { log });
  await get(edge, '/print');
  await get(edge, '/throw');
  const said = () => log.lines.filter(({ facts }) => 'from' in facts && facts.from === 'worker');
  await until(() => said().length >= 2, 'both are read');
  assert.deepEqual(said()[0], { level: 'info', facts: { script: 'hello', versionId: V1, from: 'worker' }, sentence: 'hello { a: 1 }' });
  assert.deepEqual(said().at(-1), {
    level: 'warn',
    facts: { script: 'hello', versionId: V1, from: 'worker' },
    sentence: 'Uncaught Error: on purpose',
  });
  await edge.close();
});

test('[E-81] each generation is confirmed at once, traffic follows it, and processes are reported', async () => {
  await using folder = await aFolder();
  await using control = await aControl();
  const edge = await openEdge(control, folder.path);
  await until(() => control.generations.includes(1), 'generation 1 is confirmed');
  assert.equal(control.reports[0]?.url, edge.url);
  control.say({ type: 'warm', versionIds: [V2] });
  await until(
    () => control.reports.at(-1)?.processes.some(({ versionId, state }) => versionId === V2 && state === 'ready'),
    'the second version is ready',
  );
  control.say({ type: 'change', change: { generation: 2, previous: 1, workers: [aWorker('hello', { deployment: splitOf(0) })] } });
  await until(() => control.generations.includes(2), 'generation 2 is confirmed');
  assert.equal((await get(edge, '/')).text, 'two');
  assert.deepEqual(await health(edge, '/healthz'), [200, { status: 'ok' }]);
  assert.deepEqual(await health(edge, '/readyz'), [200, { ready: true, generation: 2 }]);
  assert.equal((await health(edge, '/elsewhere'))[0], 404);
  await edge.close();
});

test('[E-82] without its control plane an edge serves on, and after a restart too, from its last good table', async () => {
  await using folder = await aFolder();
  await using control = await aControl();
  const first = await openEdge(control, folder.path);
  await until(() => control.asked.some((asked) => asked.includes('/modules/')), 'the version was fetched ahead');
  await until(() => control.generations.includes(1), 'generation 1 is confirmed');
  await first.close();
  await control.go();
  const second = await openEdge(control, folder.path);
  assert.equal((await get(second, '/')).text, 'one');
  assert.deepEqual(await health(second, '/readyz'), [200, { ready: true, generation: 1 }]);
  assert.equal(second.state().isConnected, false);
  control.table = aTable([aWorker('hello', { deployment: splitOf(0) })], {}, 2);
  await control.comeBack();
  await until(async () => (await get(second, '/')).text === 'two', 'the new table is served');
  await second.close();
});

test('[E-83] an edge that knows nothing yet says so, and is ready once the control plane speaks', async () => {
  await using folder = await aFolder();
  await using control = await aControl();
  await control.go();
  const edge = await openEdge(control, folder.path, { controlWaitMs: 10 });
  assert.deepEqual(await health(edge, '/readyz'), [503, { ready: false, generation: null }]);
  assert.equal((await get(edge, '/')).status, 503);
  await control.comeBack();
  await until(async () => (await health(edge, '/readyz'))[0] === 200, 'it is ready');
  assert.equal((await get(edge, '/')).text, 'one');
  await edge.close();
});

test('[E-84] a version that throws at its start costs its visitors a 503, and nobody else anything', async () => {
  await using folder = await aFolder();
  await using control = await aControl(aTable([aWorker('hello'), aWorker('broken', { deployment: splitOf(0) })]));
  control.addVersion(V2, 'broken', 'throw new Error("at start")');
  const edge = await openEdge(control, folder.path);
  const broken = await get(edge, '/', { host: 'broken.team.localhost' });
  assert.equal(broken.status, 503);
  assert.ok(broken.headers['retry-after']);
  assert.equal((await get(edge, '/')).text, 'one');
  await edge.close();
});

test('[E-85] a port that is taken fails the start and leaves nothing behind', async () => {
  await using folder = await aFolder();
  await using control = await aControl();
  const edge = await openEdge(control, join(folder.path, 'a'));
  const { port } = new URL(edge.url);
  await assert.rejects(openEdge(control, join(folder.path, 'b'), { port: Number(port) }), /EADDRINUSE/);
  await assert.rejects(openEdge(control, join(folder.path, 'b'), { trustedProxies: ['nonsense'] }), /trusted proxy/);
  await until(() => control.feeds.filter((feed) => !feed.destroyed).length === 1, 'only the first edge listens');
  await edge.close();
  await rm(join(folder.path, 'b'), { recursive: true, force: true });
});

test('[E-86] a second edge on the same folder is refused before it touches anything, and the folder is free once the first has closed', async () => {
  await using folder = await aFolder();
  await using control = await aControl();
  const edge = await openEdge(control, folder.path);
  assert.equal((await get(edge, '/')).text, 'one');
  const [{ pid } = { pid: undefined }] = edge.state().processes;
  await assert.rejects(openEdge(control, folder.path), { name: 'DataDirectoryInUse', message: /is in use by another Switchback/ });
  assert.equal((await get(edge, '/')).text, 'one');
  assert.equal(edge.state().processes[0]?.pid, pid, 'its process was not taken for an orphan');
  await edge.close();
  const next = await openEdge(control, folder.path);
  assert.equal((await get(next, '/')).text, 'one');
  await next.close();
});

test('[E-86] where the data directory cannot be written the folder of the processes is held instead', async () => {
  await using folder = await aFolder();
  await using control = await aControl();
  // As on a read-only file system, and for root too: there is no lock to take.
  await mkdir(join(folder.path, 'lock.db'));
  const edge = await openEdge(control, folder.path);
  await assert.rejects(openEdge(control, folder.path), { name: 'DataDirectoryInUse' });
  assert.equal((await get(edge, '/')).text, 'one');
  await edge.close();
});
