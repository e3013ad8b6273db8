import { migrationIn, moduleNameFrom } from '../../domain/index.ts';
import type { Bytes } from './bounded.ts';
import { documents } from './documents.ts';
import type { Part } from './part.ts';
import { FormRefused, invalidName, type FormLimits } from './refusal.ts';

export interface StoredBytes {
  /** SHA-256 in lower-case hex. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** Writes what the source gives and answers what it was; when the source throws it removes what it wrote and throws that. */
export type Store = (source: Bytes) => Promise<StoredBytes>;

export interface FormFile extends StoredBytes {
  /** The part's name, `files[]` in the SDK's form. */
  readonly field: string;
  /** The module's name as uploaded, perhaps with a leading `./`; `moduleNameFrom` accepts it. */
  readonly filename: string;
  /** Empty where the part does not say. */
  readonly contentType: string;
}

/** What an upload says, its modules already stored. */
export interface UploadForm {
  /** Parsed JSON, undefined if absent. */
  readonly metadata: unknown;
  readonly settings?: unknown;
  /** The text fields that are neither. */
  readonly fields: Readonly<Record<string, string>>;
  readonly files: readonly FormFile[];
  /** The body itself, where it was JavaScript and no form. */
  readonly script?: StoredBytes & { readonly contentType: string };
}

/** Gathers the parts of a form, in any order. */
export const gatherForm = (
  store: Store,
  limits: FormLimits,
  isVersionOnly: boolean,
): { add: (part: Part) => Promise<void>; form: () => UploadForm } => {
  const files: FormFile[] = [];
  const texts = documents();
  let textBytes = 0;

  const readText = async (body: Bytes): Promise<Buffer> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) {
      textBytes += chunk.byteLength;
      if (textBytes > limits.metadataBytes) throw new FormRefused({ code: 'metadata_too_large', limit: limits.metadataBytes });
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  };
  const add = async (part: Part): Promise<void> => {
    if (isText(part)) return texts.add(part.name, await readText(part.body));
    const filename = moduleFilename(part);
    const name = moduleNameFrom(filename);
    if (!name.ok) throw invalidName(filename, name.refusal.reason);
    if (isVersionOnly && files.length === 0 && hasMigration(texts.read().metadata))
      throw new FormRefused({ code: 'version_with_migration' });
    files.push({ field: part.name, filename, contentType: part.contentType, ...(await store(part.body)) });
  };
  return { add, form: () => ({ ...texts.read(), files }) };
};

const hasMigration = (metadata: unknown): boolean =>
  typeof metadata === 'object' && metadata !== null && migrationIn(metadata) !== undefined;

/** curl sends the metadata as a file; some clients send modules without a filename, told apart by their media type. */
const isText = ({ name, filename, contentType }: Part): boolean => {
  const isCode = /javascript|wasm|source-map|python/i.test(contentType);
  if (name === 'metadata' || name === 'settings') return !isCode;
  return filename === undefined && !isCode && !contentType.startsWith('application/octet-stream');
};

/** `files` and `files[]` only say that a file follows; every other part is named as its module is. */
const moduleFilename = ({ name, filename }: Part): string => (/^files(?:\[.*\])?$/.test(name) ? (filename ?? name) : name);
