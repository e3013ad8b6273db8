import { readFileSync } from 'node:fs';
import { access, constants, mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const MB = 1024 * 1024;

/** Above the limit of the supervisor's watch, which replaces the process with a reason; this is for what grows faster than it looks. */
const HEADROOM = 1.25;

/**
 * Puts a process under a memory limit of the kernel, where cgroup v2 is there and the folder is ours to write
 * (root, or a systemd service with Delegate=memory). Answers with its group: everywhere else the watch alone holds.
 */
export const confineMemory = async (
  { pid, exited }: { readonly pid: number; readonly exited: Promise<unknown> },
  limitMb: number,
  root = '/sys/fs/cgroup',
): Promise<string | undefined> => {
  const parent = await delegatedFolder(root);
  if (parent === undefined) return undefined;
  const own = join(parent, `version-${pid}`);
  try {
    await mkdir(own);
    await writeFile(join(own, 'memory.max'), String(Math.ceil(limitMb * HEADROOM) * MB));
    await writeFile(join(own, 'cgroup.procs'), String(pid));
    void exited.then(() => rmdir(own)).catch(() => undefined);
    return own;
  } catch {
    await rmdir(own).catch(() => undefined);
    return undefined;
  }
};

/** Whether the kernel ended what was in this group because its limit was reached. It is kernel memory: to read it waits for no disk. */
export const ranIntoLimit = (group: string): boolean => {
  try {
    return /^oom_kill [1-9]/m.test(readFileSync(join(group, 'memory.events'), 'latin1'));
  } catch {
    return false;
  }
};

/** `<our own cgroup>/switchback`, with the memory controller switched on for its children. */
const delegatedFolder = async (root: string): Promise<string | undefined> => {
  try {
    const mine = /^0::(\/.*)$/m.exec(await readFile('/proc/self/cgroup', 'utf8'))?.[1] ?? '/';
    const own = join(root, mine);
    if (!(await readFile(join(own, 'cgroup.controllers'), 'utf8')).split(/\s/).includes('memory')) return undefined;
    await access(own, constants.W_OK);
    await writeFile(join(own, 'cgroup.subtree_control'), '+memory');
    const folder = join(own, 'switchback');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'cgroup.subtree_control'), '+memory');
    return folder;
  } catch {
    return undefined;
  }
};
