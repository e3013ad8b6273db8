import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { connect as connectH2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { aFolder, anEdge, type TestEdge, until } from './testing.ts';

const HOST = 'hello.team.localhost';
const TIMEOUT_MS = 600;
/** Far more than all buffers of the operating system on the way. */
const PIECES = 1_600;
const PIECE = Buffer.alloc(65_536);

/** A large answer at its reader's pace. */
const large = (response: ServerResponse): void => {
  let left = PIECES;
  const more = (): void => {
    while (left > 0) {
      left -= 1;
      if (!response.write(PIECE)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
};

const anEdgeWithLargeAnswers = (tlsDir?: string): Promise<TestEdge> =>
  anEdge((request, response) => (request.url === '/silent' ? void response.write('begun') : large(response)), {
    limits: { slowReaderTimeoutMs: TIMEOUT_MS },
    tlsDir,
  });

const asking = async (edge: TestEdge, path: string): Promise<Socket> => {
  const socket = connect(edge.port, '127.0.0.1').on('error', () => socket.destroy());
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
  return socket;
};

test('[B-11] who stops reading is ended, and its request at the version too', async () => {
  await using edge = await anEdgeWithLargeAnswers();
  const socket = await asking(edge, '/large');
  socket.pause();
  await until(() => edge.pool.inFlight === 1, 'it is in flight');
  await until(() => edge.pool.inFlight === 0 && edge.front.connections === 0, 'it is ended');
  socket.destroy();
});

test('[B-11] who reads a byte now and then is ended as well', async () => {
  await using edge = await anEdgeWithLargeAnswers();
  const socket = await asking(edge, '/large');
  socket.pause();
  const timer = setInterval(() => void socket.read(1), 20);
  await until(() => edge.pool.inFlight === 1, 'it is in flight');
  await until(() => edge.pool.inFlight === 0 && edge.front.connections === 0, 'it is ended');
  clearInterval(timer);
  socket.destroy();
});

test('[B-11] who reads slowly but on, and who has nothing to read, stays', async () => {
  await using edge = await anEdgeWithLargeAnswers();
  const silent = await asking(edge, '/silent');
  const slow = await asking(edge, '/large');
  silent.resume();
  let bytes = 0;
  slow.on('data', (data: Buffer) => {
    bytes += data.byteLength;
    slow.pause();
    setTimeout(() => slow.resume(), 5);
  });
  await wait(4 * TIMEOUT_MS);
  const before = bytes;
  await until(() => bytes > before, 'it reads on');
  assert.deepEqual([silent.destroyed, slow.destroyed, edge.pool.inFlight], [false, false, 2]);
  silent.destroy();
  slow.destroy();
});

test('[B-11] an HTTP/2 stream nobody reads is reset, and the others on its connection go on', async () => {
  await using folder = await aFolder();
  for (const kind of ['key', 'pem'])
    await copyFile(new URL(`./golden/tls/one.${kind}`, import.meta.url), join(folder.path, `default.${kind}`));
  await using edge = await anEdgeWithLargeAnswers(folder.path);
  const session = connectH2(`https://127.0.0.1:${edge.port}`, { servername: HOST, rejectUnauthorized: false });
  const ask = (path: string) => session.request({ ':path': path, ':authority': HOST });
  const silent = ask('/silent').resume();
  const [unread] = [ask('/large')];
  const [error] = (await once(unread, 'error')) as [Error];
  assert.match(error.message, /NGHTTP2_INTERNAL_ERROR/);
  await until(() => edge.pool.inFlight === 1, 'its request is ended');
  const other = ask('/large');
  let bytes = 0;
  for await (const chunk of other) bytes += (chunk as Buffer).byteLength;
  assert.deepEqual([bytes, silent.destroyed], [PIECES * PIECE.byteLength, false]);
  session.destroy();
});

test('[B-11] a request over HTTP/2 that does not arrive in time is ended, as over HTTP/1.1', async () => {
  await using folder = await aFolder();
  for (const kind of ['key', 'pem'])
    await copyFile(new URL(`./golden/tls/one.${kind}`, import.meta.url), join(folder.path, `default.${kind}`));
  const limits = { requestTimeoutMs: 300, headersTimeoutMs: 300 };
  await using edge = await anEdge((request, response) => void request.pipe(response), { tlsDir: folder.path, limits });
  const session = connectH2(`https://127.0.0.1:${edge.port}`, { servername: HOST, rejectUnauthorized: false });
  const stream = session.request({ ':path': '/', ':method': 'POST', ':authority': HOST });
  const timer = setInterval(() => stream.writable && stream.write('x'), 50);
  await once(stream.resume(), 'error');
  clearInterval(timer);
  await until(() => edge.pool.inFlight === 0, 'nothing is in flight');
  session.destroy();
});
