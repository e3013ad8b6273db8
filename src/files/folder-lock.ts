import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process works on this folder. Only one may: two would write over each other's files and end each other's processes. */
export class DataDirectoryInUse extends Error {
  override readonly name = 'DataDirectoryInUse';

  constructor(folder: string, options?: ErrorOptions) {
    super(`${folder} is in use by another Switchback. Stop that one first, or start this one with another --data directory.`, options);
  }
}

/**
 * Holds a folder until disposed. Node has no locks of files; SQLite has good ones on every system, so it is an exclusive
 * transaction on a database that holds nothing. It is never committed: the operating system ends it with the process, however
 * that dies. Throws {@link DataDirectoryInUse}. `name` keeps locks of one folder apart.
 */
export const lockFolder = (folder: string, name = 'lock.db'): Disposable => {
  const lock = new DatabaseSync(join(folder, name));
  try {
    lock.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE;');
    return lock;
  } catch (error) {
    lock.close();
    if (error instanceof Error && /locked|busy/i.test(error.message)) throw new DataDirectoryInUse(folder);
    throw error;
  }
};
