/** `switchback stop`, as the one who started the server uses it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { isAlive } from '../support/processes.ts';
import { refused, succeeded } from '../support/run.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { aWorker } from '../support/worker-form.ts';

/** Needs its data to the end. */
const SLOW = `export default {
  async fetch(request, { KV }) {
    await new Promise((done) => setTimeout(done, 1500));
    await KV.put('answer', 'whole');
    return new Response(await KV.get('answer'));
  },
};`;
const STUCK = `export default { fetch: () => new Promise((done) => setTimeout(done, 60_000)) };`;

const deploy = async (server: Awaited<ReturnType<typeof startServer>>, code: string): Promise<void> => {
  const { id: namespace_id } = (await server.api('POST', 'storage/kv/namespaces', { title: 'answers' })) as { id: string };
  const bindings = [{ type: 'kv_namespace', name: 'KV', namespace_id }];
  await server.api('PUT', 'workers/scripts/hello', aWorker({ code, metadata: { bindings } }));
  await server.api('POST', 'workers/scripts/hello/subdomain', { enabled: true });
};

/** Until the version's process has a request: then the server has something to finish. */
const untilItRuns = (server: Awaited<ReturnType<typeof startServer>>): Promise<unknown> =>
  until('the Worker to run', () => server.runtimes().length > 0);

test('[E-26] stop lets requests in flight finish, waits for the end, and is told that nothing runs the second time', async () => {
  await using server = await startServer({ args: ['--drain-seconds', '3'] });
  await deploy(server, SLOW);
  const visit = server.visit('hello');
  await untilItRuns(server);
  const stopped = succeeded(await server.cli(['stop', '--json']));
  assert.deepEqual(JSON.parse(stopped.stdout), { stopped: true, data: server.data, pid: server.started.pid });
  assert.equal(isAlive(server.started.pid), false);
  assert.equal((await visit).text, 'whole');
  assert.equal(await server.exit, 0);
  const again = refused(await server.cli(['stop']));
  assert.deepEqual(
    [again.code, again.stderr],
    [3, 'switchback: No Switchback server of yours is running. Start it with: switchback start\n'],
  );
});

test('stop --now waits for no request', async () => {
  await using server = await startServer({ args: ['--drain-seconds', '60'] });
  await deploy(server, STUCK);
  const visit = server.visit('hello').catch(() => undefined);
  await untilItRuns(server);
  const { stdout, stderr } = succeeded(await server.cli(['stop', '--now']));
  assert.deepEqual([stdout, stderr], ['Stopped.\n', `Stopping the server on ${server.data} (pid ${server.started.pid}).\n`]);
  // Insisted on, a server says so in its exit code; a minute of draining would have ended it with 0.
  assert.equal(await server.exit, 143);
  await visit;
});

test('of several servers stop ends the one that is named, and else none', async () => {
  await using first = await startServer();
  const state = { XDG_STATE_HOME: join(first.folder, 'state') };
  await using second = await startServer({ env: state });
  const unnamed = refused(await first.cli(['stop'], { cwd: second.folder }));
  assert.equal(unnamed.code, 2);
  for (const { data } of [first, second]) assert.ok(unnamed.stderr.includes(`switchback stop --data ${data}`), unnamed.stderr);
  succeeded(await first.cli(['stop', '--data', second.data]));
  assert.equal(await second.exit, 0);
  succeeded(await first.cli(['stop']));
  assert.equal(await first.exit, 0);
});
