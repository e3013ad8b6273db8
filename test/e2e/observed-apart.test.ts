/** An edge on another machine: what it sees and what its versions' tracers tell comes to the control plane's. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { holdDown, startHalves } from '../support/halves.ts';
import type { Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { aWorker } from '../support/worker-form.ts';

const LOGGING = `export default { fetch(request) { console.log('asked for', new URL(request.url).pathname); return new Response('hello'); } };`;

const read = async (server: Server, path: string): Promise<Record<string, unknown>> => {
  const { baseUrl, token } = server.connection;
  const url = new URL(`/switchback/v1/workers/hello/${path}`, baseUrl);
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  const { result } = (await response.json()) as { readonly result: Record<string, unknown> };
  return result;
};

const requestsIn = async (server: Server): Promise<number> => {
  const { groups } = (await read(server, 'metrics')) as { readonly groups: readonly { readonly requests: number }[] };
  return groups.reduce((sum, { requests }) => sum + requests, 0);
};

test('[OB-34] an edge that runs apart tells over its control plane: counts exactly, while that is away too, and logs of its versions', async () => {
  await using halves = await startHalves();
  const { control, edge } = halves;
  const observability = { enabled: true, head_sampling_rate: 1 };
  await control.api('PUT', 'workers/scripts/hello', aWorker({ code: LOGGING, metadata: { observability } }));
  await control.api('POST', 'workers/scripts/hello/subdomain', { enabled: true, previews_enabled: false });
  let asked = 0;
  const visit = async (path: string): Promise<void> => {
    const { text } = await edge.visit(control.host('hello'), path);
    assert.equal(text, 'hello');
    asked += 1;
  };
  await until('the Worker to be served', async () => (await edge.visit(control.host('hello')).catch(() => undefined))?.text === 'hello');
  asked += 1;
  for (let each = 0; each < 5; each += 1) await visit('/seen');
  await until('all to be counted', async () => (await requestsIn(control)) >= asked);
  const seen = () => read(control, 'invocations?search=%2Fseen').then((result) => JSON.stringify(result));
  await until('the logs to be there', async () => (await seen()).includes('asked for'));
  {
    using _held = holdDown(control, 'control');
    for (let each = 0; each < 5; each += 1) await visit('/unseen');
  }
  await until('what happened meanwhile to be counted', async () => (await requestsIn(control).catch(() => 0)) >= asked);
  assert.equal(await requestsIn(control), asked);
});
