import { readFileSync } from 'node:fs';
import { arch, availableParallelism, loadavg, platform, totalmem } from 'node:os';
import { join } from 'node:path';

/** Under what a run was made; a figure without it says nothing. */
export interface Conditions {
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly workerd: string;
  /** Processes that wanted to run in the minute before the run. On a quiet machine it is near 0. */
  readonly load: number;
}

export const conditions = (): Conditions => ({
  date: new Date().toISOString().slice(0, 16).replace('T', ' '),
  machine: `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${platform()} ${arch()}`,
  node: process.version,
  workerd: versionOf('workerd'),
  load: loadavg()[0] ?? 0,
});

const versionOf = (name: string): string => {
  const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'node_modules', name, 'package.json'), 'utf8'));
  return (manifest as { version: string }).version; // Every package has one.
};
