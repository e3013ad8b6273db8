/**
 * Visitors with bad intentions, in a process of their own so that what they cost is not measured with the rest. Told
 * `begin`, they come and say `there` when all who hold on to something have it; told `end`, they leave and say `gone`.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { WebSocket } from 'ws';
import { CROWD } from './crowd.ts';

const DRIP_EVERY_MS = 5_000;
/** Of an endless body, each sends so much, so often: 6 MB/s. Faster ones would measure what copying costs this machine. */
const ENDLESS = { piece: Buffer.from(`fa00\r\n${'x'.repeat(64_000)}\r\n`), everyMs: 10 };

const begin = async (port: number, host: string): Promise<() => Promise<void>> => {
  const sockets = new Set<Socket>();
  const over = new AbortController();
  const { signal } = over;
  const dial = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1').on('error', () => socket.destroy());
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    await once(socket, 'connect');
    return socket;
  };
  const post = `POST / HTTP/1.1\r\nHost: ${host}\r\n`;

  /** Never quite silent, never done; cut off, it comes again. */
  const dripping = async (index: number): Promise<void> => {
    const socket = await dial();
    socket.resume().write(index % 2 === 0 ? `GET / HTTP/1.1\r\nHost: ${host}\r\nX: ` : `${post}Content-Length: 100000\r\n\r\n`);
    const timer = setInterval(() => socket.writable && socket.write('x'), DRIP_EVERY_MS);
    socket.once('close', () => {
      clearInterval(timer);
      if (!signal.aborted) dripping(index).catch(() => {});
    });
  };
  const notReading = async (): Promise<void> => {
    const socket = await dial();
    socket.pause().write(`GET /large HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  };
  const webSockets: WebSocket[] = [];
  const talking = async (): Promise<void> => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { headers: { host } });
    webSockets.push(socket);
    await once(socket, 'open');
    socket.send('here');
    await once(socket, 'message');
  };
  const headerBomb = `GET / HTTP/1.1\r\nHost: ${host}\r\n${'a: b\r\n'.repeat(10_000)}\r\n`;
  const zeros = gzipSync(Buffer.alloc(100_000_000));
  const compressedBomb = Buffer.concat([
    Buffer.from(`${post}Content-Encoding: gzip\r\nContent-Length: ${zeros.byteLength}\r\n\r\n`),
    zeros,
  ]);
  const throwing = async (): Promise<void> => {
    for (let at = 0; !signal.aborted; at += 1) {
      const socket = await dial();
      socket.resume().end(at % 5 === 0 ? compressedBomb : headerBomb);
      await wait(1000 / CROWD.bombsASecond);
    }
  };
  const pouring = async (): Promise<void> => {
    while (!signal.aborted) {
      const socket = await dial();
      socket.resume().write(`${post}Transfer-Encoding: chunked\r\n\r\n`);
      while (socket.writable && !signal.aborted) {
        if (!socket.writableNeedDrain) socket.write(ENDLESS.piece);
        await wait(ENDLESS.everyMs);
      }
    }
  };
  await inTurns(CROWD.slow, dripping);
  await inTurns(CROWD.readers, notReading);
  await inTurns(CROWD.webSockets, talking);
  const busy = [throwing(), ...Array.from({ length: CROWD.endless }, pouring)];
  return async () => {
    over.abort();
    await Promise.allSettled(busy);
    for (const socket of webSockets) socket.terminate();
    for (const socket of sockets) socket.destroy();
  };
};

const inTurns = async (count: number, come: (index: number) => Promise<void>): Promise<void> => {
  for (let at = 0; at < count; at += 50)
    await Promise.all(Array.from({ length: Math.min(50, count - at) }, (_, index) => come(at + index)));
};

const [, , port = '', host = ''] = process.argv;
let leave = async (): Promise<void> => {};
process.on('message', async (word) => {
  if (word === 'begin') leave = await begin(Number(port), host);
  else await leave();
  process.send?.(word === 'begin' ? 'there' : 'gone');
});
process.once('disconnect', () => process.exit());
