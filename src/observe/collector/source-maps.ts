import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { decodedMappings, originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { z } from 'zod';

/** A larger one would hold up everything else while it is parsed, most of which are the sources themselves. */
const MOST_MAP_BYTES = 4 * 1024 * 1024;
/** Characters of what it says, which are a tenth of a second and 40 MB. */
const MOST_MAPPINGS = 1_000_000;
const MOST_SOURCES = 20_000;
/** What a character of those takes once it is read, at most. */
const BYTES_OF_CHARACTER = 40;
/** Of the maps that are kept. */
const MOST_KEPT_BYTES = 96 * 1024 * 1024;
const MOST_KEPT = 64;
/** A Worker may have maps read in a twentieth of the time, and some at once. */
const SHARE_OF_TIME = 20;
const AT_ONCE_MS = 1_000;
const MOST_SCRIPTS = 1_000;
/** A map that could not be read is looked for again only after so long. */
const AGAIN_AFTER_MS = 60_000;

interface Kept {
  readonly map: TraceMap | undefined;
  readonly bytes: number;
  /** By the clock of `performance.now()`. */
  readonly until: number;
  /** How long nothing else went on while it was read. */
  readonly tookMs: number;
}

/** Source maps by the digest of the module that they are, parsed once and kept for as long as there is room. Reading them is rationed. */
export class SourceMaps {
  readonly #folder: string;
  readonly #kept = new Map<string, Kept>();
  readonly #loading = new Map<string, Promise<Kept>>();
  /** Until when each Worker has used up its share, by the clock of `performance.now()`. */
  readonly #usedUntil = new Map<string, number>();
  #bytes = 0;

  /** `folder` is where the control plane stores modules. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Undefined where it is not there, is not what its digest says, is too large or no source map, or the Worker has had enough read. */
  async map(digest: string, script: string): Promise<TraceMap | undefined> {
    const known = this.#kept.get(digest);
    if (known !== undefined && performance.now() < known.until) {
      this.#kept.delete(digest);
      this.#kept.set(digest, known);
      return known.map;
    }
    let loading = this.#loading.get(digest);
    if (loading === undefined) {
      if ((this.#usedUntil.get(script) ?? 0) > performance.now() + AT_ONCE_MS) return undefined;
      loading = this.#load(digest, script);
      this.#loading.set(digest, loading);
    }
    return (await loading).map;
  }

  async #load(digest: string, script: string): Promise<Kept> {
    const kept = await readMap(join(this.#folder, digest.slice(0, 2), digest), digest);
    this.#used(script, kept.tookMs);
    this.#loading.delete(digest);
    this.#bytes += kept.bytes - (this.#kept.get(digest)?.bytes ?? 0);
    this.#kept.delete(digest);
    this.#kept.set(digest, kept);
    for (const [oldest, { bytes }] of this.#kept) {
      if (oldest === digest || (this.#bytes <= MOST_KEPT_BYTES && this.#kept.size <= MOST_KEPT)) break;
      this.#kept.delete(oldest);
      this.#bytes -= bytes;
    }
    return kept;
  }

  #used(script: string, ms: number): void {
    const now = performance.now();
    const until = Math.max(now, this.#usedUntil.get(script) ?? 0) + ms * SHARE_OF_TIME;
    this.#usedUntil.delete(script);
    this.#usedUntil.set(script, until);
    const [oldest] = this.#usedUntil.keys();
    if (this.#usedUntil.size > MOST_SCRIPTS && oldest !== undefined) this.#usedUntil.delete(oldest);
  }
}

const readMap = async (path: string, digest: string): Promise<Kept> => {
  const file = await bytesWithin(path).catch(() => undefined);
  const before = performance.now();
  const map = file !== undefined && createHash('sha256').update(file).digest('hex') === digest ? parsedMap(file) : undefined;
  const now = performance.now();
  const tookMs = now - before;
  if (map === undefined) return { map, bytes: 0, until: now + AGAIN_AFTER_MS, tookMs };
  return { ...map, until: Infinity, tookMs };
};

const bytesWithin = async (path: string): Promise<Buffer | undefined> => {
  await using file = await open(path);
  return (await file.stat()).size > MOST_MAP_BYTES ? undefined : await file.readFile();
};

const form = z.object({
  version: z.literal(3),
  sources: z.array(z.string().nullable()).max(MOST_SOURCES),
  sourceRoot: z.string().nullish(),
  mappings: z.string().max(MOST_MAPPINGS),
});

/** A tenant uploaded it: whatever is wrong with it is no reason to fail. Of what it has beside places nothing is kept. */
const parsedMap = (file: Buffer): Pick<Kept, 'map' | 'bytes'> | undefined => {
  try {
    const { sourceRoot, ...rest } = form.parse(JSON.parse(file.toString()));
    const map = new TraceMap({ ...rest, names: [], ...(sourceRoot == null ? {} : { sourceRoot }) });
    // It is read now, where the time is counted, and not by the first who looks.
    decodedMappings(map);
    return { map, bytes: (rest.mappings.length + rest.sources.join().length) * BYTES_OF_CHARACTER };
  } catch {
    return undefined;
  }
};

/** No frame is longer, and a tenant may throw whatever it likes. */
const MOST_LINE = 1_000;
/** How a frame begins and ends in V8's way: `at handler (index.js:12:7)` or `at async index.js:12:7`. */
const FRAME_BEGINS = /^[ \t]*at (?:async )?/;
const FRAME_ENDS = /:(\d{1,9}):(\d{1,9})\)?$/;

/** The stack as the sources have it. A frame of which nothing is known stays as it is. */
export const mappedStack = (stack: string, mapOf: (module: string) => TraceMap | undefined): string =>
  stack
    .split('\n')
    .map((line) => mappedFrame(line, mapOf))
    .join('\n');

const mappedFrame = (line: string, mapOf: (module: string) => TraceMap | undefined): string => {
  if (line.length > MOST_LINE) return line;
  const [begin] = FRAME_BEGINS.exec(line) ?? [];
  const end = FRAME_ENDS.exec(line);
  if (begin === undefined || end === null) return line;
  const bracket = line.lastIndexOf(' (', end.index);
  const before = bracket === -1 ? begin : line.slice(0, bracket + ' ('.length);
  const [whole, row, column] = end;
  const map = mapOf(line.slice(before.length, end.index));
  if (map === undefined) return line;
  const after = whole.endsWith(')') ? ')' : '';
  try {
    // V8 counts columns from 1, source maps from 0.
    const found = originalPositionFor(map, { line: Number(row), column: Math.max(0, Number(column) - 1) });
    return found.source === null ? line : `${before}${found.source}:${found.line}:${found.column + 1}${after}`;
  } catch {
    return line;
  }
};
