import { accept, refuse, type Result } from '../../base/index.ts';
import { bounded, peek, type Bytes } from './bounded.ts';
import { parseHeader } from './header.ts';
import { readParts } from './multipart.ts';
import { FormRefused, malformed, type FormLimits, type FormRefusal } from './refusal.ts';
import { gatherForm, type Store, type UploadForm } from './upload-form.ts';

/** A Fetch API Request, or anything with its headers and a stream of its body. */
export interface UploadRequest {
  readonly headers: { get(name: string): string | null | undefined };
  readonly body: Bytes | null;
}

export interface ReadOptions {
  readonly store: Store;
  readonly limits: FormLimits;
  /** Whether a migration in the metadata is refused, where that comes first before a module is stored. */
  readonly isVersionOnly?: boolean;
}

/**
 * Reads the upload of a Worker in any dialect clients use: wrangler's form, `curl -F`, the SDK's bracketed form also under
 * a JavaScript media type, and raw JavaScript. Modules go to the store while they arrive, so memory does not grow with
 * the upload. A failure of the store or of the connection is thrown.
 */
export const readUploadForm = async (request: UploadRequest, options: ReadOptions): Promise<Result<UploadForm, FormRefusal>> => {
  try {
    return accept(await read(request, options));
  } catch (cause) {
    if (cause instanceof FormRefused) return refuse(cause.refusal);
    throw cause;
  }
};

const read = async ({ headers, body }: UploadRequest, options: ReadOptions): Promise<UploadForm> => {
  const { store, limits } = options;
  if (Number(headers.get('content-length') ?? 0) > limits.totalBytes) {
    throw new FormRefused({ code: 'upload_too_large', limit: limits.totalBytes });
  }
  const contentType = headers.get('content-type') ?? '';
  const { head, whole } = await peek(bounded(body ?? nothing, limits.totalBytes), HEAD_BYTES);
  if (head.length === 0) throw new FormRefused({ code: 'missing_body' });
  const boundary = declaredBoundary(contentType) ?? boundaryIn(head);
  if (boundary !== undefined) return readForm(whole, boundary, options);
  if (!SCRIPT_TYPES.has(parseHeader(contentType)?.value ?? '')) throw new FormRefused({ code: 'unsupported_media_type', contentType });
  return { metadata: undefined, fields: {}, files: [], script: { ...(await store(whole)), contentType } };
};

const readForm = async (body: Bytes, boundary: string, { store, limits, isVersionOnly = false }: ReadOptions): Promise<UploadForm> => {
  const { add, form } = gatherForm(store, limits, isVersionOnly);
  await readParts(body, boundary, limits, add);
  return form();
};

const SCRIPT_TYPES = new Set(['application/javascript', 'text/javascript', 'application/javascript+module', 'text/javascript+module']);

/** RFC 2046, 5.1.1. */
const MOST_BOUNDARY_BYTES = 70;

/** The boundary of a multipart media type; undefined for any other type. */
const declaredBoundary = (contentType: string): string | undefined => {
  if (!/^\s*multipart\/form-data\s*(?:;|$)/i.test(contentType)) return undefined;
  const boundary = parseHeader(contentType)?.parameters.get('boundary');
  if (boundary === undefined || boundary === '') throw new FormRefused({ code: 'missing_boundary' });
  if (boundary.length > MOST_BOUNDARY_BYTES) throw malformed(`its boundary is longer than ${MOST_BOUNDARY_BYTES} bytes`);
  return boundary;
};

/** Room for the first delimiter line and the name of the header below it. */
const HEAD_BYTES = 128;

/**
 * The boundary a body begins with: the SDK's `scripts.update` labels its form `application/javascript`. No script
 * begins like this, `--word` followed by a line `Content-Disposition:` is no JavaScript.
 */
const boundaryIn = (head: Buffer): string | undefined =>
  /^--([\w'()+,./:=?-]{1,70})\r\ncontent-disposition:/i.exec(head.toString('latin1', 0, HEAD_BYTES))?.[1];

const nothing: Bytes = {
  async *[Symbol.asyncIterator]() {},
};
