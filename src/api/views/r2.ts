import type { R2Listed, R2Object } from '../../data/index.ts';
import type { Resource } from '../../domain/index.ts';

export const r2BucketView = ({ name, createdOn, settings }: Resource) => ({
  name,
  creation_date: createdOn,
  storage_class: String(settings['storageClass'] ?? 'Standard'),
  jurisdiction: String(settings['jurisdiction'] ?? 'default'),
});

export const r2ObjectView = ({ name, etag, size, uploaded, storageClass, httpFields = {}, customFields = [] }: R2Object) => {
  const { cacheExpiry, ...fields } = httpFields;
  return {
    key: name,
    etag,
    size,
    last_modified: new Date(uploaded).toISOString(),
    storage_class: storageClass,
    http_metadata: { ...fields, ...(cacheExpiry === undefined ? {} : { cacheExpiry: dateOf(cacheExpiry).toISOString() }) },
    custom_metadata: Object.fromEntries(customFields.map(({ k, v }) => [k, v])),
  };
};

export const r2StoredView = ({ name, etag, size, version, uploaded, storageClass }: R2Object) => ({
  key: name,
  etag,
  // A string, as the official SDK has it.
  size: String(size),
  version,
  uploaded: new Date(uploaded).toISOString(),
  storage_class: storageClass,
});

/** Beside a list of objects. */
export const r2ListInfo = ({ objects, truncated, cursor, delimitedPrefixes }: R2Listed) => ({
  count: objects.length,
  ...(cursor === undefined ? {} : { cursor }),
  is_truncated: truncated,
  delimited: delimitedPrefixes,
});

/** The headers an object is served with: what it was stored with, and what it is. */
export const r2ObjectHeaders = ({ etag, uploaded, httpFields = {}, version }: R2Object): Record<string, string> => {
  const {
    contentType = 'application/octet-stream',
    contentLanguage,
    contentDisposition,
    contentEncoding,
    cacheControl,
    cacheExpiry,
  } = httpFields;
  const headers = {
    etag: `"${etag}"`,
    'last-modified': new Date(uploaded).toUTCString(),
    'accept-ranges': 'bytes',
    'content-type': contentType,
    'content-language': contentLanguage,
    'content-disposition': contentDisposition,
    'content-encoding': contentEncoding,
    'cache-control': cacheControl,
    expires: cacheExpiry === undefined ? undefined : dateOf(cacheExpiry).toUTCString(),
    'cf-r2-version': version,
  };
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
};

/** Milliseconds since 1970, as workerd wrote them: those before are what is left without a sign. */
const dateOf = (ms: string | number): Date => new Date(Number(BigInt.asIntN(64, BigInt(ms))));
