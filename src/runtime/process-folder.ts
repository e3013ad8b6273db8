import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { birthOf } from './proc.ts';

/** The private folder (0700) of one process: its configuration, its sockets, and who it is. */
export interface ProcessFolder {
  readonly path: string;
  readonly config: string;
  readonly mainSocket: string;
  readonly probeSocket: string;
  /** Where a version's handlers of other events than requests are called. */
  readonly eventSocket: string;
}

/** sockaddr_un holds 108 bytes on Linux and 104 on macOS, a closing zero included. */
const LONGEST_SOCKET_PATH = 100;
const PREFIX = 'w-';
const RECORD = 'process.json';

export const makeProcessFolder = async (runtimeDir: string): Promise<ProcessFolder> => {
  await mkdir(runtimeDir, { recursive: true, mode: 0o700 });
  const path = await mkdtemp(join(runtimeDir, PREFIX));
  const mainSocket = join(path, 'm');
  if (Buffer.byteLength(mainSocket) > LONGEST_SOCKET_PATH) {
    await rm(path, { recursive: true });
    throw new Error(`The runtime folder ${runtimeDir} is too long for unix sockets: choose one of at most 85 bytes.`);
  }
  return { path, config: join(path, 'config.capnp'), mainSocket, probeSocket: join(path, 'p'), eventSocket: join(path, 'e') };
};

export const writeConfig = (folder: ProcessFolder, config: string): Promise<void> => writeFile(folder.config, config, { mode: 0o600 });

/** Written in the same turn as the process is spawned, so that a crash of ours leaves no process nobody knows. */
export const recordProcess = (folder: ProcessFolder, pid: number): void => {
  writeFileSync(join(folder.path, RECORD), JSON.stringify({ pid, birth: birthOf(pid) }), { mode: 0o600 });
};

export const removeFolder = (folder: ProcessFolder): Promise<void> => rm(folder.path, { recursive: true, force: true });

/**
 * Ends the processes that an earlier edge left in this runtime folder and removes their folders; answers how many ended.
 * A process is ours only if both its id and its start are as recorded: ids are used again.
 */
export const endOrphans = async (runtimeDir: string): Promise<number> => {
  const names = await readdir(runtimeDir).catch(noSuchFolder);
  let ended = 0;
  for (const name of names.filter((each) => each.startsWith(PREFIX))) {
    const path = join(runtimeDir, name);
    const { pid, birth } = await recordIn(path);
    if (pid !== undefined && birth !== undefined && birthOf(pid) === birth) {
      process.kill(pid, 'SIGKILL');
      ended += 1;
    }
    await rm(path, { recursive: true, force: true });
  }
  return ended;
};

const noSuchFolder = (error: NodeJS.ErrnoException): string[] => {
  if (error.code === 'ENOENT') return [];
  throw error;
};

const recordIn = async (path: string): Promise<{ pid?: number; birth?: string }> => {
  try {
    const record: unknown = JSON.parse(await readFile(join(path, RECORD), 'utf8'));
    const { pid, birth } = record as { pid?: unknown; birth?: unknown };
    return typeof pid === 'number' && typeof birth === 'string' ? { pid, birth } : {};
  } catch {
    // No record, or half of one: the edge died before it had spawned, and there is no process to end.
    return {};
  }
};
