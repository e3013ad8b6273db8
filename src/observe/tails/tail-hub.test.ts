import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import test, { type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { WebSocket } from 'ws';
import { until } from '../../../test/support/until.ts';
import { WatchBoard } from '../watch-board.ts';
import { MOST_AT_ONCE } from './pace.ts';
import { TailHub } from './tail-hub.ts';
import { MOST_TAILS, type OpenTail, type TailAnswer } from './terms.ts';
import { aRecord } from './test-kit.ts';

const HOUR = 60 * 60_000;

/** A hub on a port of its own, whose clock stands still but for what a test lets pass. */
const aHub = async (t: TestContext) => {
  const board = new WatchBoard();
  let now = 1_795_000_000_000;
  const hub = new TailHub(board, () => now);
  const server = createServer((_, response) => void response.writeHead(404).end());
  server.on('upgrade', (request, socket, head) => hub.upgrade(request, socket, head));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    await hub.close();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    hub,
    board,
    port,
    pass: (ms: number) => (now += ms),
    connections: promisify(server.getConnections.bind(server)),
    open: (script = 'hello'): OpenTail => hub.open({ script, filters: [] }) ?? assert.fail('there are too many'),
    client: (token: string) => new Client(t, `ws://127.0.0.1:${port}/tails/${token}`),
  };
};

/** Like wrangler: the first frame has no mask. */
class Client {
  readonly socket: WebSocket;
  readonly events: Record<string, unknown>[] = [];
  readonly closed: Promise<readonly [code: number, reason: string]>;

  constructor(t: TestContext, url: string) {
    this.socket = new WebSocket(url, 'trace-v1');
    this.socket.on('open', () => this.socket.send('{"debug":false}', { mask: false, compress: false }));
    this.socket.on('message', (data) => this.events.push(JSON.parse(String(data)) as Record<string, unknown>));
    this.socket.on('error', () => {}); // Seen by its close.
    this.closed = new Promise((resolve) => this.socket.on('close', (code, reason) => resolve([code, String(reason)])));
    t.after(() => this.socket.terminate());
  }

  async opened(): Promise<this> {
    await once(this.socket, 'open');
    return this;
  }
}

test('[TL-2] a client whose first frame has no mask is served, speaks trace-v1, and its pings are answered with what they carry', async (t) => {
  const { hub, open, client } = await aHub(t);
  const { socket, events } = await client(open().token).opened();
  assert.equal(socket.protocol, 'trace-v1');
  socket.ping('wrangler tail ping');
  const [pong] = await once(socket, 'pong');
  assert.equal(String(pong), 'wrangler tail ping');
  hub.take(aRecord());
  await until('the event', () => events.length === 1);
});

