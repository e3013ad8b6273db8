/** Heads and bodies that are too many, too long, without end, or far larger than they look. */
import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import test from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { anEdge, type TestEdge, until } from '../../src/edge/testing.ts';
import { send } from '../support/send.ts';
import { dial, sendEndlessly, sendRaw } from './raw.ts';

const HOST = 'hello.team.localhost';
const MEGABYTE = 1_000_000;
/** So much more than any limit here that a reader without one would show. */
const ENDLESS = 64 * MEGABYTE;

const count = (request: IncomingMessage, response: ServerResponse): void => {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => (bytes += chunk.byteLength)).on('end', () => response.end(String(bytes)));
  request.on('error', () => response.destroy());
};

const isFine = async (edge: TestEdge): Promise<void> => {
  const { status, body } = await send({ url: edge.url, method: 'POST', headers: { host: HOST }, body: Buffer.from('fine') });
  assert.deepEqual([status, body.toString()], [200, '4']);
};

test('[B-3] heads with too many headers, or one too long, are refused', async () => {
  await using edge = await anEdge(count);
  const head = `POST / HTTP/1.1\r\nHost: ${HOST}\r\n`;
  for (const fields of [
    'a: b\r\n'.repeat(10_000),
    'a:\r\n'.repeat(8_200),
    `a: ${'b'.repeat(40_000)}\r\n`,
    `${'a'.repeat(40_000)}: b\r\n`,
  ]) {
    const { statuses, isEnded } = await sendRaw(edge.port, `${head}${fields}\r\n`, 5_000);
    assert.deepEqual([statuses, isEnded], [[431], true]);
  }
  const target = await sendRaw(edge.port, `GET /${'a'.repeat(40_000)} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`, 5_000);
  assert.deepEqual([target.statuses, target.isEnded], [[431], true]);
  assert.equal(edge.pool.starts, 0);
  await isFine(edge);
});

test('[B-3] no header is left out: the length of a body stands behind two thousand others', async () => {
  await using edge = await anEdge(count);
  for (const many of [1_990, 2_100, 4_000]) {
    const { text } = await sendRaw(edge.port, `POST / HTTP/1.1\r\nHost: ${HOST}\r\n${'a:\r\n'.repeat(many)}Content-Length: 5\r\n\r\nhello`);
    assert.match(text, /^HTTP\/1\.1 200 [^]*\r\n5\r\n|^HTTP\/1\.1 431 /, `${many}: ${text.slice(0, 80)}`);
  }
});

test('[B-3] a head, a chunk extension or a trailer without end is cut off, and reaches nobody', async () => {
  await using edge = await anEdge(count);
  const chunked = `POST / HTTP/1.1\r\nHost: ${HOST}\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const endless: readonly [start: string, piece: string][] = [
    [`GET / HTTP/1.1\r\nHost: ${HOST}\r\n`, 'x: y\r\n'],
    [`GET / HTTP/1.1\r\nHost: ${HOST}\r\nx: `, 'y'],
    ['', 'G'],
    [chunked, '1;'.padEnd(1000, 'x')],
    [`${chunked}0\r\n`, 'x: y\r\n'],
  ];
  for (const [start, piece] of endless) {
    const socket = await dial(edge.port);
    socket.resume().write(start);
    const sent = await sendEndlessly(socket, Buffer.from(piece.repeat(Math.ceil(16_000 / piece.length))), ENDLESS);
    assert.ok(sent < ENDLESS, `after ${start}`);
    socket.destroy();
  }
  await isFine(edge);
  await until(() => edge.pool.inFlight === 0, 'nothing is in flight');
});

test('[B-3] a body without end costs a 413 and its connection', async () => {
  await using edge = await anEdge(count, { limits: { maxBodyBytes: MEGABYTE } });
  const head = `POST / HTTP/1.1\r\nHost: ${HOST}\r\n`;
  const announced = await sendRaw(edge.port, `${head}Content-Length: ${'9'.repeat(15)}\r\n\r\n`, 5_000);
  assert.deepEqual([announced.statuses, announced.isEnded], [[413], true]);
  const socket = await dial(edge.port);
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString()));
  socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
  const sent = await sendEndlessly(socket, Buffer.from(`fa00\r\n${'x'.repeat(64_000)}\r\n`), 2_000 * MEGABYTE);
  assert.ok(sent < 2_000 * MEGABYTE);
  assert.match(text, /^HTTP\/1\.1 413 |^$/); // A client that never stops to listen may see the reset instead.
  await isFine(edge);
  await until(() => edge.pool.inFlight === 0, 'nothing is in flight');
});

test('[B-3] a compressed bomb passes as the few bytes it is, both ways', async (t) => {
  const zeros = Buffer.alloc(100 * MEGABYTE);
  for (const [coding, bomb] of [
    ['gzip', gzipSync(zeros)],
    ['br', brotliCompressSync(zeros)],
  ] as const) {
    await using edge = await anEdge((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => response.setHeader('content-encoding', coding).end(Buffer.concat(chunks)));
    });
    await send({ url: edge.url, method: 'POST', headers: { host: HOST }, body: Buffer.alloc(0) });
    const before = process.memoryUsage().rss;
    const headers = { host: HOST, 'content-encoding': coding };
    const answer = await send({ url: edge.url, method: 'POST', headers, body: bomb });
    assert.deepEqual([answer.body.equals(bomb), answer.headers['content-encoding']], [true, coding]);
    const grown = process.memoryUsage().rss - before;
    t.diagnostic(`${coding}: ${bomb.byteLength} bytes that would be 100 MB; memory grew by ${(grown / MEGABYTE).toFixed(1)} MB`);
    assert.ok(grown < 60 * MEGABYTE, `memory grew by ${grown}`);
  }
});

test('[B-2] pipelined requests are at the version one at a time, and who sends ever more is cut off', async () => {
  let atOnce = 0;
  let most = 0;
  await using edge = await anEdge((_, response) => {
    most = Math.max(most, (atOnce += 1));
    response.once('close', () => (atOnce -= 1));
    setImmediate(() => response.end('ok'));
  });
  const request = `GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;
  const { statuses } = await sendRaw(edge.port, request.repeat(100));
  assert.deepEqual([statuses.length, new Set(statuses)], [100, new Set([200])]);
  assert.equal(most, 1);
  const flood = await sendRaw(edge.port, request.repeat(5_000), 5_000);
  assert.ok(flood.isEnded);
  assert.equal(most, 1);
});
