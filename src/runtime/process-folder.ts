import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endRecorded } from './process-record.ts';

/** The private folder (0700) of one process: its configuration, its sockets, and who it is. */
export interface ProcessFolder {
  readonly path: string;
  readonly config: string;
  /** Who it is. */
  readonly record: string;
  readonly mainSocket: string;
  readonly probeSocket: string;
  /** Where a version's handlers of other events than requests are called. */
  readonly eventSocket: string;
  /** Gives full access to the process, to whoever may enter this folder. */
  readonly debugSocket: string;
  /** Of a second version in the same process. */
  readonly second: { readonly mainSocket: string; readonly eventSocket: string };
  /** Where it is told which share of the objects each of its versions has. */
  readonly sharesSocket: string;
}

/** sockaddr_un holds 108 bytes on Linux and 104 on macOS, a closing zero included. */
const LONGEST_SOCKET_PATH = 100;
const PREFIX = 'w-';

const recordIn = (path: string): string => join(path, 'process.json');

export const makeProcessFolder = async (runtimeDir: string): Promise<ProcessFolder> => {
  await mkdir(runtimeDir, { recursive: true, mode: 0o700 });
  const path = await mkdtemp(join(runtimeDir, PREFIX));
  const mainSocket = join(path, 'm');
  if (Buffer.byteLength(mainSocket) > LONGEST_SOCKET_PATH) {
    await rm(path, { recursive: true });
    throw new Error(`The runtime folder ${runtimeDir} is too long for unix sockets: choose one of at most 85 bytes.`);
  }
  return {
    path,
    config: join(path, 'config.capnp'),
    record: recordIn(path),
    mainSocket,
    probeSocket: join(path, 'p'),
    eventSocket: join(path, 'e'),
    debugSocket: join(path, 'g'),
    second: { mainSocket: join(path, 'm2'), eventSocket: join(path, 'e2') },
    sharesSocket: join(path, 's'),
  };
};

export const writeConfig = (folder: ProcessFolder, config: string): Promise<void> => writeFile(folder.config, config, { mode: 0o600 });

export const removeFolder = (folder: ProcessFolder): Promise<void> => rm(folder.path, { recursive: true, force: true });

/** What an earlier server left: how many processes ended, and why others did not. */
export interface Orphans {
  readonly ended: number;
  readonly left: readonly string[];
}

/**
 * Ends the processes that an earlier server left in this runtime folder and removes their folders. One that does not end stays recorded
 * for the next start: versions may run beside it (what may not is held apart by its own record), whoever shares files with it must not.
 */
export const endOrphans = async (runtimeDir: string): Promise<Orphans> => {
  const names = await readdir(runtimeDir).catch(noSuchFolder);
  // All at once: each is waited for, and visitors wait for all of them.
  const outcomes = await Promise.all(names.filter((each) => each.startsWith(PREFIX)).map((name) => endedIn(join(runtimeDir, name))));
  return {
    ended: outcomes.filter(({ wasThere }) => wasThere).length,
    left: outcomes.flatMap(({ why }) => (why === undefined ? [] : [why])),
  };
};

const endedIn = async (path: string): Promise<{ readonly wasThere: boolean; readonly why?: string }> => {
  let wasThere: boolean;
  try {
    wasThere = await endRecorded(recordIn(path));
  } catch (error) {
    return { wasThere: false, why: messageOf(error) };
  }
  await rm(path, { recursive: true, force: true });
  return { wasThere };
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const noSuchFolder = (error: NodeJS.ErrnoException): string[] => {
  if (error.code === 'ENOENT') return [];
  throw error;
};
