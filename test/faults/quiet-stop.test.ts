/** Pages of the dashboard are open while halves of the server, and then all of it, end. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { startServer, type Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { aWorker } from '../support/worker-form.ts';

/** Reads what a page keeps open until it ends; answers that end. */
const read = async ({ connection }: Server, path: string, token = connection.token): Promise<{ readonly ended: Promise<void> }> => {
  const url = `${new URL(connection.baseUrl).origin}/switchback/v1/${path}`;
  const { status, body } = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(status, 200);
  return { ended: body?.pipeTo(new WritableStream()).catch(() => undefined) ?? Promise.resolve() };
};

test('[A-20] streams that end with a half, with their token or with the server leave no stack in its log', async () => {
  await using server = await startServer();
  await server.api('PUT', 'workers/scripts/hello', aWorker());
  const live = (token?: string) => read(server, 'workers/hello/live', token);
  const first = await until('counts', () => live().catch(() => undefined));

  process.kill(server.half('observe') ?? 0, 'SIGKILL');
  await first.ended;
  const { id, value } = (await server.api('POST', 'tokens', { name: 'a page' })) as { id: string; value: string };
  const second = await until('counts again', () => live(value).catch(() => undefined));
  await server.api('DELETE', `tokens/${id}`);
  await second.ended;

  const open = [await live(), await read(server, 'events')];
  assert.equal(await server.stop(), 0);
  await Promise.all(open.map(({ ended }) => ended));
  assert.doesNotMatch(server.output, /^\s+at |\\n {4}at |AbortError|SocketError|aborted a request/m);
});
