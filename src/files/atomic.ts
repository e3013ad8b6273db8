import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failpoint } from './failpoint.ts';

/** Replaces a file whole or not at all: write beside it, fsync, rename, fsync the folder. `mode` defaults to 0600. */
export const replaceFile = async (path: string, content: string | Uint8Array, mode = 0o600): Promise<void> => {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(content);
      failpoint('files:replace written');
      await file.sync();
      failpoint('files:replace synced');
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    failpoint('files:replace renamed');
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new Error(`Could not write ${path}`, { cause });
  }
  await syncFolder(dirname(path));
};

/**
 * Removes what replacements left behind whose process was killed: a half-written file beside the credentials is as secret
 * as they are. Only for a folder that no other process writes to; it need not be there.
 */
export const removeUnfinished = async (folder: string): Promise<void> => {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names.filter((each) => UNFINISHED.test(each))) await rm(join(folder, name), { force: true });
};

const UNFINISHED = /\.[0-9a-f]{12}\.tmp$/;

/** Puts a damaged file out of the way, where an operator finds it; what was put there before is lost. Answers where it is. */
export const setAside = async (path: string): Promise<string> => {
  const aside = `${path}.damaged`;
  await rm(aside, { recursive: true, force: true });
  await rename(path, aside);
  return aside;
};

/** Makes a rename in this folder durable. */
export const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};
