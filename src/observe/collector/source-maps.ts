import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';

/** A larger one would hold up everything else while it is parsed. */
const MOST_MAP_BYTES = 12 * 1024 * 1024;
/** Of the maps that are kept parsed, as they are on disk; in memory they are about three times that. */
const MOST_KEPT_BYTES = 32 * 1024 * 1024;
const MOST_KEPT = 64;
/** A map that could not be read is looked for again only after so long. */
const AGAIN_AFTER_MS = 60_000;

interface Kept {
  readonly map: TraceMap | undefined;
  readonly bytes: number;
  readonly until: number;
}

/** Source maps by the digest of the module that they are, parsed once and kept for as long as there is room. */
export class SourceMaps {
  readonly #folder: string;
  readonly #kept = new Map<string, Kept>();
  readonly #loading = new Map<string, Promise<Kept>>();
  #bytes = 0;

  /** `folder` is where the control plane stores modules. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Undefined where it is not there, is not what its digest says, is too large or no source map. */
  async map(digest: string): Promise<TraceMap | undefined> {
    const known = this.#kept.get(digest);
    if (known !== undefined && Date.now() < known.until) {
      this.#kept.delete(digest);
      this.#kept.set(digest, known);
      return known.map;
    }
    let loading = this.#loading.get(digest);
    if (loading === undefined) {
      loading = this.#load(digest);
      this.#loading.set(digest, loading);
    }
    return (await loading).map;
  }

  async #load(digest: string): Promise<Kept> {
    const kept = await readMap(join(this.#folder, digest.slice(0, 2), digest), digest);
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
}

const readMap = async (path: string, digest: string): Promise<Kept> => {
  const bytes = await bytesWithin(path).catch(() => undefined);
  const map = bytes !== undefined && createHash('sha256').update(bytes).digest('hex') === digest ? parsedMap(bytes) : undefined;
  if (map === undefined) return { map, bytes: 0, until: Date.now() + AGAIN_AFTER_MS };
  return { map, bytes: bytes?.length ?? 0, until: Infinity };
};

const bytesWithin = async (path: string): Promise<Buffer | undefined> => {
  await using file = await open(path);
  return (await file.stat()).size > MOST_MAP_BYTES ? undefined : await file.readFile();
};

/** A tenant uploaded it: whatever is wrong with it is no reason to fail. */
const parsedMap = (bytes: Buffer): TraceMap | undefined => {
  try {
    return new TraceMap(bytes.toString());
  } catch {
    return undefined;
  }
};

/** `at handler (index.js:12:7)` or `at index.js:12:7`, in V8's way. */
const FRAME = /^(\s*at (?:.*? \()?)(.+?):(\d+):(\d+)(\)?)$/;

/** The stack as the sources have it. A frame of which nothing is known stays as it is. */
export const mappedStack = (stack: string, mapOf: (module: string) => TraceMap | undefined): string =>
  stack
    .split('\n')
    .map((line) => mappedFrame(line, mapOf))
    .join('\n');

const mappedFrame = (line: string, mapOf: (module: string) => TraceMap | undefined): string => {
  const [, before = '', module = '', row = '', column = '', after = ''] = FRAME.exec(line) ?? [];
  const map = module === '' ? undefined : mapOf(module);
  if (map === undefined) return line;
  try {
    // V8 counts columns from 1, source maps from 0.
    const found = originalPositionFor(map, { line: Number(row), column: Math.max(0, Number(column) - 1) });
    return found.source === null ? line : `${before}${found.source}:${found.line}:${found.column + 1}${after}`;
  } catch {
    return line;
  }
};
