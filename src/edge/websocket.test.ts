import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import test from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { anEdge, aTable, aWorker, splitOf, until, V1, V2, type TestEdge } from './testing.ts';

const HOST = 'hello.team.localhost';

const dial = (edge: TestEdge, path = '/', headers: Record<string, string> = {}): WebSocket =>
  new WebSocket(`ws://127.0.0.1:${edge.port}${path}`, ['chat'], { headers: { host: HOST, ...headers } });

/** Lets every version of the edge echo what it is sent over a WebSocket. */
const withEcho = (edge: TestEdge, onHead: (request: IncomingMessage, socket: Duplex) => void = () => undefined): void => {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: true });
  edge.pool.onServer = (server) =>
    server.on('upgrade', (request, socket, head) => {
      onHead(request, socket);
      sockets.handleUpgrade(request, socket, head, (peer) => peer.on('message', (data, isBinary) => peer.send(data, { binary: isBinary })));
    });
};

test('[E-30] a WebSocket echoes text and a megabyte of bytes, and is work in flight while it is open', async () => {
  await using edge = await anEdge((_, response) => response.end('warm'));
  let seen: IncomingMessage | undefined;
  withEcho(edge, (request) => (seen = request));
  const socket = dial(edge, '/chat?room=1', { 'cf-connecting-ip': '6.6.6.6', 'switchback-debug': '1' });
  const [[handshake]] = (await Promise.all([once(socket, 'upgrade'), once(socket, 'open')])) as [[IncomingMessage], unknown];
  assert.match(String(handshake.headers['cf-ray']), /-SB$/);
  assert.match(String(handshake.headers['switchback-version']), /reason=only/);
  assert.equal(socket.protocol, 'chat');
  assert.equal(seen?.url, '/chat?room=1');
  assert.equal(seen?.headers.host, HOST);
  assert.equal(seen?.headers['cf-connecting-ip'], '127.0.0.1');
  assert.equal(edge.pool.inFlight, 1);
  socket.send('hello');
  assert.equal(String((await once(socket, 'message'))[0]), 'hello');
  const large = Buffer.alloc(1_000_000, 7);
  socket.send(large);
  assert.deepEqual((await once(socket, 'message'))[0], large);
  socket.close(1000, 'bye');
  const [code] = await once(socket, 'close');
  assert.equal(code, 1000);
  await until(() => edge.pool.inFlight === 0, 'nothing is in flight');
});

test('[E-31] a WebSocket waits for its version to start', async () => {
  await using edge = await anEdge((_, response) => response.end(), { table: aTable([aWorker('hello', { deployment: splitOf(0) })]) });
  withEcho(edge);
  const socket = dial(edge);
  await once(socket, 'open');
  assert.ok(edge.pool.versions.has(V2));
  socket.terminate();
  await until(() => edge.pool.inFlight === 0, 'nothing is in flight');
});

test('[E-32] a handshake that the version refuses, or that finds no version, is answered as HTTP', async () => {
  await using edge = await anEdge((_, response) => response.writeHead(403, { 'x-why': 'no' }).end('go away'));
  const refused = async (host: string, path = '/'): Promise<[number | undefined, string]> => {
    const request = httpRequest({
      port: edge.port,
      path,
      agent: false,
      headers: {
        host,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-version': '13',
      },
    });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    return [response.statusCode, text];
  };
  // Node's server without an `upgrade` listener answers the request as if it were any other, as a Worker may.
  assert.deepEqual(await refused(HOST), [403, 'go away']);
  assert.equal((await refused('nobody.test'))[0], 404);
  await until(() => edge.pool.inFlight === 0, 'nothing is in flight');
  edge.pool.beforeStart = () => {
    throw new Error('broken');
  };
  await edge.pool.versions.get(V1)?.end();
  assert.equal((await refused(HOST))[0], 503);
});

test('[E-32] a refusal that is not HTTP costs the visitor a page, and nobody the edge', async () => {
  for (const head of ['HTTP/1.1 400 \u0001', 'HTTP/1.1 099 No']) {
    await using edge = await anEdge((_, response) => response.end('fine'));
    edge.pool.onServer = (server) => server.on('upgrade', (_, socket) => socket.end(`${head}\r\nContent-Length: 0\r\n\r\n`));
    const socket = dial(edge);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    assert.equal(response.statusCode, 502);
    response.resume();
    await until(() => edge.pool.inFlight === 0, 'nothing is in flight');
  }
});

