/** Logpush of the whole product: the documentation's call, both versions of a split, and what of it outlives kills. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { aReceiver } from '../../src/observe/logpush/testing.ts';
import { idAfter } from '../support/printed.ts';
import { descendants } from '../support/processes.ts';
import { makeProject } from '../support/project.ts';
import { run, succeeded } from '../support/run.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';

/** As it stands in Cloudflare's documentation of gradual deployments. */
const DOCUMENTED = `curl -X POST 'https://api.cloudflare.com/client/v4/accounts/<ACCOUNT_ID>/logpush/jobs' \\
-H 'Authorization: Bearer <TOKEN>' \\
-H 'Content-Type: application/json' \\
-d '{
"name": "workers-logpush",
"logpull_options": "fields=Event,EventTimestampMs,Outcome,Exceptions,Logs,ScriptName,ScriptVersion",
"destination_conf": "<DESTINATION_URL>",
"dataset": "workers_trace_events",
"enabled": true
}'| jq .`;

/** Batches are sent after 30 seconds where a job does not say otherwise, and it may not say less. */
const BATCH_MS = 90_000;

interface Row {
  readonly Event: {
    readonly RayID: string;
    readonly Request: { readonly URL: string; readonly Method: string };
    readonly Response: { readonly Status: number };
  };
  readonly EventTimestampMs: number;
  readonly Outcome: string;
  readonly Exceptions: readonly { readonly Name: string; readonly Message: string }[];
  readonly Logs: readonly { readonly Level: string; readonly Message: readonly unknown[] }[];
  readonly ScriptName: string;
  readonly ScriptVersion: { readonly id: string; readonly message: string; readonly tag: string };
}

const SHOP = (version: string): string => `
export default {
  async fetch(request) {
    console.log('hello from ${version}', { path: new URL(request.url).pathname });
    if (request.url.endsWith('/throw')) throw new TypeError('there is no such hat');
    return new Response('${version}');
  },
};`;

const server = await startServer({ args: ['--allow-private-destinations'] });
after(() => server[Symbol.asyncDispose]());

const project = server.projectFolder('shop');
const wrangler = async (...args: readonly string[]) => succeeded(await server.client('4.164', args, { project, isCi: true })).combined;

test('[LP-6] [LP-13] [LP-17] the documented call makes a job; both versions arrive with their version, through kills of what sends and of the API', async (t) => {
  const receiver = await aReceiver(t);
  makeProject({ dir: project, name: 'shop', code: SHOP('v1'), config: { logpush: true } });
  const V1 = idAfter('Current Version ID:', await wrangler('deploy', '--tag', 'one', '--message', 'the first'));
  makeProject({ dir: project, name: 'shop', code: SHOP('v2'), config: { logpush: true } });
  const V2 = idAfter('Worker Version ID:', await wrangler('versions', 'upload', '--tag', 'two', '--message', 'the second'));
  await wrangler('versions', 'deploy', `${V1}@50`, `${V2}@50`, '-y');

  const { baseUrl, accountId, token } = server.connection;
  const command = DOCUMENTED.replace('https://api.cloudflare.com/client/v4', baseUrl)
    .replace('<ACCOUNT_ID>', accountId)
    .replace('<TOKEN>', token)
    .replace('<DESTINATION_URL>', `${receiver.url}/in?header_Authorization=Bearer%20CANARYofLogpush`);
  const printed = succeeded(
    await run('bash', ['-o', 'pipefail', '-c', command], { cwd: server.folder, env: { PATH: process.env['PATH'] ?? '' } }),
  );
  const made = JSON.parse(printed.stdout) as {
    success: boolean;
    messages: unknown[];
    result: { id: number; enabled: boolean; destination_conf: string };
  };
  assert.deepEqual([made.success, made.messages, made.result.enabled], [true, [], true]);
  assert.equal(made.result.destination_conf, `${receiver.url}/in?header_Authorization=REDACTED`);

  const rows = () => receiver.rows() as readonly unknown[] as readonly Row[];
  const visit = (id: string, path: string) => server.visit('shop', path, { 'cloudflare-workers-version-overrides': `shop="${id}"` });
  await visit(V1, '/first');
  await visit(V2, '/throw');
  const found = (path: string) => rows().find(({ Event }) => Event.Request.URL.endsWith(path));
  await until('both rows', () => found('/first') !== undefined && found('/throw') !== undefined, BATCH_MS);
  const [first, thrown] = [found('/first'), found('/throw')];
  assert.ok(first !== undefined && thrown !== undefined);
  assert.deepEqual(Object.keys(first), ['Event', 'EventTimestampMs', 'Outcome', 'Exceptions', 'Logs', 'ScriptName', 'ScriptVersion']);
  assert.deepEqual(first.ScriptVersion, { id: V1, message: 'the first', tag: 'one' });
  assert.deepEqual(thrown.ScriptVersion, { id: V2, message: 'the second', tag: 'two' });
  assert.deepEqual([first.Outcome, first.ScriptName, first.Event.Request.Method, first.Event.Response.Status], ['ok', 'shop', 'GET', 200]);
  assert.deepEqual(
    first.Logs.map(({ Level, Message }) => [Level, Message]),
    [['log', ['hello from v1', { path: '/first' }]]],
  );
  assert.deepEqual([thrown.Outcome, thrown.Event.Response.Status], ['exception', 500]);
  assert.deepEqual(
    thrown.Exceptions.map(({ Name, Message }) => [Name, Message]),
    [['TypeError', 'there is no such hat']],
  );
  assert.equal(receiver.received.at(-1)?.headers.authorization, 'Bearer CANARYofLogpush');

  // What waits outlives what sends, and the API's absence.
  const paths = Array.from({ length: 20 }, (_, index) => `/later-${index}`);
  for (const path of paths) await visit(V1, path);
  const spooled = async () =>
    ((await server.api('GET', `logpush/jobs/${made.result.id}`)) as { spool: { bytes: number } | null }).spool?.bytes ?? 0;
  // Each row has about 300 bytes.
  await until('all rows to be taken', async () => (await spooled()) > paths.length * 250);
  const [control, observe] = [server.half('control'), server.half('observe')];
  assert.ok(control !== undefined && observe !== undefined);
  process.kill(control, 'SIGKILL');
  process.kill(observe, 'SIGKILL');
  await until('every row', () => paths.every((path) => found(path) !== undefined), BATCH_MS);

  const shown = descendants(server.started.pid).map(({ command: line }) => line);
  for (const text of [server.output, printed.stdout, ...shown]) assert.doesNotMatch(text, /CANARY/);
});
