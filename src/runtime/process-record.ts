import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { birthOf, isGone } from './proc.ts';

/** Written in the same turn as the process is spawned, so that a crash of ours leaves no process nobody knows. */
export const recordProcess = (path: string, pid: number): void => {
  writeFileSync(path, JSON.stringify({ pid, birth: birthOf(pid) }), { mode: 0o600 });
};

const LOOK_EVERY_MS = 5;
/** The kernel ends a killed process at once, unless it waits for a disk that does not answer. */
const GONE_WITHIN_MS = 10_000;

/**
 * Ends the process of a record, if it is still that one: ids are used again. Resolves when it has really ended, with whether there was
 * any: whoever comes next may take what it held. Throws when it cannot be ended.
 */
export const endRecorded = async (path: string): Promise<boolean> => {
  const { pid, birth } = await recordIn(path);
  if (pid === undefined || birth === undefined || isGone(pid, birth)) return false;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended this very moment, or the deadline below says that it cannot be ended.
  }
  for (const deadline = performance.now() + GONE_WITHIN_MS; !isGone(pid, birth); await wait(LOOK_EVERY_MS)) {
    if (performance.now() > deadline) throw new Error(`Process ${pid}, which an earlier server left, does not end.`);
  }
  return true;
};

const recordIn = async (path: string): Promise<{ pid?: number; birth?: string }> => {
  try {
    const record: unknown = JSON.parse(await readFile(path, 'utf8'));
    const { pid, birth } = record as { pid?: unknown; birth?: unknown };
    return typeof pid === 'number' && typeof birth === 'string' ? { pid, birth } : {};
  } catch {
    // No record, or half of one: the edge died before it had spawned, and there is no process to end.
    return {};
  }
};