test('[E-33] a process that dies closes its WebSockets, and an edge that drains ends what stays open', async () => {
  await using edge = await anEdge((_, response) => response.end());
  const sockets: Duplex[] = [];
  withEcho(edge, (_, socket) => sockets.push(socket));
  const first = dial(edge);
  await once(first, 'open');
  const second = dial(edge);
  await once(second, 'open');
  sockets[1]?.destroy();
  const [code] = await once(second, 'close');
  assert.equal(code, 1006);
  const closed = once(first, 'close');
  await edge.front.drain();
  await closed;
  await until(() => edge.pool.inFlight === 0, 'nothing is in flight');
});

test('[E-10] a WebSocket whose visitor is gone without a word, or was cut, ends for its version too', async () => {
  await using edge = await anEdge((_, response) => response.end());
  const sockets: Duplex[] = [];
  withEcho(edge, (_, socket) => sockets.push(socket));
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13';
  const visitor = connect(edge.port, '127.0.0.1');
  visitor.write(`GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\n\r\n`);
  await once(visitor, 'data');
  visitor.resetAndDestroy();
  await until(() => sockets[0]?.destroyed, 'the first has ended');
  const other = dial(edge);
  await once(other, 'open');
  await Promise.all([once(other, 'close'), edge.front.drain()]);
  await until(() => sockets[1]?.destroyed, 'the second has ended');
});

test('[E-35] an edge that stops tells open WebSockets that it is going away', async () => {
  await using edge = await anEdge((_, response) => response.end());
  withEcho(edge);
  const socket = dial(edge);
  await once(socket, 'open');
  socket.send('hello');
  await once(socket, 'message');
  const closed = once(socket, 'close');
  await edge.front.drain();
  assert.equal((await closed)[0], 1001);
  await until(() => edge.pool.inFlight === 0, 'nothing is in flight');
});

test('[E-35] nothing of ours is put into the middle of a frame', async () => {
  await using edge = await anEdge((_, response) => response.end());
  const half = Buffer.from([0x82, 100, 1, 2, 3]);
  withEcho(edge, (_, socket) => setImmediate(() => socket.write(half)));
  const socket = connect(edge.port, '127.0.0.1');
  let said = Buffer.alloc(0);
  socket.on('data', (data) => (said = Buffer.concat([said, data])));
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13';
  socket.write(`GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\n\r\n`);
  await until(() => said.includes(half), 'the frame has begun');
  await Promise.all([once(socket, 'close'), edge.front.drain()]);
  assert.ok(said.subarray(-half.length).equals(half));
  await until(() => edge.pool.inFlight === 0, 'nothing is in flight');
});

test('[E-35] a WebSocket stays with its version when that has left', async () => {
  await using edge = await anEdge((_, response) => response.end());
  withEcho(edge);
  const socket = dial(edge);
  await once(socket, 'open');
  edge.state.replace(aTable([aWorker('hello', { deployment: splitOf(0) })], {}, 2));
  socket.send('still here');
  assert.equal(String((await once(socket, 'message'))[0]), 'still here');
  const next = dial(edge);
  await once(next, 'open');
  assert.deepEqual([edge.pool.versions.get(V1)?.inFlight, edge.pool.versions.get(V2)?.inFlight], [1, 1]);
  socket.terminate();
  next.terminate();
  await until(() => edge.pool.inFlight === 0, 'nothing is in flight');
});

test('[E-34] a handshake that fails on a connection which had answers before gets its page, as on a new one', async () => {
  await using edge = await anEdge((_, response) => response.end('hello'));
  edge.pool.onServer = (server) => server.on('upgrade', (_, socket) => socket.destroy());
  const socket = connect(edge.port, '127.0.0.1');
  let said = '';
  socket.setEncoding('utf8').on('data', (text: string) => (said += text));
  socket.write(`GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
  await until(() => said.endsWith('hello'), 'the first request is answered');
  said = '';
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13';
  socket.write(`GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\n\r\n`);
  await once(socket, 'close');
  assert.match(said, /^HTTP\/1\.1 502 [\s\S]*Ray ID: /);
  await until(() => edge.pool.inFlight === 0, 'nothing is in flight');
});

test('[E-31] a WebSocket that finds its process gone waits for the next one', async () => {
  await using edge = await anEdge((_, response) => response.end('warm'));
  withEcho(edge);
  const first = dial(edge);
  await once(first, 'open');
  const gone = edge.pool.versions.get(V1);
  await gone?.die();
  const socket = dial(edge);
  await until(() => gone?.entered === 2, 'it was tried on the process that is gone');
  gone?.beMissed();
  await once(socket, 'open');
  assert.notEqual(edge.pool.versions.get(V1), gone);
  socket.terminate();
  await until(() => edge.pool.inFlight === 0, 'nothing is in flight');
});
