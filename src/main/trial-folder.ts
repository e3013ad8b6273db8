import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Where versions are tried: short, because unix socket paths must be, private, and of this data directory alone. */
export const privateTrialFolder = async (data: string): Promise<{ readonly path: string; remove(): Promise<void> }> => {
  const name = createHash('sha256').update(data).digest('hex').slice(0, 10);
  const path = join(process.env['XDG_RUNTIME_DIR'] ?? tmpdir(), `sb-${userInfo().uid}-try-${name}`);
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true, mode: 0o700 });
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
};
