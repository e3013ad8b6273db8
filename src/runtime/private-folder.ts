import { createHash } from 'node:crypto';
import { lstat, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { endOrphans } from './process-folder.ts';

/** A unix socket's path may hold 107 bytes on Linux; what the runtime adds below this folder needs the rest. */
const MOST_PATH_BYTES = 60;

type Purpose = 'run' | 'try' | 'data' | 'observe';

/**
 * A short private folder for the sockets of one data directory, the same after each start, so that what a crash left is
 * found. `purpose` keeps those apart that share a data directory.
 */
export const privateFolder = async (purpose: Purpose, dataDir: string): Promise<string> => {
  const name = `switchback-${purpose}-${createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 10)}`;
  const wished = join(process.env['XDG_RUNTIME_DIR'] ?? tmpdir(), name);
  const folder = Buffer.byteLength(wished) <= MOST_PATH_BYTES ? wished : join('/tmp', name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await lstat(folder);
  // Anybody may make a folder in /tmp: one that others own or can enter would let them speak to tenants' processes.
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o077) !== 0) {
    throw new Error(`${folder} must be a folder that only this user can enter. Remove it and start again.`);
  }
  return folder;
};

/** Removes it once nobody needs it. Where a process that is recorded in it cannot be ended, it stays for the next start to look after. */
export const removePrivateFolder = async (purpose: Purpose, dataDir: string): Promise<void> => {
  const folder = await privateFolder(purpose, dataDir);
  const { left } = await endOrphans(folder);
  if (left.length === 0) await rm(folder, { recursive: true, force: true });
};
