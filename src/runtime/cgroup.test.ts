import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { Child } from './child.ts';
import { confineMemory } from './cgroup.ts';
import { makeProcessFolder } from './process-folder.ts';
import { aWorkbench } from './workbench.ts';

const aProcess = { pid: 4242, exited: new Promise<void>(() => {}) };

const IDLE = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (modules = [(name = "main.js", esModule = "export default {}")], compatibilityDate = "2025-01-01"))],
  sockets = [(name = "main", address = "unix:SOCKET", service = "main")]
);`;

/** Where /proc says we are, in a hierarchy of plain files. */
const ownGroup = async (root: string): Promise<string> =>
  join(root, /^0::(\/.*)$/m.exec(await readFile('/proc/self/cgroup', 'utf8'))?.[1] ?? '/');

test('a process is put under a kernel limit somewhat above the watch, where cgroups are ours to write', async (t) => {
  const { runtimeDir: root } = await aWorkbench(t);
  const own = await ownGroup(root);
  await mkdir(own, { recursive: true });
  await writeFile(join(own, 'cgroup.controllers'), 'cpu memory pids\n');
  const group = join(own, 'switchback', 'version-4242');
  assert.equal(await confineMemory(aProcess, 512, root), group);
  assert.equal(await readFile(join(group, 'memory.max'), 'utf8'), String(640 * 1024 * 1024));
  assert.equal(await readFile(join(group, 'cgroup.procs'), 'utf8'), '4242');
});

test('without the memory controller, or without cgroup v2, nothing is done', async (t) => {
  const { runtimeDir: root } = await aWorkbench(t);
  assert.equal(await confineMemory(aProcess, 512, root), undefined);
  const own = await ownGroup(root);
  await mkdir(own, { recursive: true });
  await writeFile(join(own, 'cgroup.controllers'), 'cpu pids\n');
  assert.equal(await confineMemory(aProcess, 512, root), undefined);
});

test('a process that the kernel ended because of its memory ended for that; one that somebody else ended did not', async (t) => {
  const { runtimeDir } = await aWorkbench(t);
  const endedIn = async (events: string | undefined) => {
    const folder = await makeProcessFolder(runtimeDir);
    const child = await Child.spawn({ config: IDLE.replace('SOCKET', folder.mainSocket), environment: {} }, folder);
    const group = await mkdtemp(join(runtimeDir, 'group-'));
    if (events !== undefined) await writeFile(join(group, 'memory.events'), events);
    child.confinedIn = group;
    child.signal('SIGKILL');
    return (await child.exited).fault;
  };
  assert.equal(await endedIn('low 0\nhigh 0\nmax 31\noom 1\noom_kill 1\noom_group_kill 0\n'), 'memory');
  assert.equal(await endedIn('low 0\nhigh 0\nmax 31\noom 0\noom_kill 0\noom_group_kill 0\n'), undefined);
  assert.equal(await endedIn(undefined), undefined);
});
