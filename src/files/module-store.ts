import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { syncFolder } from './atomic.ts';
import { failpoint } from './failpoint.ts';

/** A stored module does not have the bytes its digest names; it is set aside and never served (I1). */
export class DigestMismatch extends Error {
  override readonly name = 'DigestMismatch';
  readonly digest: string;
  constructor(digest: string) {
    super(`The stored module ${digest} does not match its digest; it was set aside and is not served.`);
    this.digest = digest;
  }
}

/**
 * Modules by SHA-256 digest in a folder: `<first two digits>/<digest>`. Bytes are written beside, fsynced and renamed,
 * so a name that exists has all its bytes; they are verified again before every load.
 */
export class ModuleStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  path(digest: string): string {
    return join(this.folder, digest.slice(0, 2), digest);
  }

  async has(digest: string): Promise<boolean> {
    return access(this.path(digest)).then(
      () => true,
      () => false,
    );
  }

  /** Stores what the source gives and answers its digest and size. Memory stays flat whatever the size. */
  async put(source: AsyncIterable<Uint8Array>): Promise<{ digest: string; size: number }> {
    const incoming = join(this.folder, 'incoming');
    await mkdir(incoming, { recursive: true, mode: 0o700 });
    const temporary = join(incoming, randomBytes(12).toString('hex'));
    const hash = createHash('sha256');
    let size = 0;
    try {
      const file = await open(temporary, 'wx', 0o600);
      try {
        for await (const chunk of source) {
          hash.update(chunk);
          size += chunk.byteLength;
          // Not write(), which may take a part of the chunk and say so.
          await file.writeFile(chunk);
        }
        failpoint('files:put written');
        await file.sync();
        failpoint('files:put synced');
      } finally {
        await file.close();
      }
      const digest = hash.digest('hex');
      const folder = join(this.folder, digest.slice(0, 2));
      const isNewFolder = (await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined;
      await rename(temporary, this.path(digest));
      failpoint('files:put renamed');
      await syncFolder(folder);
      if (isNewFolder) await syncFolder(this.folder);
      return { digest, size };
    } catch (cause) {
      await rm(temporary, { force: true });
      throw cause;
    }
  }

  read(digest: string): AsyncIterable<Buffer> {
    return createReadStream(this.path(digest));
  }

  /** The path of a module whose bytes were just compared with its digest. Throws {@link DigestMismatch}. */
  async verifiedPath(digest: string): Promise<string> {
    const path = this.path(digest);
    if ((await digestOfFile(path)) !== digest) {
      const quarantine = join(this.folder, 'quarantine');
      await mkdir(quarantine, { recursive: true, mode: 0o700 });
      await rename(path, join(quarantine, digest));
      throw new DigestMismatch(digest);
    }
    return path;
  }

  /** Removes what `isReferenced` does not know and that is older than `graceMs` (an upload may be about to refer to it). */
  async collect(isReferenced: (digest: string) => boolean, now: Date, graceMs: number): Promise<number> {
    let removed = 0;
    for (const folder of await readdir(this.folder).catch(absent([]))) {
      const isIncoming = folder === 'incoming';
      if (!isIncoming && folder.length !== 2) continue;
      for (const name of await readdir(join(this.folder, folder))) {
        const path = join(this.folder, folder, name);
        if (!isIncoming && isReferenced(name)) continue;
        const changedMs = await stat(path).then(({ mtimeMs }) => mtimeMs, absent(undefined));
        if (changedMs === undefined || now.getTime() - changedMs < graceMs) continue;
        await rm(path, { force: true });
        removed += 1;
      }
    }
    return removed;
  }
}

/** What stands for a file that is not there, or not any more: an upload renames its own while the folder is read. */
const absent =
  <Value>(value: Value) =>
  (error: NodeJS.ErrnoException): Value => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };

const digestOfFile = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
};
