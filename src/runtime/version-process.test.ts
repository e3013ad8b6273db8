import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test from 'node:test';
import type { VersionSpec } from '../domain/index.ts';
import { CF_BLOB_HEADER, planProcess, SCHEME_HEADER, type Where } from './plan.ts';
import { VersionProcess } from './version-process.ts';
import { aWorkbench, ask, HELLO, until } from './workbench.ts';

/** A module with `add(a, b)`, written by hand. */
const ADD_WASM = Buffer.from('0061736d0100000001070160027f7f017f030201000707010361646400000a09010700200020016a0b', 'hex');

const gone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

test('[X-19] all kinds of modules load, under the names they were uploaded with', async (t) => {
  const bench = await aWorkbench(t);
  const spec = await bench.aVersion(
    {
      'src/index.js': `import text from './0a1b-note.txt'; import data from '../bytes.bin'; import json from '../data.json';
      import add from '../add.wasm'; import old from '../old.cjs'; import { Buffer } from 'node:buffer';
      const wasm = new WebAssembly.Instance(add);
      export default { fetch: () => Response.json([text, Buffer.from(data).toString('hex'), json, wasm.exports.add(2, 3), old.name]) };`,
      'src/0a1b-note.txt': 'a note',
      'bytes.bin': Uint8Array.of(0, 255, 10),
      'data.json': '{"deep":[1]}',
      'add.wasm': ADD_WASM,
      'old.cjs': `module.exports = { name: 'commonjs' };`,
    },
    { compatibilityDate: '2026-01-01', compatibilityFlags: ['nodejs_compat'] },
  );
  await using running = await VersionProcess.start(spec, bench);
  assert.deepEqual(JSON.parse(await ask(running.socketPath)), ['a note', '00ff0a', { deep: [1] }, 5, 'commonjs']);
});

test('[X-20] bindings arrive as Cloudflare gives them', async (t) => {
  const bench = await aWorkbench(t);
  const spec = await bench.aVersion(
    { 'index.js': 'export default { fetch: (_, env) => Response.json(env) };' },
    {
      tag: 'v1',
      bindings: [
        { type: 'plain_text', name: 'TEXT', text: 'plain' },
        { type: 'json', name: 'JSON', json: { a: [null, 'é'] } },
        { type: 'secret_text', name: 'SECRET', text: 'hush "quoted"\nsecond line' },
        { type: 'version_metadata', name: 'VERSION' },
      ],
    },
  );
  await using running = await VersionProcess.start(spec, bench);
  assert.deepEqual(JSON.parse(await ask(running.socketPath)), {
    TEXT: 'plain',
    JSON: { a: [null, 'é'] },
    SECRET: 'hush "quoted"\nsecond line',
    VERSION: { id: spec.id, tag: 'v1', timestamp: '2026-11-01T10:00:00.000001Z' },
  });
});

test('[X-20] a service-worker script finds wasm, text and data as globals', async (t) => {
  const bench = await aWorkbench(t);
  const script = `addEventListener('fetch', (event) => event.respondWith(new Response(
    [new WebAssembly.Instance(ADD).exports.add(2, 3), NOTE, new Uint8Array(BYTES).length].join())));`;
  const spec = await bench.aVersion(
    { 'script.js': script, 'a.wasm': ADD_WASM, 'b.txt': 'a note', 'c.bin': Uint8Array.of(1, 2) },
    {
      syntax: 'service-worker',
      bindings: [
        { type: 'wasm_module', name: 'ADD', part: 'a.wasm' },
        { type: 'text_blob', name: 'NOTE', part: 'b.txt' },
        { type: 'data_blob', name: 'BYTES', part: 'c.bin' },
      ],
    },
  );
  await using running = await VersionProcess.start(spec, bench);
  assert.equal(await ask(running.socketPath), '5,a note,2');
});

test('[X-3] secrets stand in no file, and the process gets nothing of our own environment', async (t) => {
  const bench = await aWorkbench(t);
  const spec = await bench.aVersion({ 'index.js': HELLO }, { bindings: [{ type: 'secret_text', name: 'TOKEN', text: 'hush-hush' }] });
  await using running = await VersionProcess.start(spec, bench);
  const folder = dirname(running.socketPath);
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  for (const name of ['config.capnp', 'process.json']) assert.doesNotMatch(await readFile(join(folder, name), 'utf8'), /hush/);
  assert.equal(await readFile(`/proc/${running.pid}/environ`, 'utf8'), 'SB_SECRET_0=hush-hush\0');
});

test('[X-21] request.cf is what the edge says in its header, and the Worker does not see the header', async (t) => {
  const bench = await aWorkbench(t);
  const source = `export default { fetch: (request) => Response.json([request.cf, request.headers.get('${CF_BLOB_HEADER}')]) };`;
  await using running = await VersionProcess.start(await bench.aVersion({ 'index.js': source }), bench);
  assert.deepEqual(JSON.parse(await ask(running.socketPath, '/', { [CF_BLOB_HEADER]: '{"colo":"AMS"}' })), [{ colo: 'AMS' }, null]);
});

