import { rm } from 'node:fs/promises';
import { endOrphans, privateFolder } from '../runtime/index.ts';

/** Where versions are tried: short, because unix socket paths must be, private, and of this data directory alone. */
export const privateTrialFolder = async (data: string): Promise<{ readonly path: string; remove(): Promise<void> }> => {
  const path = await privateFolder('try', data);
  // What trials of a control plane left that was killed: their processes would idle for good.
  await endOrphans(path);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
};
