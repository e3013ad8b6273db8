/**
 * Visitors who hold on to what they get, in numbers, while others go about their business. The suite takes hundreds;
 * SWITCHBACK_ABUSE=full takes 2,000 slow connections and 1,000 WebSockets. Times are told, never judged.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { startServer, type Server } from '../support/server.ts';
import { dial, each, sendRaw } from './raw.ts';
import { deploy, edgePort, residentMb } from './seen.ts';

const [SLOW, WEB_SOCKETS, GOOD] = process.env['SWITCHBACK_ABUSE'] === 'full' ? [2_000, 1_000, 2_000] : [300, 200, 300];
const DRIP_EVERY_MS = 1_000;
/** Far below what buffering the answers that nobody reads would take: 100 × 20 MB. */
const MOST_GROWTH_MB = 300;
const SLOW_READERS = 100;

const CODE = `export default { fetch(request) {
  const { pathname } = new URL(request.url);
  if (request.headers.get('upgrade') === 'websocket') {
    const { 0: visitor, 1: worker } = new WebSocketPair();
    worker.accept();
    worker.addEventListener('message', ({ data }) => worker.send(data));
    return new Response(null, { status: 101, webSocket: visitor });
  }
  if (pathname !== '/large') return new Response('fine');
  let left = 320;
  const pull = (controller) => (left-- > 0 ? controller.enqueue(new Uint8Array(65_536)) : controller.close());
  return new Response(new ReadableStream({ pull }));
} };`;

const p99 = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;

interface Business {
  readonly server: Server;
  readonly host: string;
  readonly port: number;
}

/** One request on a kept-alive connection: its status, and how long it took in milliseconds. */
const good = async ({ host, port }: Business, agent: Agent): Promise<readonly [status: number | undefined, ms: number]> => {
  const begun = performance.now();
  const outgoing = request({ host: '127.0.0.1', port, agent, headers: { host } }).end();
  const [incoming] = await once(outgoing, 'response');
  await once(incoming.resume(), 'end');
  return [incoming.statusCode, performance.now() - begun];
};

/** Good visitors, and an operator among them; every one of them must be served. */
const goAboutBusiness = async (business: Business): Promise<{ readonly visits: number; readonly calls: number }> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const visits: number[] = [];
  const calls: number[] = [];
  await each(
    Array.from({ length: GOOD }, (_, index) => index),
    4,
    async (index) => {
      const [status, ms] = await good(business, agent);
      assert.equal(status, 200, `request ${index}`);
      visits.push(ms);
      if (index % 20 > 0) return;
      const begun = performance.now();
      await business.server.api('GET', 'workers/scripts');
      calls.push(performance.now() - begun);
    },
  );
  agent.destroy();
  return { visits: p99(visits), calls: p99(calls) };
};

/** Sends a byte of this now and then, over and over: never quite silent, never done. */
const dripping = async (port: number, start: string, drip: string): Promise<Socket> => {
  const socket = await dial(port);
  socket.resume().write(start);
  const timer = setInterval(() => socket.writable && socket.write(drip), DRIP_EVERY_MS);
  socket.once('close', () => clearInterval(timer));
  return socket;
};

const crowdOf = async (count: number, make: (index: number) => Promise<Socket>): Promise<Socket[]> => {
  const sockets: Socket[] = [];
  await each(
    Array.from({ length: count }, (_, index) => index),
    50,
    async (index) => void sockets.push(await make(index)),
  );
  return sockets;
};

const echoing = async ({ host, port }: Business): Promise<WebSocket> => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { headers: { host } });
  await once(socket, 'open');
  socket.send('still there');
  assert.equal(String((await once(socket, 'message'))[0]), 'still there');
  return socket;
};

const aBusiness = async (t: TestContext): Promise<Business> => {
  const server = await startServer();
  t.after(() => server[Symbol.asyncDispose]());
  const host = await deploy(server, 'busy', CODE);
  await server.visit(host);
  return { server, host, port: edgePort(server) };
};

test(
  '[B-4] slow heads, slow bodies, slow readers and WebSockets in numbers cost the others no request',
  { timeout: 300_000 },
  async (t) => {
    const business = await aBusiness(t);
    const { server, host, port } = business;
    const edge = server.half('edge') ?? 0;
    await goAboutBusiness(business);
    const before = residentMb(edge);
    const idle = await goAboutBusiness(business);

    const slow = await crowdOf(SLOW, (index) =>
      index % 2 === 0
        ? dripping(port, `GET / HTTP/1.1\r\nHost: ${host}\r\nX: `, 'x')
        : dripping(port, `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 100000\r\n\r\n`, 'x'),
    );
    const readers = await crowdOf(SLOW_READERS, async () => {
      const socket = await dial(port);
      socket.pause().write(`GET /large HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      return socket;
    });
    const webSockets: WebSocket[] = [];
    await each(Array.from({ length: WEB_SOCKETS }), 20, async () => void webSockets.push(await echoing(business)));

    const over = new AbortController();
    const bombs = (async () => {
      const bomb = `GET / HTTP/1.1\r\nHost: ${host}\r\n${'a: b\r\n'.repeat(10_000)}\r\n`;
      for (let sent = 0; sent < 10_000 && !over.signal.aborted; sent += 1) await sendRaw(port, bomb, 2_000);
    })();
    const abused = await goAboutBusiness(business);
    over.abort();
    await bombs;
    const grown = residentMb(edge) - before;

    await Promise.all(
      webSockets.slice(0, 20).map(async (socket) => {
        socket.send('and now');
        assert.equal(String((await once(socket, 'message'))[0]), 'and now');
      }),
    );
    for (const socket of [...slow, ...readers]) socket.destroy();
    for (const socket of webSockets) socket.terminate();
    assert.equal(server.half('edge'), edge);
    await goAboutBusiness(business);
    const told = (of: typeof idle): string => `requests ${of.visits.toFixed(1)} ms, API ${of.calls.toFixed(1)} ms`;
    t.diagnostic(`${SLOW} slow connections, ${SLOW_READERS} slow readers, ${WEB_SOCKETS} WebSockets`);
    t.diagnostic(`p99 idle: ${told(idle)}; under abuse: ${told(abused)}; the edge's memory grew by ${grown.toFixed(0)} MB`);
    assert.ok(grown < MOST_GROWTH_MB, `memory grew by ${grown} MB`);
  },
);
