import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { Client } from 'undici';
import { closeInside, insideServer, listenInside } from './inside-server.ts';
import { aFolder } from './testing.ts';

test('whoever is heard is answered, also where that fails', async (t) => {
  const server = insideServer(async (request) => {
    for await (const _ of request) continue;
    throw new RangeError('too deep');
  });
  const socketPath = join(aFolder(t), 'socket');
  await listenInside(server, socketPath);
  t.after(() => closeInside(server));
  const client = new Client('http://observe', { socketPath });
  t.after(() => client.destroy());
  const { statusCode, body } = await client.request({ method: 'POST', path: '/', body: 'told' });
  assert.deepEqual([statusCode, await body.json()], [500, { error: 'RangeError: too deep' }]);
});
