import { randomBytes } from 'node:crypto';
import { accept, type Clock, type Result } from '../../base/index.ts';
import type { BlobFolder, BlobReading, Extent } from './blob-folder.ts';
import type { Bucket, BucketIndex, Piece, StoredObject } from './bucket-index.ts';
import { Digests, givenIn, type Checksums } from './checksums.ts';
import { holds } from './conditions.ts';
import type { R2Database } from './database.ts';
import { fault, type Fault } from './fault.ts';
import { LIMITS } from './limits.ts';
import { rangeWithin, type Range } from './range.ts';
import type { R2RequestOf } from './request.ts';

/** What the operations on objects work with. */
export interface BucketStore {
  readonly database: R2Database;
  readonly index: BucketIndex;
  readonly blobs: BlobFolder;
  readonly clock: Clock;
}

export type Body = AsyncIterable<Uint8Array>;

/** An object and its bytes, which whoever gets it disposes of, or only the object where a condition did not hold. */
export interface Found {
  readonly object: StoredObject;
  readonly range: Range;
  readonly reading: BlobReading | undefined;
}

export const headObject = ({ index }: BucketStore, { id }: Bucket, key: string): Result<StoredObject, Fault> => {
  const object = index.object(id, key);
  return object === undefined ? fault('noSuchKey') : accept(object);
};

export const getObject = ({ index, blobs }: BucketStore, { id }: Bucket, wanted: R2RequestOf<'get'>): Result<Found, Fault> => {
  if (wanted.ssec !== undefined) return fault('invalidArgument', NO_SSEC);
  const object = index.object(id, wanted.object);
  if (object === undefined) return fault('noSuchKey');
  if (wanted.onlyIf !== undefined && !holds(wanted.onlyIf, object))
    return accept({ object, range: { offset: 0, length: object.size }, reading: undefined });
  const range = rangeWithin(wanted, object.size);
  if (!range.ok) return range;
  const extents = extentsOf(index.pieces(object.version), range.value);
  return accept({ object, range: range.value, reading: blobs.hold(extents) });
};

/** Where the bytes of a range are. */
export const extentsOf = (pieces: readonly Piece[], { offset, length }: Range): readonly Extent[] => {
  let start = 0;
  return pieces.flatMap(({ blob, size }) => {
    const from = Math.max(offset, start);
    const to = Math.min(offset + length, start + size);
    const extent = { blob, offset: from - start, length: to - from };
    start += size;
    return extent.length > 0 ? [extent] : [];
  });
};

export const putObject = async (
  store: BucketStore,
  bucket: Bucket,
  wanted: R2RequestOf<'put'>,
  body: Body,
): Promise<Result<StoredObject, Fault>> => {
  const refused = refusedDescription(wanted);
  if (refused !== undefined) return refused;
  const { index, database, blobs, clock } = store;
  return withValue(store, body, givenIn(wanted), async ({ blob, size, checksums }) => {
    const outcome = await database.change(() => {
      if (!index.hasBucket(bucket.id)) return fault('noSuchBucket');
      const present = index.object(bucket.id, wanted.object);
      if (wanted.onlyIf !== undefined && !holds(wanted.onlyIf, present)) return fault('preconditionFailed');
      const object: StoredObject = {
        key: wanted.object,
        version: randomBytes(16).toString('hex'),
        size,
        etag: checksums.md5,
        uploaded: clock.now().getTime(),
        storageClass: wanted.storageClass ?? bucket.storageClass,
        checksums,
        httpFields: wanted.httpFields,
        customFields: wanted.customFields,
      };
      index.putObject(bucket.id, object);
      index.putPiece(object.version, { blob, position: 0, size, md5: checksums.md5 });
      return accept({ object, dropped: present === undefined ? [] : index.deletePieces(present.version) });
    });
    if (!outcome.ok) return outcome;
    await blobs.drop(outcome.value.dropped);
    return accept(outcome.value.object);
  });
};

export const deleteObjects = async (
  { index, database, blobs }: BucketStore,
  bucket: Bucket,
  { object, objects = [] }: R2RequestOf<'delete'>,
): Promise<Result<void, Fault>> => {
  const keys = object === undefined ? objects : [object];
  if (keys.length > LIMITS.deleted) return fault('invalidArgument', `At most ${LIMITS.deleted} objects are deleted at once.`);
  const dropped = await database.change(() =>
    keys.flatMap((key) => {
      const version = index.deleteObject(bucket.id, key);
      return version === undefined ? [] : index.deletePieces(version);
    }),
  );
  await blobs.drop(dropped);
  return accept(undefined);
};

export interface StoredValue {
  readonly blob: string;
  readonly size: number;
  readonly checksums: Checksums & { readonly md5: string };
}

/** Stores a value, then lets `keep` refer to it. What `keep` refuses, and what turns out wrong, leaves nothing behind. */
export const withValue = async <Value>(
  { blobs }: BucketStore,
  body: Body,
  given: Checksums,
  keep: (value: StoredValue) => Promise<Result<Value, Fault>>,
): Promise<Result<Value, Fault>> => {
  const digests = new Digests(given);
  const { blob, size } = await blobs.write(body, LIMITS.uploadBytes, (chunk) => digests.update(chunk));
  let isKept = false;
  try {
    if (size > LIMITS.uploadBytes) return fault('tooLarge');
    const checksums = digests.verified();
    if (!checksums.ok) return checksums;
    const kept = await keep({ blob, size, checksums: checksums.value });
    isKept = kept.ok;
    return kept;
  } finally {
    if (!isKept) await blobs.drop([blob]);
    await blobs.release(blob);
  }
};

export const STORAGE_CLASSES: ReadonlySet<string> = new Set(['Standard', 'InfrequentAccess']);

/** Better refused than stored in the open. */
export const NO_SSEC = 'Encryption with a key of your own (ssecKey) is not offered here.';

/** What is wrong with what is to be put, whatever its value. */
export const refusedDescription = ({
  object,
  customFields,
  storageClass,
  ssec,
}: Pick<R2RequestOf<'put'>, 'object' | 'customFields' | 'storageClass' | 'ssec'>) => {
  const bytes = Buffer.byteLength(object);
  if (bytes === 0 || bytes > LIMITS.keyBytes) return fault('invalidName');
  if (sizeOf(customFields) > LIMITS.customMetadataBytes) return fault('metadataTooLarge');
  if (storageClass !== undefined && !STORAGE_CLASSES.has(storageClass))
    return fault(
      'invalidArgument',
      `There is no storage class ${JSON.stringify(storageClass)}; there are ${[...STORAGE_CLASSES].join(' and ')}.`,
    );
  return ssec === undefined ? undefined : fault('invalidArgument', NO_SSEC);
};

const sizeOf = (fields: R2RequestOf<'put'>['customFields']): number =>
  fields.reduce((total, { k, v }) => total + Buffer.byteLength(k) + Buffer.byteLength(v), 0);
