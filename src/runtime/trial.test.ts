import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import test, { type TestContext } from 'node:test';
import type { VersionSpec } from '../domain/index.ts';
import { tryVersion, type Trial, type TrialOptions } from './trial.ts';
import { aWorkbench, HELLO } from './workbench.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

const tried = async (
  t: TestContext,
  files: Files,
  more: Partial<VersionSpec> = {},
  options: Partial<TrialOptions> = {},
): Promise<Trial> => {
  const bench = await aWorkbench(t);
  const trial = await tryVersion(await bench.aVersion(files, more), { runtimeDir: bench.runtimeDir, modules: bench.store, ...options });
  assert.deepEqual(await readdir(bench.runtimeDir), [], 'a trial leaves nothing behind');
  return trial;
};

const failed = (trial: Trial): { kind: string; message: string } => {
  assert.ok(!trial.ok);
  return { kind: trial.failure.kind, message: trial.failure.message };
};

const SERVICE_WORKER: Partial<VersionSpec> = { syntax: 'service-worker' };

test('[X-12] a trial tells handlers, named entrypoints and classes', async (t) => {
  const trial = await tried(t, {
    'src/index.js': `import { DurableObject, WorkerEntrypoint, WorkflowEntrypoint } from 'cloudflare:workers';
      import note from './note.txt';
      export class Room extends DurableObject {}
      export class Old { fetch() {} }
      export class Flow extends WorkflowEntrypoint {}
      export class Api extends WorkerEntrypoint { fetch() {} add(a, b) { return a + b; } }
      export const side = { scheduled() {} };
      export function notAHandler() {}
      export default { fetch: () => new Response(note), async scheduled() {}, helper: () => 1 };`,
    'src/note.txt': 'a note',
  });
  assert.ok(trial.ok);
  assert.deepEqual(trial.handlers, ['fetch', 'scheduled']);
  assert.deepEqual(trial.namedHandlers, [
    { name: 'Api', handlers: ['fetch'] },
    { name: 'side', handlers: ['scheduled'] },
  ]);
  assert.deepEqual(trial.classes, [
    { name: 'Flow', kind: 'workflow' },
    { name: 'Old', kind: 'durable_object' },
    { name: 'Room', kind: 'durable_object' },
  ]);
});

test('[X-12] a default export that is a class counts by its methods', async (t) => {
  const source = `import { WorkerEntrypoint } from 'cloudflare:workers'; export default class extends WorkerEntrypoint { fetch() {} }`;
  const trial = await tried(t, { 'index.js': source });
  assert.ok(trial.ok);
  assert.deepEqual(trial.handlers, ['fetch']);
});

test('[X-12] a service-worker script tells what it listens to', async (t) => {
  const trial = await tried(
    t,
    { 'script.js': `addEventListener('fetch', (e) => e.respondWith(new Response('x'))); addEventListener("scheduled", () => {});` },
    SERVICE_WORKER,
  );
  assert.ok(trial.ok);
  assert.deepEqual(trial.handlers, ['fetch', 'scheduled']);
});

test('[X-13] the startup time is the CPU time its evaluation took', async (t) => {
  const busy = `let n = 0; for (let i = 0; i < 3e7; i++) n = (n * 31 + i) % 1000003; globalThis.n = n;`;
  const quick = await tried(t, { 'index.js': HELLO });
  const slow = await tried(t, { 'index.js': `${busy}${HELLO}` });
  assert.ok(quick.ok && slow.ok);
  assert.ok(quick.startupTimeMs < 40, `hello took ${quick.startupTimeMs} ms`);
  assert.ok(slow.startupTimeMs > quick.startupTimeMs + 20, `busy took ${slow.startupTimeMs} ms`);
});

test('[X-14] an error at start is told with its message and stack', async (t) => {
  const trial = await tried(t, { 'src/index.js': `function boom() { throw new TypeError('broken at start'); }\nboom();\n${HELLO}` });
  assert.deepEqual(failed(trial), {
    kind: 'threw',
    message: 'Uncaught TypeError: broken at start\n  at src/index.js:1:25 in boom\n  at src/index.js:2:1',
  });
});

test('[X-14] the stack leads to the sources where a source map was uploaded', async (t) => {
  const map = { version: 3, sources: ['../../src/start.ts'], names: [], mappings: 'AAAA;AACA,SAASA' };
  // The second line's first column comes from line 2, column 1 of start.ts.
  const trial = await tried(t, { 'index.js': `// bundled\nthrow new Error('broken');`, 'index.js.map': JSON.stringify(map) });
  assert.deepEqual(failed(trial), { kind: 'threw', message: 'Uncaught Error: broken\n  at src/start.ts:2:1' });
});

