import { accept, refuse, type Result } from '../base/index.ts';
import type { ModuleKind } from './version.ts';

export type ModuleNameFault = 'empty' | 'too_long' | 'absolute' | 'traversal' | 'backslash' | 'control_character';

/** Bytes of UTF-8. Far above any real path and below what a file system takes. */
export const MOST_MODULE_NAME_BYTES = 512;

const encoder = new TextEncoder();

/**
 * A module's name as workerd is to know it: a relative POSIX path without `.` segments. wrangler names bundled extra
 * modules `./<sha1>-note.txt`. A name that could leave the Worker's own folder is refused, never repaired.
 */
export const moduleNameFrom = (filename: string): Result<string, { readonly reason: ModuleNameFault }> => {
  const reason = faultIn(filename);
  if (reason !== undefined) return refuse({ reason });
  const name = segmentsOf(filename).join('/');
  return name === '' ? refuse({ reason: 'empty' }) : accept(name);
};

const faultIn = (filename: string): ModuleNameFault | undefined => {
  if (encoder.encode(filename).length > MOST_MODULE_NAME_BYTES) return 'too_long';
  // NUL ends a path for the operating system, the others forge lines in logs and headers.
  // oxlint-disable-next-line no-control-regex
  if (/[\0-\x1f\x7f]/.test(filename)) return 'control_character';
  if (filename.includes('\\')) return 'backslash';
  if (filename.startsWith('/')) return 'absolute';
  return filename.split('/').includes('..') ? 'traversal' : undefined;
};

const segmentsOf = (filename: string): readonly string[] => filename.split('/').filter((segment) => segment !== '' && segment !== '.');

export type ModuleKindRefusal = { readonly reason: 'python' } | { readonly reason: 'unknown'; readonly contentType: string };

/** https://developers.cloudflare.com/workers/configuration/multipart-upload-metadata/ and wrangler's `toMimeType`. */
const KINDS: Readonly<Record<string, ModuleKind | 'python'>> = {
  'application/javascript+module': 'esm',
  'text/javascript+module': 'esm',
  'application/javascript': 'commonjs',
  'text/javascript': 'commonjs',
  'application/wasm': 'wasm',
  'text/plain': 'text',
  'application/octet-stream': 'data',
  'application/json': 'json',
  'application/source-map': 'sourcemap',
  'text/x-python': 'python',
  'text/x-python-requirement': 'python',
};

/** Only for parts without a media type: what a part calls itself always counts more than its name. */
const KINDS_BY_EXTENSION: Readonly<Record<string, ModuleKind | 'python'>> = {
  mjs: 'esm',
  cjs: 'commonjs',
  wasm: 'wasm',
  txt: 'text',
  bin: 'data',
  json: 'json',
  map: 'sourcemap',
  py: 'python',
};

/** How a part is loaded. Plain JavaScript is CommonJS beside ES modules, and the script itself in a service worker. */
export const moduleKindFrom = (contentType: string, name: string): Result<ModuleKind, ModuleKindRefusal> => {
  const essence = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  const kind = essence === '' ? own(KINDS_BY_EXTENSION, extensionOf(name)) : own(KINDS, essence);
  if (kind === undefined) return refuse({ reason: 'unknown', contentType });
  return kind === 'python' ? refuse({ reason: 'python' }) : accept(kind);
};

const extensionOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1).toLowerCase();

const own = <Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;
