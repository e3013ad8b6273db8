import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import test from 'node:test';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { aLog, anEdge, until, type TestEdge } from './testing.ts';
import { WaitingBytes, type Holder } from './waiting-bytes.ts';

const HOST = 'hello.team.localhost';
const MOST = 2_000_000;
/** More than all buffers of the operating system on the way, and each holds at least one read of the edge's. */
const BODY = Buffer.alloc(4_000_000);
const STUCK = 60;

/** One path is never read, one is sent back, one answers without end. */
const aSlowEdge = (): Promise<TestEdge> =>
  anEdge(
    (incoming, response) => {
      if (incoming.url === '/echo') return void incoming.pipe(response);
      if (incoming.url === '/endless') {
        const more = (): void => {
          while (response.write(BODY.subarray(0, 65_536)));
          response.once('drain', more);
        };
        more();
      }
    },
    { limits: { maxWaitingBytes: MOST } },
  );

const posting = (edge: TestEdge, path: string, body?: Buffer) => {
  const outgoing = request({
    port: edge.port,
    host: '127.0.0.1',
    method: 'POST',
    path,
    headers: { host: HOST, 'transfer-encoding': 'chunked' },
  });
  const answer = new Promise<IncomingMessage | undefined>((resolve) => {
    outgoing.once('response', resolve).once('error', () => resolve(undefined));
  });
  if (body === undefined) outgoing.flushHeaders();
  else outgoing.write(body);
  return { outgoing, answer };
};

test('[B-14] bodies that Workers do not take are given up, the longest unmoved first, where they fill more than they may; one that moves arrives', async () => {
  await using edge = await aSlowEdge();
  const moving = posting(edge, '/echo');
  const echoed = moving.answer.then((incoming) => (incoming === undefined ? 'none' : text(incoming)));
  const stuck = Array.from({ length: STUCK }, () => posting(edge, '/stuck', BODY));
  const refused: IncomingMessage[] = [];
  for (const { answer } of stuck) void answer.then((incoming) => incoming && refused.push(incoming.resume()));
  for (let piece = 0; piece < 20; piece += 1) {
    moving.outgoing.write(`${piece} `);
    await wait(50);
  }
  moving.outgoing.end();
  await until(() => refused.length > 5, 'some are refused');
  assert.deepEqual([refused[0]?.statusCode, refused[0]?.headers['retry-after']], [503, '5']);
  assert.equal(await echoed, Array.from({ length: 20 }, (_, piece) => `${piece} `).join(''));
  const told = edge.log.lines.filter(({ sentence }) => /fills the memory/.test(sentence));
  assert.equal(told.length, 1, 'and the log says so once');
  // Two reads of 64 KiB or three are with each that stays.
  assert.ok(edge.pool.inFlight < STUCK - 5 && edge.pool.inFlight > 2, `${edge.pool.inFlight} stay`);
  for (const { outgoing } of stuck) outgoing.destroy();
});

test('[B-14] so are answers that visitors do not take', async () => {
  await using edge = await aSlowEdge();
  const sockets = Array.from({ length: STUCK }, () => {
    const socket = connect(edge.port, '127.0.0.1').on('error', () => socket.destroy());
    socket.pause().write(`GET /endless HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    return socket;
  });
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  await until(() => edge.pool.inFlight > STUCK - 5, 'they are answered');
  await until(() => edge.front.connections < STUCK - 5, 'some are ended');
  assert.ok(edge.front.connections > 2, `${edge.front.connections} stay`);
  for (const socket of sockets) socket.destroy();
});

test('[B-14] below what may wait nobody is given up, and beyond it no more than need be', async () => {
  const waiting = new WaitingBytes(100, aLog());
  const given: string[] = [];
  const holders = ['a', 'b', 'c', 'd'].map((name): Holder & { waitingBytes: number } => {
    const holder = {
      waitingBytes: 25,
      giveUp: () => {
        given.push(name);
        waiting.forget(holder);
      },
    };
    return holder;
  });
  for (const holder of holders) waiting.watch(holder);
  const [first, second] = holders;
  await wait(600);
  assert.deepEqual(given, []);
  // It moves; the second is the one that has not for longest.
  if (first !== undefined) first.waitingBytes = 20;
  await wait(600);
  if (first !== undefined) first.waitingBytes = 40;
  await until(() => given.length > 0, 'one is given up');
  await wait(600);
  assert.deepEqual([given, second?.waitingBytes], [['b'], 25]);
  for (const holder of holders) waiting.forget(holder);
});
