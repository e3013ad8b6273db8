import type { Result } from '../../api/index.ts';

/** A version with the bytes of its modules. */
export type Base = Result<'getWorkerVersion'>;

/** Its Worker, as the other pages have it. */
export type EditedWorker = Result<'getWorkerOverview'>;

/** A module as it is edited. */
export interface EditedFile {
  readonly name: string;
  readonly contentType: string;
  /** Undefined of bytes that are no text: they stay as they are. */
  readonly text: string | undefined;
  /** The module of the base that it was; undefined of one that was added. */
  readonly from: string | undefined;
}

/** The files of an edit, and which of them is started. */
export interface Edit {
  readonly files: readonly EditedFile[];
  readonly entry: string;
}

const SOURCE_MAP = 'application/source-map';
const MODULE = 'application/javascript+module';

/** By what its name ends in, a file that is added is told from others. */
const TYPES: Readonly<Record<string, string>> = {
  js: MODULE,
  mjs: MODULE,
  cjs: 'application/javascript',
  json: 'application/json',
  txt: 'text/plain',
  html: 'text/plain',
  css: 'text/plain',
  sql: 'text/plain',
  md: 'text/plain',
};

export const KNOWN_ENDINGS = Object.keys(TYPES);

export const typeOf = (name: string): string | undefined => TYPES[name.slice(name.lastIndexOf('.') + 1).toLowerCase()];

const essenceOf = (contentType: string): string => (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();

/** Code of the older syntax, whose one script is no module: it is always deployed at once. */
export const isServiceWorker = ({ main_module: main, modules = [] }: Base): boolean => {
  const entry = modules.find(({ name }) => name === main);
  return entry !== undefined && ['application/javascript', 'text/javascript'].includes(essenceOf(entry.content_type));
};

/** The edit that changes nothing. Source maps are not shown: one of code that is changed by hand leads astray. */
export const untouched = ({ main_module: entry, modules = [] }: Base): Edit => ({
  entry,
  files: modules
    .filter(({ content_type: type }) => essenceOf(type) !== SOURCE_MAP)
    .map(({ name, content_type: contentType, content_base64: content }) => ({
      name,
      contentType,
      text: textIn(bytesOf(content)),
      from: name,
    })),
});

export const isSame = (one: Edit, other: Edit): boolean =>
  one.entry === other.entry && one.files.length === other.files.length && one.files.every((file) => stateOf(file, other) === 'same');

/** How a file stands to what the edit began with. */
export const stateOf = (file: EditedFile, before: Edit): 'same' | 'edited' | 'renamed' | 'new' => {
  const original = before.files.find(({ name }) => name === file.from);
  if (original === undefined) return 'new';
  if (original.text !== file.text || original.contentType !== file.contentType) return 'edited';
  return original.name === file.name ? 'same' : 'renamed';
};

/** What is uploaded: each file with its bytes. Of a version that is not changed, with its source maps. */
export const partsOf = ({ files }: Edit, base: Base): readonly File[] => {
  const modules = base.modules ?? [];
  const original = untouched(base);
  const parts = files.map(({ name, contentType, text, from }) => {
    const bytes = modules.find((module) => module.name === from)?.content_base64 ?? '';
    return new File([text ?? bytesOf(bytes)], name, { type: contentType });
  });
  const maps = modules
    .filter(({ content_type: type }) => essenceOf(type) === SOURCE_MAP)
    .filter(({ name }) => files.some((file) => `${file.name}.map` === name && stateOf(file, original) === 'same'))
    .map(({ name, content_type: type, content_base64: content }) => new File([bytesOf(content)], name, { type }));
  return [...parts, ...maps];
};

export const sizeOf = (file: EditedFile, { modules = [] }: Base): number =>
  file.text === undefined
    ? bytesOf(modules.find(({ name }) => name === file.from)?.content_base64 ?? '').length
    : new TextEncoder().encode(file.text).length;

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

const textIn = (bytes: Uint8Array): string | undefined => {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
};