test('[X-21] request.url has the scheme the edge says, and the Worker does not see that header either', async (t) => {
  const bench = await aWorkbench(t);
  const source = `export default { fetch: (request) => Response.json([request.url, request.headers.get('${SCHEME_HEADER}')]) };`;
  await using running = await VersionProcess.start(await bench.aVersion({ 'index.js': source }), bench);
  const [url, seen] = JSON.parse(await ask(running.socketPath, '/a', { [SCHEME_HEADER]: 'https' }));
  assert.deepEqual([new URL(url).protocol, seen], ['https:', null]);
});

const withoutCache = (spec: VersionSpec, where: Where) => planProcess(spec, { ...where, cacheSocket: undefined });

test('[X-28] in a trial the Cache API works and holds nothing', async (t) => {
  const bench = await aWorkbench(t);
  const source = `export default { async fetch(request) {
    const said = [];
    for (const cache of [caches.default, await caches.open('named')]) {
      await cache.put(request.url, new Response('kept', { headers: { 'cache-control': 'max-age=60' } }));
      said.push((await cache.match(request.url)) ?? null, await cache.delete(request.url));
    }
    return Response.json(said);
  } };`;
  await using running = await VersionProcess.start(await bench.aVersion({ 'index.js': source }), { ...bench, plan: withoutCache });
  assert.deepEqual(JSON.parse(await ask(running.socketPath)), [null, false, null, false]);
});

test('what the version writes to its console is passed on line by line', async (t) => {
  const bench = await aWorkbench(t);
  const lines: string[] = [];
  const source = `export default { fetch() { console.log('one\\ntwo'); console.error('three'); return new Response('x'); } };`;
  await using running = await VersionProcess.start(await bench.aVersion({ 'index.js': source }), {
    ...bench,
    onLog: (line) => lines.push(line),
  });
  await ask(running.socketPath);
  await until(() => lines.length === 3, 'three lines were seen');
  assert.deepEqual(lines.toSorted(), ['one', 'three', 'two']);
});

test('it tells its memory and its CPU time', async (t) => {
  const bench = await aWorkbench(t);
  await using running = await VersionProcess.start(await bench.aVersion({ 'index.js': HELLO }), bench);
  assert.ok((running.residentBytes() ?? 0) > 10e6);
  assert.ok((running.startupCpuMs ?? 0) > 1 && (running.cpuMs() ?? 0) >= (running.startupCpuMs ?? 0));
});

test('[X-22] draining waits for the requests in flight, and then for waitUntil', async (t) => {
  const bench = await aWorkbench(t);
  const lines: string[] = [];
  const source = `export default { async fetch(request, env, ctx) {
    ctx.waitUntil(scheduler.wait(700).then(() => console.log('waited')));
    await scheduler.wait(300); return new Response('answered'); } };`;
  await using running = await VersionProcess.start(await bench.aVersion({ 'index.js': source }), {
    ...bench,
    onLog: (line) => lines.push(line),
  });
  running.enter('request');
  const answer = ask(running.socketPath).finally(() => running.leave('request'));
  const drained = running.drain({ waitUntilGraceMs: 1500, deadlineMs: 10_000 });
  assert.equal(await answer, 'answered');
  await drained;
  assert.deepEqual(lines, ['waited']);
  assert.ok(gone(running.pid));
  assert.deepEqual(await readdir(bench.runtimeDir), []);
});

test('[X-22] a request that outlasts the deadline does not keep the process', async (t) => {
  const bench = await aWorkbench(t);
  const source = `export default { async fetch() { await scheduler.wait(60000); return new Response('late'); } };`;
  await using running = await VersionProcess.start(await bench.aVersion({ 'index.js': source }), bench);
  running.enter('request');
  const broken = assert.rejects(ask(running.socketPath).finally(() => running.leave('request')));
  await running.drain({ waitUntilGraceMs: 30_000, deadlineMs: 100, killAfterMs: 100 });
  assert.deepEqual(await running.exited, { code: null, signal: 'SIGKILL', fault: undefined });
  await broken;
});

test('[X-22] a process that never served is drained at once', async (t) => {
  const bench = await aWorkbench(t);
  await using running = await VersionProcess.start(await bench.aVersion({ 'index.js': HELLO }), bench);
  const began = performance.now();
  await running.drain({ waitUntilGraceMs: 30_000, deadlineMs: 30_000 });
  assert.ok(performance.now() - began < 10_000);
  assert.deepEqual(await running.exited, { code: 0, signal: null, fault: undefined });
});

test('a runtime folder too long for sockets is refused in words', async (t) => {
  const bench = await aWorkbench(t);
  const runtimeDir = join(bench.runtimeDir, 'x'.repeat(90));
  await assert.rejects(
    VersionProcess.start(await bench.aVersion({ 'index.js': HELLO }), { ...bench, runtimeDir }),
    /too long for unix sockets/,
  );
});
