import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { descendants } from './processes.ts';

/** A secret that nothing else looks like. */
export const aCanary = (): string => `canary${randomBytes(12).toString('hex')}`;

/** A message that quotes what it could not read ends in the middle of it. */
const FRAGMENT = 10;

/** The text or its beginning, and what base64 makes of it wherever in a longer text it stands; beyond that nobody hides by accident. */
const formsOf = (canary: string): readonly string[] => {
  const plain = canary.startsWith('canary') ? canary.slice(0, FRAGMENT) : canary;
  const encoded = [0, 1, 2].map((before) =>
    Buffer.from(`${'x'.repeat(before)}${canary}`)
      .toString('base64')
      // The ends are mixed with what stands beside.
      .slice(before === 0 ? 0 : 4, -4),
  );
  return [plain, ...encoded, ...encoded.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))];
};

/** What can be read of a server, by where: each place is searched for each canary. */
export type Places = ReadonlyMap<string, Buffer>;

/** `canary kind: place` of each that is found where it must not be. */
export const foundIn = (places: Places, canaries: ReadonlyMap<string, string>): readonly string[] =>
  [...canaries].flatMap(([kind, canary]) => {
    const forms = formsOf(canary);
    return [...places].flatMap(([place, bytes]) => (forms.some((form) => bytes.includes(form)) ? [`${kind}: ${place}`] : []));
  });

/** Every file below a folder. What goes away meanwhile is nowhere to be read. */
export const filesBelow = (folder: string, except: readonly string[]): Places => {
  const files = new Map<string, Buffer>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    if (!entry.isFile() || except.some((place) => name === place || name.startsWith(`${place}/`))) continue;
    const bytes = readIfThere(path);
    if (bytes !== undefined) files.set(name, bytes);
  }
  return files;
};

/** How the processes below one were called, as any user of the machine sees it. Their environment is for their own user alone. */
export const processesBelow = (pid: number): Places =>
  new Map(descendants(pid).map(({ pid: each, command }) => [`arguments of process ${each}`, Buffer.from(command)]));

const readIfThere = (path: string): Buffer | undefined => {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
};
