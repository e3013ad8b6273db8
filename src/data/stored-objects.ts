import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A Durable Object that workerd keeps a file of. */
export interface StoredObject {
  /** 64 hex digits. */
  readonly id: string;
  readonly hasStoredData: boolean;
}

export interface StoredObjects {
  readonly objects: readonly StoredObject[];
  /** Whether there are more behind them. */
  readonly isEnd: boolean;
}

/** workerd's layout: `<namespace>/<object>.sqlite`, and while it is written to, a log beside it. */
const FILE = /^([0-9a-f]{64})\.sqlite$/;

/** The objects of a namespace in the order of their ids, those behind `after`. Only names and sizes of files are looked at: a process writes them. */
export const storedObjects = async (
  folder: string,
  { namespaceId, after = '', limit }: { readonly namespaceId: string; readonly after?: string | undefined; readonly limit: number },
): Promise<StoredObjects> => {
  const place = join(folder, namespaceId);
  const names = await readdir(place).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? [] : Promise.reject(error)));
  const ids = names
    .flatMap((name) => FILE.exec(name)?.[1] ?? [])
    .filter((id) => id > after)
    .toSorted();
  const objects: StoredObject[] = [];
  for (const id of ids.slice(0, limit)) {
    const bytes = (await sizeOf(join(place, `${id}.sqlite`))) + (await sizeOf(join(place, `${id}.sqlite-wal`)));
    objects.push({ id, hasStoredData: bytes > 0 });
  }
  return { objects, isEnd: ids.length <= limit };
};

/** It may go while we look. */
const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? 0 : Promise.reject(error)),
  );
