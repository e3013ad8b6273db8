import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bytes } from './bounded.ts';
import { readUploadForm, type UploadRequest } from './read-upload-form.ts';
import type { FormLimits } from './refusal.ts';
import type { Store } from './upload-form.ts';

/** Bodies as real clients sent them; recorded/README.md says how each was made. */
export const recorded = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'recorded', `${name}.multipart`));

/** A recorded body's boundary is its first line. */
export const formType = (body: Buffer): string =>
  `multipart/form-data; boundary=${body.subarray(2, body.indexOf('\r\n')).toString('latin1')}`;

export const limits: FormLimits = { totalBytes: 1_000_000, parts: 200, metadataBytes: 100_000, partNameBytes: 512 };

/** A store in memory that tells what it holds and how many of its sources threw. */
export const aStore = (): { store: Store; texts: Map<string, string>; failed: () => number } => {
  const texts = new Map<string, string>();
  let failed = 0;
  const store: Store = async (source) => {
    const chunks: Uint8Array[] = [];
    try {
      // Copied as they come: what the store keeps may not change when the parser goes on.
      for await (const chunk of source) chunks.push(Uint8Array.from(chunk));
    } catch (cause) {
      failed += 1;
      throw cause;
    }
    const bytes = Buffer.concat(chunks);
    const digest = createHash('sha256').update(bytes).digest('hex');
    texts.set(digest, bytes.toString('latin1'));
    return { digest, size: bytes.length };
  };
  return { store, texts, failed: () => failed };
};

/** The body cut into pieces of these sizes, over and over. */
export async function* inChunks(body: Buffer, sizes: readonly number[] = [65_536]): AsyncGenerator<Uint8Array, void> {
  for (let at = 0, turn = 0; at < body.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? body.length;
    yield body.subarray(at, at + size);
    at += size;
  }
}

export const aRequest = (contentType: string | undefined, body: Bytes | null, length?: number): UploadRequest => ({
  headers: new Headers({
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
    ...(length === undefined ? {} : { 'content-length': String(length) }),
  }),
  body,
});

/** What an upload reads as: the form with each module's bytes (one character a byte) in place of its digest. */
export const readBack = async (
  contentType: string | undefined,
  body: Buffer,
  sizes?: readonly number[],
  within: Partial<FormLimits> = {},
) => {
  const { store, texts } = aStore();
  const read = await readUploadForm(aRequest(contentType, inChunks(body, sizes)), { store, limits: { ...limits, ...within } });
  if (!read.ok) return read;
  const files = read.value.files.map(({ digest, size: _size, ...file }) => ({ ...file, text: texts.get(digest) }));
  const script = read.value.script;
  return { ok: true as const, value: { ...read.value, files, ...(script === undefined ? {} : { script: texts.get(script.digest) }) } };
};

/** A form by hand, where no client would write it. */
export const aBody = (...parts: readonly string[]): Buffer =>
  Buffer.from([...parts.map((part) => `--edge\r\n${part}\r\n`), '--edge--\r\n'].join(''), 'utf8');
export const EDGE = 'multipart/form-data; boundary=edge';
export const aField = (name: string, text: string): string => `Content-Disposition: form-data; name="${name}"\r\n\r\n${text}`;
export const aFile = (name: string, text: string, type = 'application/javascript+module'): string =>
  `Content-Disposition: form-data; name="${name}"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n${text}`;
