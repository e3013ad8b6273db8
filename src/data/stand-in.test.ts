import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { AWAY, AWAY_HEADER, StandIn } from './stand-in.ts';

const PATIENCE_MS = 300;

/** A socket that listens. This process, which holds it, lets go of what it takes there itself. */
const aHeldSocket = async (t: TestContext): Promise<{ readonly path: string; readonly descriptor: number }> => {
  const folder = await mkdtemp(join(tmpdir(), 'sb-'));
  const path = join(folder, 's');
  const server = createServer((socket) => socket.on('error', () => undefined).destroy());
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.after(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });
  return { path, descriptor: descriptorOf(server) };
};

/** Node has no other word for it. */
const descriptorOf = (server: Server): number => (server as unknown as { readonly _handle: { readonly fd: number } })._handle.fd;

const ask = (path: string): Promise<string> =>
  new Promise((resolve) => {
    request({ socketPath: path, method: 'PUT', path: '/' }, (answer) => {
      answer.resume();
      resolve(`${answer.statusCode} ${answer.statusMessage} ${String(answer.headers[AWAY_HEADER])}`);
    })
      .once('error', ({ message }) => resolve(message))
      .end('a value');
  });

const standIns = (): readonly number[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => new RegExp(`^ *\\d+ +${process.pid} `).test(line) && line.includes(AWAY_HEADER))
    .map((line) => Number(line.trim().split(' ')[0]));

const until = async (isTrue: () => boolean): Promise<void> => {
  for (const deadline = performance.now() + 20_000; !isTrue(); await wait(20)) assert.ok(performance.now() < deadline);
};

test('[C-10] who comes back in time is not stood in for, and who does not is, again where that ends, until it is back', async (t) => {
  const { path, descriptor } = await aHeldSocket(t);
  let begun = 0;
  using standIn = new StandIn([descriptor], { patienceMs: PATIENCE_MS, onBegin: () => (begun += 1) });
  standIn.away();
  standIn.back();
  await wait(2 * PATIENCE_MS);
  assert.deepEqual([begun, standIns()], [0, []]);
  standIn.away();
  standIn.away();
  await until(() => standIns().length === 1);
  assert.match(await askUntilRefused(path), new RegExp(`^503 ${AWAY.slice(0, 30)}.* 1$`));
  const [pid = 0] = standIns();
  process.kill(pid, 'SIGKILL');
  await until(() => begun === 2 && standIns().length === 1);
  standIn.back();
  await until(() => standIns().length === 0);
  await wait(2 * PATIENCE_MS);
  assert.deepEqual([begun, standIns()], [2, []]);
});

const askUntilRefused = async (path: string): Promise<string> => {
  for (let each = 0; each < 200; each += 1) {
    const said = await ask(path);
    if (said.startsWith('503')) return said;
  }
  return '';
};
