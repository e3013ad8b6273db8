import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { ObjectFolder } from './object-folder.ts';
import { startedWith } from './proc.ts';
import { endOrphans, makeProcessFolder, writeConfig } from './process-folder.ts';
import { announceProcess } from './process-record.ts';
import { until } from './workbench.ts';

const HAS_PROC = process.platform === 'linux';

/** Starts a runtime and is killed in the turn that spawned it, before its id is written anywhere. */
const KILLED_EDGE = `
  import { armFailpoint } from ${JSON.stringify(new URL('../files/index.ts', import.meta.url).href)};
  import { Child } from ${JSON.stringify(new URL('child.ts', import.meta.url).href)};
  import { makeProcessFolder } from ${JSON.stringify(new URL('process-folder.ts', import.meta.url).href)};
  const [runtimeDir, alsoRecordedIn] = process.argv.slice(1);
  const folder = await makeProcessFolder(runtimeDir);
  const config = 'using Workerd = import "/workerd/workerd.capnp";' +
    'const config :Workerd.Config = (' +
    'services = [(name = "main", worker = (serviceWorkerScript = "addEventListener(\\'fetch\\', () => {})", compatibilityDate = "2026-01-01"))],' +
    'sockets = [(name = "main", address = "unix:' + folder.mainSocket + '", service = "main")]);';
  armFailpoint('runtime:spawned');
  await Child.spawn({ config, environment: {}, alsoRecordedIn }, folder);
`;

const aFolder = async (t: TestContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'sb-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

/** The process that nobody recorded, and the folder it was started in. */
const leftBehind = async (
  t: TestContext,
  runtimeDir: string,
  alsoRecordedIn: string,
): Promise<{ readonly pid: number; readonly config: string }> => {
  const edge = spawn(process.execPath, ['--input-type=module', '-e', KILLED_EDGE, runtimeDir, alsoRecordedIn], { stdio: 'inherit' });
  const [, signal] = (await once(edge, 'exit')) as [unknown, NodeJS.Signals | null];
  assert.equal(signal, 'SIGKILL');
  const [name = ''] = await readdir(runtimeDir);
  const config = join(runtimeDir, name, 'config.capnp');
  await until(() => startedWith(config).length === 1, 'the runtime runs without the edge');
  const [pid = 0] = startedWith(config);
  t.after(() => startedWith(config).forEach((left) => process.kill(left, 'SIGKILL')));
  return { pid, config };
};

test('[X-23] a process whose edge was killed before it could record its id is found and ended', { skip: !HAS_PROC }, async (t) => {
  const folder = await aFolder(t);
  const runtimeDir = join(folder, 'run');
  const { config } = await leftBehind(t, runtimeDir, join(folder, 'elsewhere.json'));
  assert.deepEqual(await endOrphans(runtimeDir), { ended: 1, left: [] });
  assert.deepEqual([startedWith(config), await readdir(runtimeDir)], [[], []]);
});

test('[Y-7] so is one that works on objects, wherever its sockets were', { skip: !HAS_PROC }, async (t) => {
  const folder = await aFolder(t);
  const objects = join(folder, 'objects');
  (await ObjectFolder.open(objects))[Symbol.dispose]();
  const { config } = await leftBehind(t, join(folder, 'run'), join(objects, 'owners', 'w-of-it.json'));
  // The runtime may still be making its sockets there.
  await rm(join(folder, 'run'), { recursive: true, maxRetries: 10 });
  using opened = await ObjectFolder.open(objects);
  assert.deepEqual([startedWith(config), await readdir(join(opened.path, 'owners'))], [[], []]);
});

test('[X-23] what only reads the configuration of a process is left alone', { skip: !HAS_PROC }, async (t) => {
  const runtimeDir = join(await aFolder(t), 'run');
  const folder = await makeProcessFolder(runtimeDir);
  await writeConfig(folder, 'a');
  announceProcess(folder.record, folder.config);
  assert.equal(await readFile(folder.record, 'utf8'), JSON.stringify({ config: folder.config }));
  const reader = spawn('tail', ['-f', folder.config], { stdio: 'ignore' });
  t.after(() => reader.kill('SIGKILL'));
  await once(reader, 'spawn');
  assert.deepEqual(await endOrphans(runtimeDir), { ended: 0, left: [] });
  assert.equal(reader.exitCode ?? reader.signalCode, null);
});
