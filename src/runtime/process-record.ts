import { renameSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { birthOf, isGone, startedWith } from './proc.ts';

/** A process, told from a later one with the same id. */
interface Born {
  readonly pid: number;
  readonly birth: string;
}

/** Written before a process is spawned: whoever is killed before its id is recorded leaves one that its configuration tells. */
export const announceProcess = (path: string, config: string): void => write(path, { config });

/** Written in the same turn as the process is spawned, so that a crash of ours leaves no process nobody knows. */
export const recordProcess = (path: string, pid: number): void => write(path, { pid, birth: birthOf(pid) });

/** Whole or not at all. */
const write = (path: string, record: object): void => {
  writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${path}.new`, path);
};

const LOOK_EVERY_MS = 5;
/** The kernel ends a killed process at once, unless it waits for a disk that does not answer. */
const GONE_WITHIN_MS = 10_000;

/**
 * Ends the process of a record, if it is still that one: ids are used again. Resolves when it has really ended, with whether there was
 * any: whoever comes next may take what it held. Throws when it cannot be ended.
 */
export const endRecorded = async (path: string): Promise<boolean> => {
  const running = (await recordedIn(path)).filter(({ pid, birth }) => !isGone(pid, birth));
  for (const born of running) await end(born);
  return running.length > 0;
};

const end = async ({ pid, birth }: Born): Promise<void> => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended this very moment, or the deadline below says that it cannot be ended.
  }
  for (const deadline = performance.now() + GONE_WITHIN_MS; !isGone(pid, birth); await wait(LOOK_EVERY_MS)) {
    if (performance.now() > deadline) throw new Error(`Process ${pid}, which an earlier server left, does not end.`);
  }
};

const recordedIn = async (path: string): Promise<readonly Born[]> => {
  try {
    const record: unknown = JSON.parse(await readFile(path, 'utf8'));
    const { pid, birth, config } = record as { pid?: unknown; birth?: unknown; config?: unknown };
    if (typeof config === 'string') return born(startedWith(config));
    return typeof pid === 'number' && typeof birth === 'string' ? [{ pid, birth }] : [];
  } catch {
    // No record, or half of one that the machine's own crash left: there is no process to end.
    return [];
  }
};

const born = (pids: readonly number[]): readonly Born[] =>
  pids.flatMap((pid) => {
    const birth = birthOf(pid);
    return birth === undefined ? [] : [{ pid, birth }];
  });
