import type { StoredObject } from './bucket-index.ts';
import type { Range } from './range.ts';

/** An object as workerd reads it (R2HeadResponse in r2-api.capnp); checksums go by number. */
export const objectJson = (object: StoredObject, shown: { readonly range?: Range; readonly http?: boolean; readonly custom?: boolean }) => {
  const { range, http = true, custom = true } = shown;
  const { md5, sha1, sha256, sha384, sha512 } = object.checksums;
  return {
    name: object.key,
    version: object.version,
    size: object.size,
    etag: object.etag,
    uploaded: object.uploaded,
    storageClass: object.storageClass,
    checksums: { 0: md5, 1: sha1, 2: sha256, 3: sha384, 4: sha512 },
    ...(http ? { httpFields: object.httpFields } : {}),
    ...(custom ? { customFields: object.customFields } : {}),
    ...(range === undefined ? {} : { range }),
  };
};

export type ObjectJson = ReturnType<typeof objectJson>;

export const REQUEST_HEADER = 'cf-r2-request';
export const METADATA_HEADER = 'cf-r2-metadata-size';
export const ERROR_HEADER = 'cf-r2-error';

/** JSON as a header's value: ASCII, whatever is in it. */
export const headerJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