test('[X-14] a broken source map costs the mapping, not the message', async (t) => {
  const trial = await tried(t, { 'index.js': `throw new Error('broken');`, 'index.js.map': 'not a map' });
  assert.deepEqual(failed(trial), { kind: 'threw', message: 'Uncaught Error: broken\n  at index.js:1:7' });
});

test('[X-14] a service-worker script is named in its stack as it was uploaded', async (t) => {
  const trial = await tried(t, { 'worker.js': `throw new Error('broken');` }, SERVICE_WORKER);
  assert.deepEqual(failed(trial), { kind: 'threw', message: 'Uncaught Error: broken\n  at worker.js:1:7' });
});

test('[X-15] an endless loop at start is ended by the CPU limit', async (t) => {
  const failure = failed(await tried(t, { 'index.js': 'for (;;);' }, {}, { startupCpuMs: 300 }));
  assert.deepEqual(failure, { kind: 'cpu_exceeded', message: 'Script startup exceeded CPU time limit: it used more than 300 ms.' });
});

test('[X-15] a start that takes too long is ended by the deadline', async (t) => {
  const failure = failed(await tried(t, { 'index.js': 'for (;;);' }, {}, { startupCpuMs: 60_000, startupDeadlineMs: 400 }));
  assert.deepEqual(failure, { kind: 'timed_out', message: 'Script startup timed out: it did not answer within 0.4 s.' });
});

test('[X-15] a start that fills the heap is told as such', async (t) => {
  const source = 'const a = []; for (;;) a.push(new Array(10000).fill(1.5));';
  const failure = failed(await tried(t, { 'index.js': source }, {}, { startupCpuMs: 30_000, heapLimitMb: 64 }));
  assert.deepEqual(failure, { kind: 'out_of_memory', message: 'Script startup exceeded memory limits.' });
});

test('[X-16] what this runtime does not have is told as such', async (t) => {
  const flag = failed(await tried(t, { 'index.js': HELLO }, { compatibilityFlags: ['nosuch'] }));
  assert.deepEqual(flag, { kind: 'no_such_runtime_feature', message: 'No such compatibility flag: nosuch' });
  const date = failed(await tried(t, { 'index.js': HELLO }, { compatibilityDate: '2999-01-01' }));
  assert.equal(date.kind, 'no_such_runtime_feature');
  assert.match(date.message, /requires compatibility date "2999-01-01", but the newest date supported/);
});

test('[X-16] an experimental flag is refused', async (t) => {
  const failure = failed(await tried(t, { 'index.js': HELLO }, { compatibilityFlags: ['service_binding_extra_handlers'] }));
  assert.equal(failure.kind, 'no_such_runtime_feature');
});

test('[X-17] a script that can be called by nothing is refused', async (t) => {
  const nothing = { kind: 'nothing_registered', message: 'No event handlers were registered. This script does nothing.' };
  assert.deepEqual(failed(await tried(t, { 'index.js': 'globalThis.x = 1;' })), nothing);
  assert.deepEqual(failed(await tried(t, { 'script.js': 'globalThis.x = 1;' }, SERVICE_WORKER)), nothing);
});

test('[X-17] an export that workerd would refuse later is refused in the trial, by its own name', async (t) => {
  assert.match(failed(await tried(t, { 'index.js': `export const x = 1; ${HELLO}` })).message, /Incorrect type for map entry 'x'/);
  assert.match(failed(await tried(t, { 'index.js': 'export default 5' })).message, /Incorrect type for map entry 'default'/);
});

test('[X-18] a module whose bytes changed on disk is quarantined, not run', async (t) => {
  const bench = await aWorkbench(t);
  const spec = await bench.aVersion({ 'index.js': HELLO });
  await writeFile(bench.store.path(spec.modules[0]?.digest ?? ''), `${HELLO} `);
  const trial = await tryVersion(spec, { runtimeDir: bench.runtimeDir, modules: bench.store });
  assert.equal(failed(trial).kind, 'quarantined');
});

test('a secret with a zero character is refused in words', async (t) => {
  const bench = await aWorkbench(t);
  const spec = await bench.aVersion({ 'index.js': HELLO }, { bindings: [{ type: 'secret_text', name: 'TOKEN', text: 'a\0b' }] });
  const trial = await tryVersion(spec, { runtimeDir: bench.runtimeDir, modules: bench.store });
  assert.match(failed(trial).message, /^The secret TOKEN holds a zero character/);
});