test('[TL-2] what is no WebSocket frame ends the one connection it came on', async (t) => {
  const { hub, open, client, port } = await aHub(t);
  const other = await client(open().token).opened();
  for (const noise of [
    '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff',
    '\x81\x7f\x7f\xff\xff\xff\xff\xff\xff\xff',
    '\x83\x00',
    '\x81\x02\xff\xff',
    '\x81\x80\x00',
  ]) {
    const { token } = open();
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {}); // Seen by its close.
    socket.write(
      `GET /tails/${token} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
    );
    socket.end(Buffer.from(noise, 'latin1'));
    socket.resume();
    await once(socket, 'close');
  }
  hub.take(aRecord());
  await until('the event', () => other.events.length === 1);
});

test('[TL-3] an event has the members that clients read, as Cloudflare sends them', async (t) => {
  const { hub, open, client } = await aHub(t);
  const { events } = await client(open().token).opened();
  hub.take(aRecord());
  hub.take(
    aRecord({
      kind: 'alarm',
      entrypoint: 'Room',
      objectId: 'ab12',
      outcome: 'exception',
      status: undefined,
      version: { id: '0b3d2bd6-71a5-4b5c-8b8e-6f3e3f1f0c11' },
      event: { scheduledTime: 1_795_000_000_000 },
      logs: [],
      exceptions: [{ name: 'Error', message: 'no', stack: 'at alarm (worker.js:1:1)', timestamp: 1 }],
      isTruncated: true,
    }),
  );
  hub.take(aRecord({ event: null, outcome: 'exceededMemory', status: 503, method: 'GET', url: 'hello.example.com/path' }));
  hub.take(aRecord({ event: null, kind: 'rpc', status: undefined }));
  await until('the events', () => events.length === 4);
  assert.deepEqual(events[0], {
    wallTime: 12,
    cpuTime: 1,
    truncated: false,
    executionModel: 'stateless',
    outcome: 'ok',
    scriptName: 'hello',
    scriptVersion: { id: '0b3d2bd6-71a5-4b5c-8b8e-6f3e3f1f0c11', tag: 'v1', message: 'the first' },
    diagnosticsChannelEvents: [],
    exceptions: [],
    logs: [{ message: ['hello', { from: 'the Worker' }], level: 'log', timestamp: 1_795_000_000_001 }],
    eventTimestamp: 1_795_000_000_000,
    event: aRecord().event,
  });
  assert.deepEqual(
    { ...events[1], wallTime: 0, cpuTime: 0, eventTimestamp: 0 },
    {
      wallTime: 0,
      cpuTime: 0,
      truncated: true,
      executionModel: 'durableObject',
      outcome: 'exception',
      scriptName: 'hello',
      scriptVersion: { id: '0b3d2bd6-71a5-4b5c-8b8e-6f3e3f1f0c11' },
      entrypoint: 'Room',
      durableObjectId: 'ab12',
      diagnosticsChannelEvents: [],
      exceptions: [{ name: 'Error', message: 'no', stack: 'at alarm (worker.js:1:1)', timestamp: 1 }],
      logs: [],
      eventTimestamp: 0,
      event: { scheduledTime: 1_795_000_000_000 },
    },
  );
  const asTheEdgeSawIt = {
    request: { url: 'http://hello.example.com/path', method: 'GET', headers: {}, cf: {} },
    response: { status: 503 },
  };
  assert.deepEqual([events[2]?.['event'], events[3]?.['event']], [asTheEdgeSawIt, null]);
});

test('[TL-4] a tail is answered when an edge says that the Worker is traced, and edges are asked for it as long as there is one', async (t) => {
  const { hub, board } = await aHub(t);
  const answer = hub.routes.request('/', { method: 'POST', body: JSON.stringify({ script: 'hello', filters: [] }) });
  await until('it is asked for', () => board.isWatched('hello'));
  assert.ok(hub.wantsAll('hello') && !hub.wantsAll('other'));
  for (const edge of ['one', 'two']) board.listens(edge);
  board.attached('gone', ['hello']);
  board.attached('one', ['other', 'hello']);
  assert.ok(!board.isAttached('hello'), 'each edge that listens has to say so');
  board.attached('two', ['hello']);
  const { tail, isAttached } = (await (await answer).json()) as Extract<TailAnswer, { isAttached: boolean }>;
  assert.ok(isAttached);
  assert.ok(hub.end('hello', tail.id));
  assert.ok(!board.isWatched('hello') && !hub.wantsAll('hello'));
});

test('[TL-4] where no edge says so it is answered all the same, some seconds later', async (t) => {
  const { hub, board } = await aHub(t);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const answering = hub.routes.request('/', { method: 'POST', body: JSON.stringify({ script: 'hello', filters: [] }) });
  while (!board.isWatched('hello')) await new Promise(setImmediate);
  t.mock.timers.tick(5_000);
  const answer = await answering;
  assert.equal(((await answer.json()) as Extract<TailAnswer, { isAttached: boolean }>).isAttached, false);
});

test('[TL-6] under a rush a client is told that events are left out, and when none are any more; the others get theirs', async (t) => {
  const { hub, open, client, pass } = await aHub(t);
  const { events } = await client(open().token).opened();
  for (let index = 0; index < 3 * MOST_AT_ONCE; index += 1) hub.take(aRecord());
  await until('the notice', () => events.length === MOST_AT_ONCE + 1);
  const typesOf = () => events.map(({ event }) => (event as { type?: string }).type).filter((type) => type !== undefined);
  assert.deepEqual(typesOf(), ['overload']);
  pass(6_000);
  await until('its end', () => typesOf().length === 2);
  assert.deepEqual(typesOf(), ['overload', 'overload-stop']);
  assert.match(JSON.stringify(events.at(-1)?.['event']), new RegExp(` ${2 * MOST_AT_ONCE} messages were dropped\\."`));
  assert.deepEqual([events.at(-1)?.['logs'], events.at(-1)?.['exceptions']], [[], []]);
  hub.take(aRecord());
  await until('the next event', () => events.length === MOST_AT_ONCE + 3);
});

test('[TL-6] a client that reads nothing costs no more than its bound', async (t) => {
  const { hub, open, client, pass } = await aHub(t);
  const { socket } = await client(open().token).opened();
  socket.pause();
  const before = process.memoryUsage().rss;
  const large = aRecord({ logs: [{ message: ['x'.repeat(16_000)], level: 'log', timestamp: 0 }] });
  for (let index = 0; index < 20_000; index += 1) {
    pass(10);
    hub.take(large);
    if (index % 500 === 0) await new Promise(setImmediate);
  }
  assert.ok(process.memoryUsage().rss - before < 200_000_000, 'of 320 MB');
});

test('[TL-7] ten clients may tail a Worker and no eleventh, whatever others do; one that left makes room', async (t) => {
  const { hub, open, client } = await aHub(t);
  const tails = Array.from({ length: MOST_TAILS }, () => open());
  const clients = await Promise.all(tails.map(({ token }) => client(token).opened()));
  hub.take(aRecord());
  hub.take(aRecord({ script: 'other' }));
  await until('each has the event', () => clients.every(({ events }) => events.length === 1));
  assert.equal(hub.open({ script: 'hello', filters: [] }), undefined);
  assert.notEqual(open('other'), undefined);
  clients[3]?.socket.terminate();
  const eleventh = await until('there is room', () => hub.open({ script: 'hello', filters: [] }));
  const open10 = hub.of('hello').map(({ id }) => id);
  assert.equal(open10.length, MOST_TAILS);
  assert.ok(!open10.includes(tails[3]?.id ?? '') && open10.includes(eleventh.id));
});

test('[TL-8] a tail that is deleted or has expired ends its client for good; of a restart the client hears another code', async (t) => {
  const { hub, open, client, pass } = await aHub(t);
  const deleted = open();
  const first = await client(deleted.token).opened();
  assert.ok(!hub.end('other', deleted.id));
  assert.ok(hub.end('hello', deleted.id));
  assert.ok(!hub.end('hello', deleted.id));
  assert.deepEqual(await first.closed, [1000, 'The tail was deleted.']);
  const expired = await client(open().token).opened();
  pass(6 * HOUR);
  assert.deepEqual(await expired.closed, [1000, 'The tail has expired.']);
  const restarted = await client(open().token).opened();
  await hub.close();
  assert.deepEqual(await restarted.closed, [1012, 'The server is restarting.']);
});

test('[TL-8] a tail that nobody reads is over after a minute', async (t) => {
  const { hub, open, client, pass, connections } = await aHub(t);
  open();
  const left = await client(open().token).opened();
  const stays = open();
  await client(stays.token).opened();
  left.socket.terminate();
  await until('it is alone', async () => (await connections()) === 1);
  pass(59_000);
  await new Promise((resolve) => setTimeout(resolve, 1_100)); // Nothing is to be seen of what does not happen.
  assert.equal(hub.of('hello').length, 3);
  pass(1_000);
  await until('they are over', () => hub.of('hello').length === 1);
  assert.equal(hub.of('hello')[0]?.id, stays.id);
});

test('[TL-8] a client that is silent for a minute, though it was asked, is gone', async (t) => {
  const { open, client, pass, connections } = await aHub(t);
  const silent = await client(open().token).opened();
  silent.socket.ping();
  await once(silent.socket, 'pong');
  silent.socket.pause();
  pass(61_000);
  await until('it is cut off', async () => (await connections()) === 0);
});

test('[TL-1] an unknown token, or one that is used already, is refused before there is a WebSocket', async (t) => {
  const { open, client } = await aHub(t);
  const statusOf = async (token: string): Promise<number | undefined> => {
    const { socket } = client(token);
    const [, response] = await once(socket, 'unexpected-response');
    response.resume();
    return response.statusCode;
  };
  const { token } = open();
  assert.equal(await statusOf('no-such-token'), 404);
  assert.equal(await statusOf(`${token}x`), 404);
  await client(token).opened();
  assert.equal(await statusOf(token), 409);
});
