import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { descendantsOf } from './processes.ts';

/** Everything a run leaves on the machine is in here, and gone when the process ends, however it does. */
const root = mkdtempSync(join(tmpdir(), 'sb-bench-'));
const children = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of children) killTree(child);
  rmSync(root, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

export const newFolder = (name: string): string => mkdtempSync(join(root, `${name}-`));

/** A process that does not outlive this run. */
export const spawnOwned = (command: string, args: readonly string[], options: SpawnOptions): ChildProcess => {
  const child = spawn(command, args, options);
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
};

/** At once, with all that it started. The product would let what served lately finish its `waitUntil` work first, for 30 s. */
export const killTree = (child: ChildProcess): void => {
  const descendants = child.pid === undefined ? [] : descendantsOf(child.pid);
  child.kill('SIGKILL');
  for (const { pid } of descendants) kill(pid);
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
};
