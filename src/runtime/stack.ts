import { posix } from 'node:path';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import type { VersionSpec } from '../domain/index.ts';

/** The source map of a module by its name, as JSON text; undefined where none was uploaded. */
export type MapOf = (moduleName: string) => Promise<string | undefined>;

/** As workerd writes a frame: `  at index.js:2:24 in boom`, lines and columns from 1. */
const FRAME = /^(\s+at )(.+?):(\d+):(\d+)( in .*)?$/;

/** The message with its frames led back to the sources that were written; a frame without a map stays as it is. */
export const sourceMapped = async (message: string, mapOf: MapOf): Promise<string> => {
  const maps = new Map<string, TraceMap | undefined>();
  const lines: string[] = [];
  for (const line of message.split('\n')) {
    const name = FRAME.exec(line)?.[2];
    if (name !== undefined && !maps.has(name)) maps.set(name, await traceMap(name, mapOf));
    lines.push(mappedLine(line, maps));
  }
  return lines.join('\n');
};

const mappedLine = (line: string, maps: ReadonlyMap<string, TraceMap | undefined>): string => {
  const [, at = '', name = '', row, column, within = ''] = FRAME.exec(line) ?? [];
  const map = maps.get(name);
  if (map === undefined) return line;
  const found = originalPositionFor(map, { line: Number(row), column: Number(column) - 1 });
  return found.source === null ? line : `${at}${withoutClimbing(found.source)}:${found.line}:${found.column + 1}${within}`;
};

/** Bundlers write sources relative to a temporary folder; what leads out of it says nothing. */
const withoutClimbing = (source: string): string => source.replace(/^(?:\.\.?\/)+/, '');

const traceMap = async (name: string, mapOf: MapOf): Promise<TraceMap | undefined> => {
  const text = await mapOf(name);
  if (text === undefined) return undefined;
  try {
    return new TraceMap(text);
  } catch {
    // A broken map costs the mapping, never the message.
    return undefined;
  }
};

/** wrangler uploads `index.js.map` beside `index.js`, in whichever folder; a lone map belongs to the main module. */
export const mapFor = (moduleName: string, spec: VersionSpec): string => {
  const maps = spec.modules.filter(({ kind }) => kind === 'sourcemap').map(({ name }) => name);
  const wanted = `${moduleName}.map`;
  const sameBase = maps.find((name) => posix.basename(name) === posix.basename(wanted));
  return (
    maps.find((name) => name === wanted) ?? sameBase ?? (moduleName === spec.mainModule && maps.length === 1 ? (maps[0] ?? wanted) : wanted)
  );
};
