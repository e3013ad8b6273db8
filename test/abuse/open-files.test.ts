/** A server that may open few files, and visitors who want them all. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import test from 'node:test';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { dial } from './raw.ts';
import { deploy, edgePort } from './seen.ts';

const FILES = 256;
/** Three for every eight files. */
const SEATS = 96;
const HOLDS = `export default { fetch() {
  const pull = async (controller) => {
    controller.enqueue(new Uint8Array(10));
    await scheduler.wait(1000);
  };
  return new Response(new ReadableStream({ pull }));
} };`;

test('[B-12] with 256 open files, the edge is full at 96 visitors, and what must go on goes on', async (t) => {
  const server = await startServer({ within: ['/bin/sh', '-c', `ulimit -n ${FILES} && exec "$@"`, 'sh'] });
  t.after(() => server[Symbol.asyncDispose]());
  assert.match(server.output, /Only 256 files may be open, so 96 visitors can be connected at once/);
  const host = await deploy(server, 'holds', HOLDS);
  const [edge, control] = [server.half('edge'), server.half('control')];

  const sockets: Socket[] = [];
  t.after(() => sockets.forEach((socket) => socket.destroy()));
  const come = async (): Promise<void> => {
    const socket = await dial(edgePort(server)).catch(() => undefined);
    if (socket === undefined) return;
    sockets.push(socket);
    socket.resume().write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  };
  const held = (): readonly Socket[] => sockets.filter((socket) => !socket.destroyed && socket.bytesRead > 0);
  for (let count = 0; count < 400; count += 1) await come();
  await until('the edge to be full', () => held().length === SEATS);

  await deploy(server, 'fresh', 'export default { fetch: () => new Response("fresh") };');
  const health = await fetch(`${server.started.edge_admin_url}/readyz`);
  assert.equal(health.status, 200);
  await assert.rejects(server.visit('fresh'));

  for (const socket of held().slice(0, 2)) socket.destroy();
  const answer = await until('a seat to be free', () => server.visit('fresh').catch(() => undefined));
  assert.deepEqual([answer.status, answer.text], [200, 'fresh']);
  for (const socket of sockets) socket.destroy();
  await until('every seat to be free', async () => {
    const answers = await Promise.allSettled(Array.from({ length: SEATS - 1 }, () => server.visit('fresh')));
    return answers.every((each) => each.status === 'fulfilled');
  });
  assert.deepEqual([server.half('edge'), server.half('control')], [edge, control]);
});
