import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import test from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { anEdge, aTable, aWorker, splitOf, until, V1, V2, type TestEdge } from './testing.ts';

const HOST = 'hello.team.localhost';

/** A version that holds whoever asks for `/held` until it is told to let go. */
const aHolder = () => {
  const held = new Set<ServerResponse>();
  return {
    held,
    answer: (request: IncomingMessage, response: ServerResponse): void => {
      if (request.url === '/held') held.add(response);
      else response.end('fine');
    },
    letGo: () => {
      for (const response of held) response.end('held');
      held.clear();
    },
  };
};

const ask = async (edge: TestEdge, path: string, headers: Readonly<Record<string, string>> = {}) => {
  const [answer] = (await once(
    httpRequest({ port: edge.port, path, agent: false, headers: { host: HOST, ...headers } }).end(),
    'response',
  )) as [IncomingMessage];
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += chunk;
  return { status: answer.statusCode, retryAfter: answer.headers['retry-after'], text };
};

const on = (versionId: string) => ({ 'cloudflare-workers-version-overrides': `hello="${versionId}"` });

const toldIn = (edge: TestEdge): readonly object[] => edge.log.lines.filter(({ level }) => level === 'warn').map(({ facts }) => facts);

test('[B-13] a version with as many requests as it may have costs the next a 503 at once, until one of them is answered', async () => {
  const holder = aHolder();
  await using edge = await anEdge(holder.answer, { limits: { maxRequestsPerVersion: 3 } });
  const held = Array.from({ length: 3 }, () => ask(edge, '/held'));
  await until(() => holder.held.size === 3, 'three are held');
  for (const _ of [1, 2, 3]) {
    const { status, retryAfter, text } = await ask(edge, '/', { accept: 'application/json' });
    assert.deepEqual([status, retryAfter], [503, '5']);
    assert.match(text, /"code":"crowded"/);
  }
  assert.deepEqual(toldIn(edge), [{ versionId: V1, work: 'request', most: 3 }], 'the log has it once');
  holder.letGo();
  assert.deepEqual(
    (await Promise.all(held)).map(({ status, text }) => [status, text]),
    Array.from({ length: 3 }, () => [200, 'held']),
  );
  assert.equal((await ask(edge, '/')).text, 'fine');
  await until(() => edge.pool.inFlight === 0, 'nothing is in flight');
});

test('[B-13] who held requests at one version does not keep visitors from another', async () => {
  const [holder, other] = [aHolder(), aHolder()];
  const table = aTable([aWorker('hello', { deployment: splitOf(50_000) })]);
  await using edge = await anEdge({ [V1]: holder.answer, [V2]: other.answer }, { table, limits: { maxRequestsPerVersion: 1 } });
  const held = ask(edge, '/held', on(V1));
  await until(() => holder.held.size === 1, 'it is held');
  assert.deepEqual([(await ask(edge, '/', on(V1))).status, (await ask(edge, '/', on(V2))).text], [503, 'fine']);
  holder.letGo();
  assert.equal((await held).text, 'held');
});

test('[B-13] requests that waited for a start together are let in as many as may be', async (t) => {
  const holder = aHolder();
  await using edge = await anEdge(holder.answer, { limits: { maxRequestsPerVersion: 2 } });
  const { promise: mayStart, resolve: start } = Promise.withResolvers<void>();
  edge.pool.beforeStart = () => mayStart;
  // As the supervisor does it.
  const begin = edge.pool.start.bind(edge.pool);
  let begun: ReturnType<typeof begin> | undefined;
  const { mock } = t.mock.method(edge.pool, 'start', (versionId: string) => (begun ??= begin(versionId)));
  const asked = Array.from({ length: 5 }, () => ask(edge, '/held'));
  await until(() => mock.callCount() === 5, 'all of them wait');
  start();
  await until(() => holder.held.size === 2, 'two are held');
  const statuses = Promise.all(asked.map(async (each) => (await each).status));
  await until(() => edge.pool.inFlight === 2, 'the others have gone');
  holder.letGo();
  assert.deepEqual((await statuses).toSorted(), [200, 200, 503, 503, 503]);
});

test('[B-13] WebSockets have a bound of their own, beside that of requests', async () => {
  const holder = aHolder();
  const sockets = new WebSocketServer({ noServer: true });
  await using edge = await anEdge(holder.answer, { limits: { maxRequestsPerVersion: 1, maxWebSocketsPerVersion: 2 } });
  edge.pool.onServer = (server) =>
    server.on('upgrade', (request, socket, head) => sockets.handleUpgrade(request, socket, head, () => undefined));
  const connect = () => new WebSocket(`ws://127.0.0.1:${edge.port}/`, { headers: { host: HOST } });
  const [first, second] = [connect(), connect()];
  await Promise.all([once(first, 'open'), once(second, 'open')]);
  assert.equal((await ask(edge, '/')).text, 'fine', 'they are no requests');
  const refused = connect();
  const [, answer] = (await once(refused, 'unexpected-response')) as [unknown, IncomingMessage];
  assert.deepEqual([answer.statusCode, answer.headers['retry-after']], [503, '5']);
  answer.resume();
  assert.deepEqual(toldIn(edge), [{ versionId: V1, work: 'webSocket', most: 2 }]);
  first.terminate();
  await until(() => edge.pool.inFlight === 1, 'one has gone');
  const third = connect();
  await once(third, 'open');
  for (const socket of [second, third]) socket.terminate();
  await until(() => edge.pool.inFlight === 0, 'nothing is in flight');
});
