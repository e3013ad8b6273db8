import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { getMimeType } from 'hono/utils/mime';

type Bytes = Uint8Array<ArrayBuffer>;

/** A built file, and its compressed forms where the build made any. */
export interface DashboardFile {
  readonly contentType: string;
  readonly plain: Bytes;
  readonly br: Bytes | undefined;
  readonly gzip: Bytes | undefined;
}

export interface DashboardFiles {
  /** The page, which each path of the dashboard begins with. */
  readonly page: string;
  /** By the path of a request. What is not in here is not served, whatever a path says. */
  readonly files: ReadonlyMap<string, DashboardFile>;
}

const COMPRESSED = /\.(br|gz)$/;

/** All that was built, read once: a build that replaces it meanwhile mixes with nothing. Undefined where nothing was built. */
export const dashboardFiles = (folder: string): DashboardFiles | undefined => {
  if (!existsSync(join(folder, 'index.html'))) return undefined;
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
  const read = (name: string): Bytes | undefined => (names.includes(name) ? new Uint8Array(readFileSync(join(folder, name))) : undefined);
  const served = names.filter((name) => name !== 'index.html' && !COMPRESSED.test(name) && !name.startsWith('.'));
  const files = served.map((name): [string, DashboardFile] => [
    `/${name.split(sep).join('/')}`,
    {
      contentType: getMimeType(name) ?? 'application/octet-stream',
      plain: new Uint8Array(readFileSync(join(folder, name))),
      br: read(`${name}.br`),
      gzip: read(`${name}.gz`),
    },
  ]);
  return { page: readFileSync(join(folder, 'index.html'), 'utf8'), files: new Map(files) };
};
