/** What HTTP/2 lets a visitor do to a server, frame by frame, before a real edge while others go about their business. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, type ClientHttp2Session } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { aHead, END_HEADERS, END_STREAM, frame, indexed, literal, RawSession, setting, TYPE, word } from './frames.ts';
import { sendEndlessly } from './raw.ts';
import { deploy, edgePort, residentMb } from './seen.ts';

/** So much that a server without a bound would show it; each attack is over long before. */
const ENDLESS = 8_000_000;
const MOST_GROWTH_MB = 100;

const GOLDEN = join(import.meta.dirname, '..', '..', 'src', 'edge', 'golden', 'tls');
const CODE = `let seen = 0;
export default { async fetch(request) {
  const { pathname } = new URL(request.url);
  if (pathname === '/seen') return new Response(String(seen));
  seen += 1;
  await request.arrayBuffer();
  if (pathname !== '/large') return new Response('fine');
  let left = 320;
  const pull = (controller) => (left-- > 0 ? controller.enqueue(new Uint8Array(65_536)) : controller.close());
  return new Response(new ReadableStream({ pull }));
} };`;

const certificates = mkdtempSync(join(tmpdir(), 'sb-tls-'));
for (const kind of ['key', 'pem']) copyFileSync(join(GOLDEN, `one.${kind}`), join(certificates, `default.${kind}`));
after(() => rmSync(certificates, { recursive: true, force: true }));
const server = await startServer({ args: ['--tls-dir', certificates] });
after(() => server[Symbol.asyncDispose]());
const host = await deploy(server, 'busy', CODE);
const port = edgePort(server);
const edge = server.half('edge') ?? 0;

const visitor: ClientHttp2Session = connect(`https://127.0.0.1:${port}`, { servername: host, rejectUnauthorized: false });
visitor.on('error', () => {}); // Each of its requests tells.
after(() => visitor.destroy());

const good = async (path = '/'): Promise<string> => {
  const stream = visitor.request({ ':path': path, ':authority': host });
  const [headers] = await once(stream, 'response');
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  assert.equal(headers[':status'], 200);
  return text;
};

/** Others are served all the while, on a connection of their own, and the edge neither grows nor dies. */
const whileOthersAreServed = async (attack: () => Promise<void>): Promise<void> => {
  await good();
  const before = residentMb(edge);
  const over = new AbortController();
  const others = (async () => {
    while (!over.signal.aborted) {
      assert.equal(await good(), 'fine');
      await wait(5);
    }
  })();
  others.catch(() => {}); // Looked at below.
  await attack().finally(() => over.abort());
  await others;
  const grown = residentMb(edge) - before;
  assert.ok(grown < MOST_GROWTH_MB, `memory grew by ${grown} MB`);
  assert.equal(server.half('edge'), edge);
};

const open = (settings?: Buffer): Promise<RawSession> => RawSession.open(port, host, settings);
const REQUEST = END_HEADERS + END_STREAM;

/** So many streams, each made of what is given, as one piece. */
const streams = (count: number, make: (id: number) => Buffer, first = 1): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, index) => make(first + 2 * index)));

const codesOf = (session: RawSession, type: number): readonly number[] =>
  session.of(type).map(({ payload }) => payload.readUInt32BE(type === TYPE.goAway ? 4 : 0));

const ENHANCE_YOUR_CALM = 11;

test('[B-9] streams opened and reset at once, again and again, end their connection', async () => {
  const before = Number(await good('/seen'));
  let sent = 0;
  await whileOthersAreServed(async () => {
    const session = await open();
    for (let id = 1; id < 200_000 && session.socket.writable; id += 200) {
      const piece = streams(
        100,
        (each) => Buffer.concat([frame(TYPE.headers, REQUEST, each, aHead(host)), frame(TYPE.reset, 0, each, word(8))]),
        id,
      );
      session.socket.write(piece);
      sent += 100;
      await wait(1);
    }
    await session.closed;
  });
  assert.ok(sent < 20_000, `${sent} streams`);
  assert.ok(Number(await good('/seen')) - before < 10_000);
});

