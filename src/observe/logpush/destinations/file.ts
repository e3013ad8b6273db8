import { constants } from 'node:fs';
import { copyFile, lstat, mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { datedPath, type LogpushDestination } from '../../../domain/index.ts';
import { DeliveryFailure, type OutgoingFile, type Target } from './outgoing.ts';

type FileDestination = Extract<LogpushDestination, { readonly scheme: 'file' }>;

/** Whether a folder is below the one where files may be written. */
export const isBelow = (root: string, path: string): boolean => {
  const from = relative(root, path);
  return from !== '..' && !from.startsWith(`..${sep}`) && !from.startsWith(sep);
};

/** Writes each file into a folder, whole or not at all. No folder on the way from the root is a link. */
export const fileTarget = ({ path }: FileDestination, root: string): Target => {
  const within = (at: number): string[] =>
    relative(root, datedPath(path, at))
      .split(sep)
      .filter((part) => part !== '');
  return {
    put: async (file) => {
      await write(join(await folderBelow(root, within(file.at)).catch(failed), file.name), file).catch(failed);
    },
    remove: async (file) => {
      await rm(join(await folderBelow(root, within(file.at)).catch(failed), file.name), { force: true }).catch(failed);
    },
  };
};

const failed = (error: unknown): never => {
  if (error instanceof DeliveryFailure) throw error;
  throw new DeliveryFailure(`its folder cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`, { cause: error });
};

/** Makes the folder where it is not there. */
const folderBelow = async (root: string, parts: readonly string[]): Promise<string> => {
  let folder = await realpath(root);
  for (const part of parts) {
    folder = join(folder, part);
    await mkdir(folder, { mode: 0o750 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    if (!(await lstat(folder)).isDirectory()) throw new DeliveryFailure(`${JSON.stringify(part)} of its path is no folder, or a link`);
  }
  return folder;
};

const write = async (path: string, { content }: OutgoingFile): Promise<void> => {
  const beside = `${path}.part`;
  await rm(beside, { force: true });
  // Fails where something else is there by now, a link too.
  if (!(content instanceof Uint8Array)) await copyFile(content.path, beside, constants.COPYFILE_EXCL);
  const written = await open(
    beside,
    content instanceof Uint8Array ? constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY : constants.O_RDWR | constants.O_NOFOLLOW,
    0o640,
  );
  try {
    if (content instanceof Uint8Array) await written.writeFile(content);
    await written.sync();
  } finally {
    await written.close();
  }
  await rename(beside, path);
};
