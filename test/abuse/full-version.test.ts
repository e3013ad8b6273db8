/** As many visitors as one version may have at once, and more. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import test from 'node:test';
import { DEFAULT_LIMITS } from '../../src/edge/limits.ts';
import { openFilesLimit } from '../../src/main/open-files.ts';
import { SETTINGS } from '../../src/main/settings.ts';
import { VersionProcess } from '../../src/runtime/index.ts';
import { aWorkbench } from '../../src/runtime/workbench.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { dial, each } from './raw.ts';
import { deploy, edgePort } from './seen.ts';

const HOLDER = `export default { async fetch(request) {
  if (request.headers.get('upgrade') === 'websocket') {
    const { 0: visitor, 1: worker } = new WebSocketPair();
    worker.accept();
    worker.addEventListener('message', ({ data }) => worker.send(data));
    return new Response(null, { status: 101, webSocket: visitor });
  }
  if (new URL(request.url).pathname === '/held') await scheduler.wait(600_000);
  return new Response('fine');
} };`;

/** What browsers send beside: about a kilobyte. */
const FIELDS = Array.from({ length: 14 }, (_, index) => `x-field-${index}: ${'v'.repeat(60)}\r\n`).join('');
const HANDSHAKE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const head = (path: string, more = '', host = 'hello.test'): string => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${FIELDS}${more}\r\n`;

const MEGABYTE = 1024 * 1024;
/** Of the default limit; the rest is for what a Worker does with its requests. */
const MOST_OF_THE_LIMIT = 0.9;
const NEEDED_FILES = 2 * (DEFAULT_LIMITS.maxRequestsPerVersion + DEFAULT_LIMITS.maxWebSocketsPerVersion);

test(
  '[B-13] the requests and WebSockets that one version may have by default leave it below its memory limit',
  { skip: (openFilesLimit() ?? Infinity) < NEEDED_FILES && 'too few files may be open', timeout: 120_000 },
  async (t) => {
    const bench = await aWorkbench(t);
    const spec = await bench.aVersion({ 'index.js': HOLDER });
    await using process = await VersionProcess.start(spec, bench);
    const sockets: Socket[] = [];
    t.after(() => sockets.forEach((socket) => socket.destroy()));
    const mb = (): number => (process.residentBytes() ?? 0) / MEGABYTE;
    const crowd = async (count: number, text: string, isOpen: (socket: Socket) => Promise<unknown>): Promise<void> =>
      each(Array.from({ length: count }), 100, async () => {
        const socket = createConnection(process.socketPath);
        sockets.push(socket);
        await once(socket, 'connect');
        socket.write(text);
        await isOpen(socket);
      });
    const idle = mb();
    await crowd(DEFAULT_LIMITS.maxWebSocketsPerVersion, head('/', HANDSHAKE), (socket) => once(socket, 'data'));
    const withWebSockets = mb();
    await crowd(DEFAULT_LIMITS.maxRequestsPerVersion, head('/held'), () => Promise.resolve());
    // Connections are served in turn: what answers has read all that came before it.
    await crowd(1, head('/'), (socket) => once(socket, 'data'));
    const withAll = mb();
    t.diagnostic(
      `${idle.toFixed(0)} MB idle, ${withWebSockets.toFixed(0)} MB with all WebSockets, ${withAll.toFixed(0)} MB with all requests too`,
    );
    assert.ok(!process.hasEnded);
    assert.ok(withAll < SETTINGS.memoryLimitMb.fallback * MOST_OF_THE_LIMIT, `${withAll} MB`);
  },
);

test('[B-13] a crowd that holds more requests than a version may have is turned away, and costs nobody who is in anything', async () => {
  const most = 40;
  await using server = await startServer({ args: ['--requests-per-version', String(most)] });
  const host = await deploy(server, 'busy', HOLDER);
  await server.visit(host);
  const processes = server.runtimes();
  const held: Socket[] = [];
  try {
    for (let count = 0; count < most; count += 1) {
      const socket = await dial(edgePort(server));
      held.push(socket);
      socket.write(head('/held', '', host));
    }
    await until('the version to be full', async () => (await server.visit(host)).status === 503);
    for (let count = 0; count < 20; count += 1) {
      const { status, headers, text } = await server.visit(host, '/', { accept: 'application/json' });
      assert.deepEqual([status, headers['retry-after']], [503, '5']);
      assert.match(text, /"code":"crowded"/);
    }
    assert.equal(server.output.split('as much under way as --requests-per-version').length, 2, 'the log has it once');
    held.pop()?.destroy();
    await until('room for one', async () => (await server.visit(host)).text === 'fine');
    assert.deepEqual(server.runtimes(), processes);
  } finally {
    for (const socket of held) socket.destroy();
  }
  await until('room for all', async () => (await server.visit(host)).text === 'fine');
});
