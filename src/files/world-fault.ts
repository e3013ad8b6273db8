import { DigestMismatch } from './module-store.ts';

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html) that an operator can do something about. */
const SQLITE: Readonly<Record<number, string>> = {
  5: 'The database is locked by another program.',
  6: 'The database is locked by another program.',
  8: 'The database is read-only.',
  10: 'The database could not be read or written (I/O error).',
  11: 'The database is damaged.',
  13: 'The disk is full: the database cannot grow.',
  14: 'The database file cannot be opened.',
  26: 'The database file is damaged: it is no database.',
};

const FILES: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full.',
  EROFS: 'The data directory is on a read-only file system.',
  EACCES: 'The data directory cannot be written: permission denied.',
  ENOTDIR: 'A part of the path of the data directory is no folder.',
  EDQUOT: 'The disk quota of the data directory is used up.',
  EFBIG: 'A file of the data directory may not grow further (limit of file sizes).',
  EIO: 'The data directory could not be read or written (I/O error).',
  EMFILE: 'Too many files are open.',
  ENFILE: 'Too many files are open.',
};

/** A failure of the machine whose message is for people, its operator among them. */
export class WorldFault extends Error {
  override readonly name = 'WorldFault';
}

/** A sentence for a failure that is the machine's, not ours; undefined for every other. */
export const worldFault = (error: unknown): string | undefined => {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    if (current instanceof DigestMismatch || current instanceof WorldFault) return current.message;
    const { errcode, code } = current as { readonly errcode?: number; readonly code?: string };
    // The extended code carries the primary one in its low byte.
    const sentence = (errcode === undefined ? undefined : SQLITE[errcode & 0xff]) ?? (code === undefined ? undefined : FILES[code]);
    if (sentence !== undefined) return sentence;
  }
  return undefined;
};
