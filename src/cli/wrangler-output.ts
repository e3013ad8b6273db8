import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What wrangler tells programs about what it did: ND-JSON in the file of WRANGLER_OUTPUT_FILE_PATH. Only what is read here. */
export interface OutputEntry {
  readonly type: string;
  readonly worker_name?: string | null;
  readonly version_id?: string | null;
  readonly preview_url?: string | null;
}

/** Listens to one run of wrangler: what to set for it, and what it wrote meanwhile. */
export interface OutputListener {
  readonly variables: Readonly<Record<string, string>>;
  entries(): OutputEntry[];
  close(): void;
}

/** Reads along where the user has wrangler write already, and gives it a file of ours only where there is none. */
export const listenToWrangler = (environment: NodeJS.ProcessEnv): OutputListener => {
  const path = environment['WRANGLER_OUTPUT_FILE_PATH'];
  if (path) return readAlong(() => ({ [path]: sizeOf(path) }));
  const folder = environment['WRANGLER_OUTPUT_FILE_DIRECTORY'];
  if (folder) return readAlong(() => Object.fromEntries(filesIn(folder).map((file) => [file, sizeOf(file)])));
  const own = mkdtempSync(join(tmpdir(), 'switchback-wrangler-'));
  const file = join(own, 'output.ndjson');
  return {
    variables: { WRANGLER_OUTPUT_FILE_PATH: file },
    entries: () => entriesIn(file, 0),
    close: () => rmSync(own, { recursive: true, force: true }),
  };
};

const readAlong = (sizes: () => Readonly<Record<string, number>>): OutputListener => {
  const before = sizes();
  return {
    variables: {},
    entries: () => Object.keys(sizes()).flatMap((file) => entriesIn(file, before[file] ?? 0)),
    close: () => undefined,
  };
};

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

const filesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    // wrangler makes the folder on its first write.
    return [];
  }
};

/** The entries written behind `offset` bytes; lines of anything else are passed over. */
const entriesIn = (file: string, offset: number): OutputEntry[] => {
  if (sizeOf(file) <= offset) return [];
  const lines = readFileSync(file).subarray(offset).toString('utf8').split('\n');
  return lines.flatMap((line) => {
    try {
      const entry: unknown = JSON.parse(line);
      return typeof entry === 'object' && entry !== null && 'type' in entry ? [entry as OutputEntry] : [];
    } catch {
      return [];
    }
  });
};
