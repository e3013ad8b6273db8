import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { privateFolder } from '../runtime/index.ts';

/** Where versions are tried: short, because unix socket paths must be, private, and of this data directory alone. */
export const privateTrialFolder = async (data: string): Promise<{ readonly path: string; remove(): Promise<void> }> => {
  const path = await privateFolder('try', data);
  // What trials of a control plane left that was killed.
  for (const name of await readdir(path)) await rm(join(path, name), { recursive: true, force: true });
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
};
