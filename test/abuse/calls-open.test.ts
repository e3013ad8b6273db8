/** How many calls of others a Worker may have open goes with what else the server is told it may have. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { startServer } from '../support/server.ts';
import { aWorker } from '../support/worker-form.ts';

/** Answers once nobody is to come any more. */
const SLOW = `export default { fetch: () => scheduler.wait(2500).then(() => new Response('done')) };`;

const CALLER = `const said = (call) => call.then((answer) => answer.text(), ({ message }) => /has (\\d+) calls/.exec(message)?.[1] ?? message);
export default {
  async fetch(request, { ONE, TWO }) {
    const calls = Array.from({ length: 15 }, () => [ONE, TWO]).flat();
    return Response.json(await Promise.all(calls.map((callee) => said(callee.fetch('http://callee/')))));
  },
};`;

const LIMITS: readonly (readonly [args: readonly string[], most: number])[] = [
  [['--requests-per-version', '20', '--websockets-per-version', '1'], 21],
  [['--requests-per-version', '20', '--calls-per-worker', '4'], 4],
];

for (const [args, most] of LIMITS) {
  test(`[F-12] with ${args.join(' ')} a Worker has ${most} calls of others open, and no more`, async () => {
    await using server = await startServer({ args });
    for (const name of ['one', 'two']) await server.api('PUT', `workers/scripts/${name}`, aWorker({ code: SLOW }));
    const bindings = ['one', 'two'].map((service) => ({ type: 'service', name: service.toUpperCase(), service }));
    await server.api('PUT', 'workers/scripts/caller', aWorker({ code: CALLER, metadata: { bindings } }));
    await server.api('POST', 'workers/scripts/caller/subdomain', { enabled: true, previews_enabled: false });
    const { text } = await server.visit('caller');
    const counts = Object.groupBy(JSON.parse(text) as readonly string[], (said) => said);
    assert.deepEqual(
      Object.entries(counts).map(([said, each]) => [said, each?.length]),
      [
        [String(most), 30 - most],
        ['done', most],
      ],
    );
  });
}
