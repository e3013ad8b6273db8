import type { Module } from '../../domain/index.ts';
import type { Bytes } from './bounded.ts';

export interface ContentBody {
  /** `multipart/form-data; boundary=…` */
  readonly contentType: string;
  /** Bytes of the whole body, known before any is read. */
  readonly contentLength: number;
  readonly body: ReadableStream<Uint8Array>;
}

/**
 * The answer of `GET …/content/v2`: a version's modules as a form, each part named and filed as its module, as
 * `Response.formData()` and wrangler's `init --from-dash` read it. Bytes are read as the client takes them.
 * `unique` makes the boundary (32 hex digits); a boundary that stands in a module would end it early.
 */
export const contentBody = (
  modules: readonly Pick<Module, 'name' | 'contentType' | 'digest' | 'size'>[],
  read: (digest: string) => Bytes,
  unique: string,
): ContentBody => {
  const boundary = `----switchback-${unique}`;
  const parts = modules.map((module) => ({ ...module, head: Buffer.from(partHead(boundary, module)) }));
  const tail = Buffer.from(`--${boundary}--\r\n`);
  const contentLength = parts.reduce((sum, { head, size }) => sum + head.length + size + LINE_END.length, tail.length);
  return { contentType: `multipart/form-data; boundary=${boundary}`, contentLength, body: ReadableStream.from(written(parts, tail, read)) };
};

const LINE_END = Buffer.from('\r\n');

async function* written(
  parts: readonly { readonly head: Buffer; readonly digest: string }[],
  tail: Buffer,
  read: (digest: string) => Bytes,
): AsyncGenerator<Uint8Array, void> {
  for (const { head, digest } of parts) {
    yield head;
    yield* read(digest);
    yield LINE_END;
  }
  yield tail;
}

const partHead = (boundary: string, { name, contentType }: Pick<Module, 'name' | 'contentType'>): string =>
  [
    `--${boundary}`,
    `Content-Disposition: form-data; name="${escaped(name)}"; filename="${escaped(name)}"`,
    `Content-Type: ${mediaType(contentType)}`,
    '',
    '',
  ].join('\r\n');

/** On one line whatever the upload said. A module accepted for its extension has no type, and a part without one reads as text. */
const mediaType = (contentType: string): string => contentType.replace(/[^\x20-\x7e]+/g, ' ').trim() || 'application/octet-stream';

/** As the WHATWG multipart encoding does; a module's name has no line breaks. */
const escaped = (name: string): string => name.replaceAll('"', '%22');
