/** Two edges on one data directory would write over each other's files and end each other's processes. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { killHalf, startHalves } from '../support/halves.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { aWorker } from '../support/worker-form.ts';

test('[E-86] a second edge ends with a sentence, the first serves on, and once that was killed the next one starts', async () => {
  await using halves = await startHalves();
  const { control, edge } = halves;
  await control.api('PUT', 'workers/scripts/hello', aWorker());
  await control.api('POST', 'workers/scripts/hello/subdomain', { enabled: true, previews_enabled: false });
  const visited = async () => (await edge.visit(control.host('hello'))).text;
  await until('the Worker to be served', async () => (await visited()) === 'hello');
  const processes = edge.runtimes();

  const second = startServer({
    folder: edge.folder,
    args: ['--role', 'edge', '--control', control.started.control_url ?? ''],
    env: { SWITCHBACK_EDGE_TOKEN: 'a token only for the edges of a test' },
  });
  await assert.rejects(second, /ended with code 1:\s+switchback: .* is in use by another Switchback\. Stop that one first/);
  assert.equal(await visited(), 'hello');
  assert.deepEqual(edge.runtimes(), processes);

  const killed = killHalf(edge, 'edge');
  const next = await until('another edge', () => [edge.half('edge')].find((pid) => pid !== undefined && pid !== killed));
  await until('it to serve', async () => (await visited().catch(() => '')) === 'hello');
  assert.equal(edge.half('edge'), next, 'nothing held up its start');
});
