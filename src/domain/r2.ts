import { accept, refuse, type Result } from '../base/index.ts';
import type { ResourceRefusal } from './refusal.ts';

const STORAGE_CLASSES = ['Standard', 'InfrequentAccess'];

/** Cloudflare's rule (https://developers.cloudflare.com/r2/buckets/create-buckets/). */
export const r2BucketName = (name: string): Result<string, ResourceRefusal> =>
  /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)
    ? accept(name)
    : refuse({
        code: 'resource_name_invalid',
        kind: 'r2_bucket',
        name,
        fault: 'it may hold small letters, digits and dashes, must begin and end with a letter or a digit, and be 3 to 63 characters long',
      });

export const r2StorageClass = (name: string): Result<string, ResourceRefusal> =>
  STORAGE_CLASSES.includes(name)
    ? accept(name)
    : refuse({
        code: 'r2_refused',
        status: 400,
        number: 10029,
        reason: `There is no storage class ${JSON.stringify(name)}; there are ${STORAGE_CLASSES.join(' and ')}.`,
      });
