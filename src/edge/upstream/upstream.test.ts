import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import test from 'node:test';
import { UpstreamFailure } from './failure.ts';
import { Upstream } from './upstream.ts';
import type { Asking, Call } from './call.ts';

const TIMEOUTS = { connectMs: 5_000, responseMs: 5_000, keepAliveMs: 5_000 };
const HELLO = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';

/** A runtime that does with each connection what the test says. */
const aRuntime = async (serve: (socket: Socket, count: number) => void) => {
  const folder = await mkdtemp(join(tmpdir(), 'sb-upstream-'));
  const socketPath = join(folder, 's');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => socket.destroy()));
    serve(socket, sockets.size);
  });
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    socketPath,
    connections: () => sockets.size,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await rm(folder, { recursive: true });
    },
  };
};

const request = (of: { method?: string; path?: string; body?: Readable; headers?: string[] } = {}) => {
  const { method = 'GET', path = '/', body = null, headers = [] } = of;
  return { method, path, headers: ['host', 'a.test', ...headers], body, isChunked: body !== null && headers.length === 0 };
};

const send = (upstream: Upstream, what = request(), of: Partial<Asking> = {}): { answer: Promise<string>; call: Call } => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let text = '';
  const call = upstream.send(what, {
    onHead: () => undefined,
    onHeadAlone: () => undefined,
    onPiece: (piece) => {
      text += piece.toString();
      return true;
    },
    onEnd: (last) => resolve(text + (last?.toString() ?? '')),
    onFailure: reject,
    ...of,
  });
  return { answer: promise, call };
};

const failedFor = (reason: string) => (error: unknown) => error instanceof UpstreamFailure && error.reason === reason;

test('a connection carries one call after another, and calls at once have one each', async () => {
  await using runtime = await aRuntime((socket) => socket.on('data', () => socket.write(HELLO)));
  const upstream = new Upstream(runtime.socketPath, TIMEOUTS);
  for (let at = 0; at < 3; at += 1) assert.equal(await send(upstream).answer, 'hello');
  assert.equal(runtime.connections(), 1);
  await Promise.all([send(upstream).answer, send(upstream).answer, send(upstream).answer]);
  assert.equal(runtime.connections(), 3);
});

test('a body goes up whole, with its length or in chunks', async () => {
  await using runtime = await aRuntime((socket) => {
    let text = '';
    socket.on('data', (piece: Buffer) => {
      text += piece.toString();
      if (text.endsWith('0\r\n\r\n') || text.endsWith('sized')) {
        const body = JSON.stringify(text.split('\r\n\r\n').slice(1));
        text = '';
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      }
    });
  });
  const upstream = new Upstream(runtime.socketPath, TIMEOUTS);
  const body = new PassThrough();
  const { answer } = send(upstream, request({ method: 'POST', body }));
  body.write('one');
  setImmediate(() => body.end('three'));
  assert.deepEqual(JSON.parse(await answer).join(''), '3\r\none\r\n5\r\nthree\r\n0');
  const sized = new PassThrough().end('sized');
  assert.deepEqual(JSON.parse(await send(upstream, request({ method: 'POST', body: sized, headers: ['content-length', '5'] })).answer), [
    'sized',
  ]);
  assert.equal(runtime.connections(), 1);
});

test('where nobody listens nothing was read', async () => {
  const upstream = new Upstream('/nowhere/at/all', TIMEOUTS);
  const body = new PassThrough();
  await assert.rejects(send(upstream, request({ method: 'POST', body })).answer, failedFor('unreachable'));
  assert.equal(body.destroyed, false, 'the body can be sent again');
});

test('a call that meets a kept connection whose other end is going is told whether anybody read it', async () => {
  await using runtime = await aRuntime((socket) => socket.once('data', () => socket.end(HELLO)));
  const upstream = new Upstream(runtime.socketPath, TIMEOUTS);
  assert.equal(await send(upstream).answer, 'hello');
  // The end may be known by now or not.
  const again = await send(upstream).answer.catch((error: unknown) => error);
  assert.ok(again === 'hello' || failedFor('unreachable')(again) || failedFor('broke_off')(again), String(again));
});

test('an answer that breaks off fails, and one that is no HTTP', async () => {
  await using runtime = await aRuntime((socket, count) => {
    socket.once('data', () =>
      count === 1 ? socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf') : socket.write('what?\r\n\r\n'),
    );
  });
  const upstream = new Upstream(runtime.socketPath, TIMEOUTS);
  await assert.rejects(send(upstream).answer, failedFor('broke_off'));
  await assert.rejects(send(upstream).answer, failedFor('malformed'));
});

test('an answer that was given without reading the body is read, although the rest of the body can no longer be written', async () => {
  await using runtime = await aRuntime((socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 401 Unauthorized\r\nContent-Length: 5\r\nConnection: close\r\n\r\nno, n');
      socket.destroySoon();
    });
  });
  const upstream = new Upstream(runtime.socketPath, TIMEOUTS);
  for (let at = 0; at < 50; at += 1) {
    const body = Readable.from(Array.from({ length: 32 }, () => Buffer.alloc(64 * 1024)));
    assert.equal(await send(upstream, request({ method: 'POST', body })).answer, 'no, n');
  }
});

test('a runtime that says nothing fails its call, one that is slow within an answer does not', async () => {
  await using runtime = await aRuntime((socket, count) => {
    if (count === 1) return;
    socket.once('data', () => {
      socket.write(HELLO.slice(0, -1));
      setTimeout(() => socket.write(HELLO.slice(-1)), 300);
    });
  });
  const upstream = new Upstream(runtime.socketPath, { ...TIMEOUTS, responseMs: 100 });
  await assert.rejects(send(upstream).answer, failedFor('silent'));
  assert.equal(await send(upstream).answer, 'hello');
});

test('a slow upload is no silence', async () => {
  await using runtime = await aRuntime((socket) => {
    socket.on('data', (piece: Buffer) => {
      if (piece.toString().endsWith('0\r\n\r\n')) socket.write(HELLO);
    });
  });
  const upstream = new Upstream(runtime.socketPath, { ...TIMEOUTS, responseMs: 200 });
  const body = new PassThrough();
  const { answer } = send(upstream, request({ method: 'POST', body }));
  let left = 10;
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) return body.write('x');
    clearInterval(timer);
    return body.end();
  }, 60);
  assert.equal(await answer, 'hello');
});

test('connections that nobody uses end', async () => {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  await using runtime = await aRuntime((socket) => socket.on('data', () => socket.write(HELLO)).once('end', resolve));
  const upstream = new Upstream(runtime.socketPath, { ...TIMEOUTS, keepAliveMs: 50 });
  await send(upstream).answer;
  await ended;
});

test('an answer before the whole body ends the connection, and a call that was given up is not told anything', async () => {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  await using runtime = await aRuntime((socket) => socket.on('data', () => socket.write(HELLO)).once('close', resolve));
  const upstream = new Upstream(runtime.socketPath, TIMEOUTS);
  const body = new PassThrough();
  assert.equal(await send(upstream, request({ method: 'POST', body })).answer, 'hello');
  await ended;
  assert.equal(body.destroyed, true);
  const { answer, call } = send(upstream);
  call.abort();
  const other = send(upstream);
  assert.equal(await Promise.race([answer, other.answer.then(() => 'the other')]), 'the other');
});
