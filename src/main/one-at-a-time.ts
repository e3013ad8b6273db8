import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DataDirectoryInUse, lockFolder } from '../files/index.ts';

/** More than what a launcher that was killed leaves takes to end; beyond it something hangs. */
const ENDS_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 25;

/**
 * Locks of a data directory for each role: one that the launcher has, and one that its child of that role has. A launcher that finds the
 * first free and the second taken comes after one that was killed, whose children notice that and end.
 */
const lockIn = (data: string, name: string): Disposable | undefined => {
  const folder = join(data, 'running');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return lockFolder(folder, `${name}.lock`);
  } catch (error) {
    if (error instanceof DataDirectoryInUse) throw new DataDirectoryInUse(data, { cause: error });
    // A directory that cannot be written. What had served from it serves on, and the roles say what is wrong.
    return undefined;
  }
};

/** Held by a launcher for as long as it lives. Throws {@link DataDirectoryInUse} where another lives that has one of these roles. */
export const holdRoles = (data: string, roles: readonly string[]): Disposable => {
  using holding = new DisposableStack();
  for (const role of roles) holding.use(lockIn(data, `${role}-launcher`));
  return holding.move();
};

/**
 * Held by a child for as long as it lives. Its launcher has a lock of its own: who has this one is left of an earlier launcher, which
 * was killed while that child still loaded, and ends.
 */
export const holdRole = async (data: string, role: string): Promise<Disposable> => {
  const deadline = performance.now() + ENDS_WITHIN_MS;
  while (!isFree(data, role) && performance.now() < deadline) await wait(LOOK_EVERY_MS);
  using holding = new DisposableStack();
  holding.use(lockIn(data, role));
  return holding.move();
};

const isFree = (data: string, role: string): boolean => {
  try {
    lockIn(data, role)?.[Symbol.dispose]();
    return true;
  } catch (error) {
    if (error instanceof DataDirectoryInUse) return false;
    throw error;
  }
};

/** Waits until no child of an earlier launcher is left, and says so where one is. Throws {@link DataDirectoryInUse} where one does not end. */
export const earlierEnded = async (
  data: string,
  roles: readonly string[],
  { say, isStopping }: { readonly say: (sentence: string) => void; readonly isStopping: () => boolean },
): Promise<void> => {
  const deadline = performance.now() + ENDS_WITHIN_MS;
  for (let hasSaid = false; !isStopping(); await wait(LOOK_EVERY_MS)) {
    if (roles.every((role) => isFree(data, role))) return;
    if (performance.now() > deadline) throw new DataDirectoryInUse(data);
    if (!hasSaid) say(`An earlier Switchback on ${data} is still ending; waiting for it, at most ${ENDS_WITHIN_MS / 1000} s.`);
    hasSaid = true;
  }
};
