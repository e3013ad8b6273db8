import { accept, refuse, type Result } from '../../base/index.ts';
import type { Bytes } from './bounded.ts';
import { parseHeader } from './header.ts';
import { readParts } from './multipart.ts';
import { FormRefused, malformed, type FormRefusal } from './refusal.ts';
import type { Store, StoredBytes } from './upload-form.ts';

export interface AssetPart extends StoredBytes {
  readonly hash: string;
  /** Undefined where the client knew none. */
  readonly contentType: string | undefined;
}

const LIMITS = { totalBytes: Infinity, parts: 1_000, metadataBytes: 0, partNameBytes: 64 };

/** A form of files, each named by its hash; stored while it is read, so memory does not grow with it. */
export const readAssetForm = async (
  { bytes, contentType }: { readonly bytes: Bytes; readonly contentType: string },
  isBase64: boolean,
  store: Store,
): Promise<Result<readonly AssetPart[], FormRefusal>> => {
  const header = parseHeader(contentType);
  if (header?.value !== 'multipart/form-data') return refuse({ code: 'unsupported_media_type', contentType });
  const boundary = header.parameters.get('boundary');
  if (boundary === undefined || boundary === '') return refuse({ code: 'missing_boundary' });
  const parts: AssetPart[] = [];
  try {
    await readParts(bytes, boundary, LIMITS, async (part) => {
      const stored = await store(isBase64 ? decoded(part.body, part.name) : part.body);
      parts.push({ hash: part.name, contentType: typeOf(part.contentType), ...stored });
    });
  } catch (cause) {
    if (cause instanceof FormRefused) return refuse(cause.refusal);
    throw cause;
  }
  return parts.length === 0 ? refuse({ code: 'missing_body' }) : accept(parts);
};

/** wrangler writes `application/null` where it knows none. */
const typeOf = (contentType: string): string | undefined => {
  const isUsable = contentType !== '' && contentType !== 'application/null' && /^[\x20-\x7e]{1,255}$/.test(contentType);
  return isUsable ? contentType : undefined;
};

/** Four characters are three bytes: what is left of a piece waits for the next. */
async function* decoded(body: Bytes, name: string): AsyncGenerator<Uint8Array> {
  let rest = '';
  for await (const chunk of body) {
    const text = rest + Buffer.from(chunk).toString('latin1').replace(/\s+/g, '');
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw malformed(`the part ${JSON.stringify(name)} is not base64`);
    const whole = text.length - (text.length % 4);
    rest = text.slice(whole);
    yield Buffer.from(text.slice(0, whole), 'base64');
  }
  if (rest !== '') yield Buffer.from(rest, 'base64');
}
