/** What an author who looks at the terminal and at `switchback status` learns of a Worker that fails. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { succeeded } from '../support/run.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { aWorker } from '../support/worker-form.ts';

const server = await startServer({ args: ['--silent-cpu-ms', '100'] });
after(() => server[Symbol.asyncDispose]());

const CODE = `export default { fetch(request) {
  const { pathname } = new URL(request.url);
  if (pathname === '/throw') throw new TypeError('no such thing');
  if (pathname === '/loop') for (;;);
  console.log('only for who asks');
  return new Response('ok');
} };`;

await server.api('PUT', 'workers/scripts/hello', aWorker({ code: CODE }));
await server.api('POST', 'workers/scripts/hello/subdomain', { enabled: true });

const logged = (sentence: string): Readonly<Record<string, unknown>> | undefined => {
  const line = server.output.split('\n').find((text) => text.startsWith('{') && text.includes(sentence));
  return line === undefined ? undefined : JSON.parse(line);
};

test('[X-33] without any setting the terminal shows what a Worker throws, with its name, and not what it prints', async () => {
  assert.equal((await server.visit('hello')).text, 'ok');
  assert.equal((await server.visit('hello', '/throw')).status, 500);
  const { script, msg } = await until('the exception to be logged', () => logged('no such thing'));
  assert.deepEqual([script, msg], ['hello', 'Uncaught TypeError: no such thing']);
  assert.equal(logged('only for who asks'), undefined);
});

test('[X-30] with --silent-cpu-ms a loop ends soon although its version has no limit, and status tells why', async () => {
  const began = performance.now();
  assert.equal((await server.visit('hello', '/loop')).status, 502);
  // Without the setting it would have 30 s of CPU time.
  assert.ok(performance.now() - began < 15_000);
  assert.equal((await until('the loop to be logged', () => logged('more than the 100 ms it may')))['script'], 'hello');
  assert.equal((await server.visit('hello')).text, 'ok');
  const restarts = await until('the process to be told of', async () => {
    const { stdout } = succeeded(await server.cli(['status', 'hello', '--json']));
    const { deployment } = JSON.parse(stdout) as { deployment: { versions: { processes: { restarts: number }[] }[] } };
    return deployment.versions[0]?.processes[0]?.restarts;
  });
  assert.equal(restarts, 1);
});
