import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { confineMemory } from './cgroup.ts';
import { aWorkbench } from './workbench.ts';

const aProcess = { pid: 4242, exited: new Promise<void>(() => {}) };

/** Where /proc says we are, in a hierarchy of plain files. */
const ownGroup = async (root: string): Promise<string> =>
  join(root, /^0::(\/.*)$/m.exec(await readFile('/proc/self/cgroup', 'utf8'))?.[1] ?? '/');

test('a process is put under a kernel limit somewhat above the watch, where cgroups are ours to write', async (t) => {
  const { runtimeDir: root } = await aWorkbench(t);
  const own = await ownGroup(root);
  await mkdir(own, { recursive: true });
  await writeFile(join(own, 'cgroup.controllers'), 'cpu memory pids\n');
  assert.equal(await confineMemory(aProcess, 512, root), true);
  const group = join(own, 'switchback', 'version-4242');
  assert.equal(await readFile(join(group, 'memory.max'), 'utf8'), String(640 * 1024 * 1024));
  assert.equal(await readFile(join(group, 'cgroup.procs'), 'utf8'), '4242');
});

test('without the memory controller, or without cgroup v2, nothing is done', async (t) => {
  const { runtimeDir: root } = await aWorkbench(t);
  assert.equal(await confineMemory(aProcess, 512, root), false);
  const own = await ownGroup(root);
  await mkdir(own, { recursive: true });
  await writeFile(join(own, 'cgroup.controllers'), 'cpu pids\n');
  assert.equal(await confineMemory(aProcess, 512, root), false);
});
