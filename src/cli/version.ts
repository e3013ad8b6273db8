import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { say, sayJson } from './terminal.ts';

const root = join(import.meta.dirname, '..', '..');

const versionOf = (folder: string): string =>
  (JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as { version: string }).version;

export const switchbackVersion = (): string => versionOf('.');

/** What a bug report needs. */
export const printVersion = ({ json }: { json?: boolean }): void => {
  const versions = {
    switchback: switchbackVersion(),
    node: process.versions.node,
    workerd: versionOf('node_modules/workerd'),
    wrangler: versionOf('node_modules/wrangler'),
  };
  if (json) return sayJson(versions);
  for (const [name, version] of Object.entries(versions)) say(`${name.padEnd(10)} ${version}`);
};
