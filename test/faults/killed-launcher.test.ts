/** The launcher is killed and started again at once, as somebody does whose terminal hangs. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { privateFolder } from '../../src/runtime/index.ts';
import { startServer, type Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { aWorker } from '../support/worker-form.ts';

/** What a page of the dashboard keeps open, read until it ends. */
const watched = async ({ connection }: Server, path: string, signal: AbortSignal): Promise<void> => {
  const url = `${new URL(connection.baseUrl).origin}/switchback/v1/${path}`;
  const { status, body } = await fetch(url, { headers: { authorization: `Bearer ${connection.token}` }, signal });
  assert.equal(status, 200);
  void body?.pipeTo(new WritableStream()).catch(() => undefined);
};

test('[C-13] a server whose launcher was killed is started again at once, and leaves no folders of sockets when it is stopped', async () => {
  await using killed = await startServer();
  await killed.api('PUT', 'workers/scripts/hello', aWorker());
  await killed.api('POST', 'workers/scripts/hello/subdomain', { enabled: true, previews_enabled: false });
  await until('the Worker to be served', async () => (await killed.visit('hello')).text === 'hello');
  const page = new AbortController();
  await watched(killed, 'events', page.signal);
  await until('its counts', () =>
    watched(killed, 'workers/hello/live', page.signal).then(
      () => true,
      () => false,
    ),
  );

  await killed.stop('SIGKILL');
  await using next = await startServer({ folder: killed.folder });
  page.abort();
  await until('the Worker to be served again', async () => (await next.visit('hello')).text === 'hello');
  assert.doesNotMatch(next.output, /in use by another/);

  const sockets = [await privateFolder('data', next.data), await privateFolder('observe', next.data)];
  assert.equal(await next.stop(), 0);
  assert.deepEqual(sockets.filter(existsSync), []);
});
