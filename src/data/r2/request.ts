import { z } from 'zod';

/**
 * What workerd's binding asks (src/workerd/api/r2-api.capnp, written as JSON by Cap'n Proto): 64-bit numbers are strings, and
 * what has its default is left out.
 */
const whole = z.coerce.number().min(0);
/** Milliseconds since 1970; those before come as what is left of them without a sign. */
const instant = z.union([z.string().regex(/^\d{1,20}$/), z.number().int()]);
const milliseconds = instant.transform((ms) => Number(BigInt.asIntN(64, BigInt(ms))));
const hex = z.string().regex(/^([0-9a-f]{2})*$/i);
const object = z.string().default('');

const etag = z.discriminatedUnion('type', [
  z.object({ type: z.literal('strong'), value: z.string().default('') }),
  z.object({ type: z.literal('weak'), value: z.string().default('') }),
  z.object({ type: z.literal('wildcard') }),
]);

const conditions = z.object({
  etagMatches: z.array(etag).optional(),
  etagDoesNotMatch: z.array(etag).optional(),
  uploadedBefore: milliseconds.optional(),
  uploadedAfter: milliseconds.optional(),
  secondsGranularity: z.boolean().optional(),
});

const range = z.object({ offset: whole.optional(), length: whole.optional(), suffix: whole.optional() });

const httpFields = z.object({
  contentType: z.string().optional(),
  contentLanguage: z.string().optional(),
  contentDisposition: z.string().optional(),
  contentEncoding: z.string().optional(),
  cacheControl: z.string().optional(),
  /** Kept as it came. */
  cacheExpiry: instant.optional(),
});

const described = {
  customFields: z.array(z.object({ k: z.string().default(''), v: z.string().default('') })).default([]),
  httpFields: httpFields.default({}),
  storageClass: z.string().optional(),
  /** A customer's own encryption key. */
  ssec: z.unknown().optional(),
};

const upload = { object, uploadId: z.string().default('') };

const request = z.discriminatedUnion('method', [
  z.object({ method: z.literal('head'), object }),
  z.object({
    method: z.literal('get'),
    object,
    range: range.optional(),
    rangeHeader: z.string().optional(),
    onlyIf: conditions.optional(),
    ssec: z.unknown().optional(),
  }),
  z.object({
    method: z.literal('list'),
    limit: z.number().int().optional(),
    prefix: z.string().default(''),
    cursor: z.string().optional(),
    delimiter: z.string().default(''),
    startAfter: z.string().optional(),
    /** 0 is HTTP metadata, 1 is custom metadata. */
    include: z.array(z.number()).default([]),
  }),
  z.object({
    method: z.literal('put'),
    object,
    ...described,
    onlyIf: conditions.optional(),
    md5: z.base64().optional(),
    sha1: hex.optional(),
    sha256: hex.optional(),
    sha384: hex.optional(),
    sha512: hex.optional(),
  }),
  z.object({ method: z.literal('delete'), object: z.string().optional(), objects: z.array(z.string()).optional() }),
  z.object({ method: z.literal('createMultipartUpload'), object, ...described }),
  z.object({ method: z.literal('uploadPart'), ...upload, partNumber: z.number().int().default(0), ssec: z.unknown().optional() }),
  z.object({
    method: z.literal('completeMultipartUpload'),
    ...upload,
    parts: z.array(z.object({ etag: z.string().default(''), part: z.number().int().default(0) })).default([]),
  }),
  z.object({ method: z.literal('abortMultipartUpload'), ...upload }),
  z.object({ method: z.literal('createBucket'), storageClass: z.string().optional() }),
  z.object({ method: z.literal('deleteBucket') }),
  z.object({ method: z.literal('measureBucket') }),
]);

export type R2Request = z.output<typeof request>;
export type R2RequestOf<Method extends R2Request['method']> = Extract<R2Request, { readonly method: Method }>;
export type Conditions = z.output<typeof conditions>;
export type WantedRange = Pick<R2RequestOf<'get'>, 'range' | 'rangeHeader'>;
export type HttpFields = z.output<typeof httpFields>;
export type CustomFields = R2RequestOf<'put'>['customFields'];

/** Undefined where it is no request of R2's. */
export const parseRequest = (text: string): R2Request | undefined => {
  try {
    return request.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
};
