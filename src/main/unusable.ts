import { access, constants } from 'node:fs/promises';
import { worldFault } from '../files/index.ts';
import { BadConfiguration } from './bad-configuration.ts';

/** EX_IOERR of sysexits.h: the machine does not let this start now. Once it does, starting again succeeds. */
export const EXIT_UNUSABLE = 74;

/** What is stored cannot be used as it is: no fault of the configuration, and in time somebody mends it. */
export class StoreUnusable extends Error {
  override readonly name = 'StoreUnusable';
}

/** What a child tells the launcher that cannot start for now. */
export interface UnusableMessage {
  readonly type: 'unusable';
  readonly reason: string;
}

/** Throws what is wrong with a folder that cannot be written, where SQLite would only say that it cannot open a file. One that is not there can be made. */
export const assertWritable = async (folder: string): Promise<void> => {
  await access(folder, constants.W_OK).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
};

/** Why a start failed, where that is the machine's fault or that of what is stored; a port that is not ours to open is neither. */
export const whyUnusable = (error: unknown, data: string): string | undefined => {
  if (error instanceof BadConfiguration || (error as { readonly syscall?: string } | undefined)?.syscall === 'listen') return undefined;
  const reason = worldFault(error) ?? (error instanceof StoreUnusable ? error.message : undefined);
  return reason === undefined ? undefined : `${reason} (${data})`;
};
