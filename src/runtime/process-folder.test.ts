import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { birthOf } from './proc.ts';
import { endOrphans } from './process-folder.ts';
import { VersionProcess } from './version-process.ts';
import { aWorkbench, HELLO } from './workbench.ts';

const NONE = { ended: 0, left: [] };

test('[X-23] processes an earlier edge left behind are ended, and their folders removed', async (t) => {
  const bench = await aWorkbench(t);
  const orphan = await VersionProcess.start(await bench.aVersion({ 'index.js': HELLO }), bench);
  assert.deepEqual(await endOrphans(bench.runtimeDir), { ended: 1, left: [] });
  assert.deepEqual(await orphan.exited, { code: null, signal: 'SIGKILL', fault: undefined });
  assert.deepEqual(await readdir(bench.runtimeDir), []);
  assert.deepEqual(await endOrphans(bench.runtimeDir), NONE);
});

test('[X-23] a process that took over the id of an ended one is left alone', async (t) => {
  const bench = await aWorkbench(t);
  const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
  t.after(() => stranger.kill('SIGKILL'));
  await once(stranger, 'spawn');
  const pid = stranger.pid ?? 0;
  await mkdir(join(bench.runtimeDir, 'w-gone'), { recursive: true });
  await writeFile(join(bench.runtimeDir, 'w-gone', 'process.json'), JSON.stringify({ pid, birth: 'an earlier boot 42' }));
  assert.deepEqual(await endOrphans(bench.runtimeDir), NONE);
  assert.ok(birthOf(pid));
  assert.equal(stranger.exitCode ?? stranger.signalCode, null);
});

test('a folder without a record, and a runtime folder that does not exist yet, are nothing to worry about', async (t) => {
  const bench = await aWorkbench(t);
  assert.deepEqual(await endOrphans(bench.runtimeDir), NONE);
  await mkdir(join(bench.runtimeDir, 'w-half'), { recursive: true });
  await writeFile(join(bench.runtimeDir, 'w-half', 'process.json'), '{"pid":');
  assert.deepEqual(await endOrphans(bench.runtimeDir), NONE);
  assert.deepEqual(await readdir(bench.runtimeDir), []);
});
