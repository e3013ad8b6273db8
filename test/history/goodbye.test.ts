import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { WebSocket } from 'ws';
import { startServer } from '../support/server.ts';
import { WORKER } from './deployments.ts';
import { aWitness } from './worker.ts';

test('[E-35] a server that stops says goodbye on each WebSocket that outlasts the drain time, and ends well', async () => {
  await using server = await startServer();
  await server.api('PUT', `workers/scripts/${WORKER}`, aWitness(1));
  await server.api('POST', `workers/scripts/${WORKER}/subdomain`, { enabled: true, previews_enabled: true });
  const url = `${server.edgeUrl.replace(/^http/, 'ws')}/chat`;
  const sockets = Array.from({ length: 5 }, () => new WebSocket(url, { headers: { host: server.host(WORKER) } }));
  await Promise.all(sockets.map((socket) => once(socket, 'open')));
  // Of a version that has left, too.
  await server.api('PUT', `workers/scripts/${WORKER}`, aWitness(2));
  for (const socket of sockets) socket.send('hello');
  await Promise.all(sockets.map((socket) => once(socket, 'message')));
  const closed = Promise.all(sockets.map((socket) => once(socket, 'close')));
  assert.equal(await server.stop(), 0);
  const codes = (await closed).map(([code]) => code as number);
  assert.deepEqual(codes, [1001, 1001, 1001, 1001, 1001]);
});
