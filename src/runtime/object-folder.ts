import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { lockFolder } from '../files/index.ts';
import { endRecorded } from './process-record.ts';

/** Within the folder: a record of each process that works on it. */
const OWNERS = 'owners';

/**
 * Where the objects of all Durable Objects are stored: below it a folder for each namespace, named by its id, whichever Worker it belongs
 * to. workerd locks none of them, so that nothing of an earlier edge may run any more once this is open, and no second one opens it (I5).
 */
export class ObjectFolder implements Disposable {
  readonly path: string;
  readonly #lock: Disposable;

  private constructor(path: string, lock: Disposable) {
    this.path = path;
    this.#lock = lock;
  }

  /**
   * Ends what an earlier edge left working on it. It is recorded here too and not only where its sockets are: that place can be another
   * one after a restart, or emptied. Throws where the folder cannot be used, is another edge's, or such a process cannot be ended.
   */
  static async open(path: string): Promise<ObjectFolder> {
    await mkdir(join(path, OWNERS), { recursive: true, mode: 0o700 });
    await chmod(path, 0o700);
    using opening = new DisposableStack();
    const lock = opening.use(lockFolder(path));
    for (const name of await readdir(join(path, OWNERS))) {
      await endRecorded(join(path, OWNERS, name));
      await rm(join(path, OWNERS, name));
    }
    opening.move();
    return new ObjectFolder(path, lock);
  }

  /** What a namespace stored. Nothing may own it any more. */
  async remove(namespaceId: string): Promise<void> {
    if (!NAMESPACE.test(namespaceId)) throw new Error(`${JSON.stringify(namespaceId)} is not the id of a namespace.`);
    await rm(join(this.path, namespaceId), { recursive: true, force: true });
  }

  [Symbol.dispose](): void {
    this.#lock[Symbol.dispose]();
  }
}

/** The namespaces that have stored anything in the folder. */
export const storedNamespaces = async (folder: string): Promise<readonly string[]> => {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? [] : Promise.reject(error)));
  return names.filter((name) => NAMESPACE.test(name));
};

const NAMESPACE = /^[0-9a-f]{32}$/;

/** Where a process that works on the folder is recorded; its own folder has a name of its own. */
export const ownerRecord = (folder: string, processFolder: string): string => join(folder, OWNERS, `${basename(processFolder)}.json`);