test('[B-9] a head, pings, settings or empty frames without end end their connection', async () => {
  const start = frame(TYPE.headers, END_STREAM, 1, aHead(host));
  const post = frame(TYPE.headers, END_HEADERS, 1, aHead(host, '/', 'POST'));
  const none = Buffer.alloc(0);
  const floods: readonly [by: string, start: Buffer, piece: Buffer][] = [
    ['continuations', start, frame(TYPE.continuation, 0, 1, literal('a', 'b'))],
    ['empty continuations', start, frame(TYPE.continuation, 0, 1)],
    ['pings', none, frame(TYPE.ping, 0, 0, Buffer.alloc(8))],
    ['settings', none, frame(TYPE.settings, 0, 0, setting(4, 65_535))],
    ['a frame of many settings', none, frame(TYPE.settings, 0, 0, Buffer.concat(Array.from({ length: 40 }, () => setting(4, 65_535))))],
    ['empty data', post, frame(TYPE.data, 0, 1)],
    ['priorities', none, frame(TYPE.priority, 0, 1, Buffer.concat([word(0), Buffer.from([1])]))],
    ['frames of no known type', none, frame(99, 0, 0, Buffer.alloc(20))],
    ['data on no stream', none, frame(TYPE.data, 0, 1, Buffer.alloc(20))],
  ];
  for (const [by, begin, piece] of floods) {
    await whileOthersAreServed(async () => {
      const session = await open();
      session.socket.write(begin);
      const sent = await sendEndlessly(session.socket, Buffer.concat(Array.from({ length: 100 }, () => piece)), ENDLESS);
      assert.ok(sent < ENDLESS, by);
      await session.closed;
    });
  }
});

test('[B-9] pings whose answers nobody reads end their connection', async () => {
  await whileOthersAreServed(async () => {
    const session = await open();
    session.socket.pause();
    const pings = Buffer.concat(Array.from({ length: 1_000 }, () => frame(TYPE.ping, 0, 0, Buffer.alloc(8))));
    const sent = await sendEndlessly(session.socket, pings, ENDLESS);
    assert.ok(sent < ENDLESS);
    session.socket.destroy();
  });
});

const held = (id: number): Buffer => frame(TYPE.headers, END_HEADERS, id, aHead(host, '/', 'POST'));
const broken = (id: number): Buffer => frame(TYPE.headers, REQUEST, id, Buffer.concat([aHead(host), literal('Upper', 'x')]));

test('[B-9] streams beyond those allowed, and broken ones in numbers, end their connection', async () => {
  for (const make of [held, broken]) {
    await whileOthersAreServed(async () => {
      const session = await open();
      session.socket.write(streams(2_000, make));
      await session.closed;
    });
  }
});

test('[B-9] a head that grows out of the table of headers is refused, and reaches no Worker', async () => {
  const before = Number(await good('/seen'));
  const session = await open();
  const seed = Buffer.concat([aHead(host), literal('bomb', 'x'.repeat(3_900), true)]);
  const bomb = Buffer.concat([aHead(host), ...Array.from({ length: 12_000 }, () => indexed(62))]); // 47 MB in 12 KB
  const many = Buffer.concat([aHead(host), ...Array.from({ length: 200 }, () => literal('a', 'b'))]);
  const grown = residentMb(edge);
  session.socket.write(frame(TYPE.headers, REQUEST, 1, seed));
  session.socket.write(streams(50, (id) => frame(TYPE.headers, REQUEST, id, bomb), 3));
  session.socket.write(streams(50, (id) => frame(TYPE.headers, REQUEST, id, many), 103));
  await until('each to be refused', () => codesOf(session, TYPE.reset).length === 100);
  assert.deepEqual(new Set(codesOf(session, TYPE.reset)), new Set([ENHANCE_YOUR_CALM]));
  assert.ok(residentMb(edge) - grown < MOST_GROWTH_MB);
  session.socket.destroy();
  assert.equal(Number(await good('/seen')) - before, 1);
});

test('[B-9] visitors who open no window get the heads of their answers and hold no more than that', async () => {
  await whileOthersAreServed(async () => {
    const sessions = await Promise.all(Array.from({ length: 2 }, () => open(setting(4, 0))));
    for (const session of sessions) session.socket.write(streams(100, (id) => frame(TYPE.headers, REQUEST, id, aHead(host, '/large'))));
    await until('each to have its head', () => sessions.every((session) => session.of(TYPE.headers).length === 100));
    assert.ok(sessions.every((session) => session.of(TYPE.data).every(({ payload }) => payload.byteLength === 0)));
    for (const { socket } of sessions) socket.destroy();
  });
});

test('[B-2] over TLS too, no other protocol is switched to', async () => {
  const socket = connectTls({ port, host: '127.0.0.1', servername: host, ALPNProtocols: ['http/1.1'], rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString()));
  const post = (upgrade: string): string =>
    `POST /a HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\nContent-Length: 5\r\n\r\nhello`;
  for (const [answers, upgrade] of ['h2c', 'websocket'].entries()) {
    socket.write(post(upgrade));
    await until(`${upgrade} to be answered`, () => (text.match(/HTTP\/1\.1 200 /g) ?? []).length === answers + 1);
  }
  socket.destroy();
});
