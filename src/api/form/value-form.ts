import { accept, refuse, type Result } from '../../base/index.ts';
import type { Bytes } from './bounded.ts';
import { documents } from './documents.ts';
import { parseHeader } from './header.ts';
import { readParts } from './multipart.ts';
import { FormRefused, malformed, type FormRefusal } from './refusal.ts';

/** A value that came with metadata, as one part each (Cloudflare's "write key-value pair with metadata"). */
export interface ValueForm {
  readonly value: Buffer;
  /** Parsed JSON, undefined if absent; the official SDK spreads it over parts in brackets. */
  readonly metadata: unknown;
}

const MOST_PARTS = 1000;
const MOST_NAME_BYTES = 2048;

/** Reads a form of `value` and `metadata` in either order. All of it is held in memory: its caller bounds the body. Else why not. */
export const readValueForm = async (body: Bytes, contentType: string): Promise<Result<ValueForm, string>> => {
  const texts = documents();
  let value: Buffer | undefined;
  try {
    const boundary = parseHeader(contentType)?.parameters.get('boundary');
    if (boundary === undefined || boundary === '') throw new FormRefused({ code: 'missing_boundary' });
    const limits = { totalBytes: Infinity, parts: MOST_PARTS, metadataBytes: Infinity, partNameBytes: MOST_NAME_BYTES };
    await readParts(body, boundary, limits, async (part) => {
      const bytes = Buffer.concat(await Array.fromAsync(part.body));
      if (part.name !== 'value') return texts.add(part.name, bytes);
      if (value !== undefined) throw malformed('the field "value" is given twice');
      value = bytes;
    });
    if (value === undefined) throw malformed('it has no part "value"');
    return accept({ value, metadata: texts.read().metadata });
  } catch (cause) {
    if (cause instanceof FormRefused) return refuse(reasonOf(cause.refusal));
    throw cause;
  }
};

const reasonOf = (refusal: FormRefusal): string => {
  switch (refusal.code) {
    case 'malformed_multipart':
      return `The form is malformed: ${refusal.detail}`;
    case 'missing_boundary':
      return 'The content type of the form names no boundary';
    case 'metadata_not_json':
      return `The metadata is not JSON: ${refusal.detail}`;
    default:
      return 'The form has more parts, or longer names, than a value and its metadata need';
  }
};
