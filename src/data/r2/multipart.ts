import { randomBytes } from 'node:crypto';
import { accept, type Result } from '../../base/index.ts';
import { NO_SSEC, refusedDescription, withValue, type Body, type BucketStore } from './bucket-store.ts';
import type { Bucket, Piece, StoredObject } from './bucket-index.ts';
import { multipartEtag } from './checksums.ts';
import { fault, type Fault } from './fault.ts';
import { LIMITS } from './limits.ts';
import type { R2RequestOf } from './request.ts';

export const createUpload = async (
  { index, database, clock }: BucketStore,
  bucket: Bucket,
  wanted: R2RequestOf<'createMultipartUpload'>,
): Promise<Result<{ readonly uploadId: string }, Fault>> => {
  const refused = refusedDescription(wanted);
  if (refused !== undefined) return refused;
  const { object: key, httpFields, customFields, storageClass = bucket.storageClass } = wanted;
  const id = randomBytes(32).toString('base64url');
  return database.change(() => {
    if (!index.hasBucket(bucket.id)) return fault('noSuchBucket');
    index.putUpload(bucket.id, { id, key, storageClass, httpFields, customFields }, clock.now().getTime());
    return accept({ uploadId: id });
  });
};

export const uploadPart = async (
  store: BucketStore,
  bucket: Bucket,
  wanted: R2RequestOf<'uploadPart'>,
  body: Body,
): Promise<Result<{ readonly etag: string }, Fault>> => {
  const { object, uploadId, partNumber: position, ssec } = wanted;
  const { index, database, blobs } = store;
  if (ssec !== undefined) return fault('invalidArgument', NO_SSEC);
  if (position < 1 || position > LIMITS.parts) return fault('invalidArgument', `Parts are numbered from 1 to ${LIMITS.parts}.`);
  const isOpen = (): boolean => index.upload(uploadId, bucket.id, object)?.isOpen === true;
  // Before its bytes are taken, and again when they are there.
  if (!isOpen()) return fault('noSuchUpload');
  return withValue(store, body, {}, async ({ blob, size, checksums: { md5 } }) => {
    const outcome = await database.change(() => {
      if (!isOpen()) return fault('noSuchUpload');
      const dropped = index.deletePiece(uploadId, position);
      index.putPiece(uploadId, { blob, position, size, md5 });
      return accept(dropped);
    });
    if (!outcome.ok) return outcome;
    await blobs.drop(outcome.value);
    return accept({ etag: md5 });
  });
};

/** The object comes into being, in place of the one before it; parts that it does not name are gone. */
export const completeUpload = async (
  { index, database, blobs, clock }: BucketStore,
  bucket: Bucket,
  wanted: R2RequestOf<'completeMultipartUpload'>,
): Promise<Result<StoredObject, Fault>> => {
  const outcome = await database.change(() => {
    const upload = index.upload(wanted.uploadId, bucket.id, wanted.object);
    if (upload?.isOpen !== true) return fault('noSuchUpload');
    const chosen = chosenParts(index.pieces(upload.id), wanted.parts);
    if (!chosen.ok) return chosen;
    const parts = chosen.value;
    const present = index.object(bucket.id, upload.key);
    const object: StoredObject = {
      key: upload.key,
      version: randomBytes(16).toString('hex'),
      size: parts.reduce((total, { size }) => total + size, 0),
      etag: multipartEtag(parts.map(({ md5 }) => md5)),
      uploaded: clock.now().getTime(),
      storageClass: upload.storageClass,
      checksums: {},
      httpFields: upload.httpFields,
      customFields: upload.customFields,
    };
    index.putObject(bucket.id, object);
    for (const { blob } of parts) index.givePiece(blob, object.version);
    index.endUpload(upload.id);
    const dropped = [...index.deletePieces(upload.id), ...(present === undefined ? [] : index.deletePieces(present.version))];
    return accept({ object, dropped });
  });
  if (!outcome.ok) return outcome;
  await blobs.drop(outcome.value.dropped);
  return accept(outcome.value.object);
};

/** The parts that are named, by number. All but the last have one size, and that is no small one. */
export const chosenParts = (
  uploaded: readonly Piece[],
  named: R2RequestOf<'completeMultipartUpload'>['parts'],
): Result<readonly Piece[], Fault> => {
  const byNumber = new Map(uploaded.map((piece) => [piece.position, piece]));
  const parts: Piece[] = [];
  for (const { part, etag } of named.toSorted((a, b) => a.part - b.part)) {
    const piece = byNumber.get(part);
    // Named twice, it is there once.
    if (piece === undefined || piece.md5 !== etag || parts.at(-1) === piece) return fault('invalidPart');
    parts.push(piece);
  }
  const [size, last] = [parts[0]?.size ?? 0, parts.at(-1)?.size ?? 0];
  const leading = parts.slice(0, -1);
  if (leading.some((piece) => piece.size < LIMITS.smallestPartBytes)) return fault('partTooSmall');
  if (leading.some((piece) => piece.size !== size) || last > size) return fault('partsUneven');
  return accept(parts);
};

/** What has ended already stays as it is. */
export const abortUpload = async (
  { index, database, blobs }: BucketStore,
  bucket: Bucket,
  { uploadId, object }: R2RequestOf<'abortMultipartUpload'>,
): Promise<Result<void, Fault>> => {
  const outcome = await database.change(() => {
    const upload = index.upload(uploadId, bucket.id, object);
    if (upload === undefined) return fault('noSuchUpload');
    index.endUpload(upload.id);
    return accept(index.deletePieces(upload.id));
  });
  if (!outcome.ok) return outcome;
  await blobs.drop(outcome.value);
  return accept(undefined);
};

const SWEPT_AT_ONCE = 100;

/** Ends uploads that nobody completed in seven days, and forgets those that ended. Answers how many. */
export const sweepUploads = async ({ index, database, blobs, clock }: BucketStore): Promise<number> => {
  let swept = 0;
  for (;;) {
    const { ids, dropped } = await database.change(() => {
      const old = index.uploadsBefore(clock.now().getTime() - LIMITS.uploadMs, SWEPT_AT_ONCE);
      const blobsOfThem = old.flatMap((id) => index.deletePieces(id));
      for (const id of old) index.deleteUpload(id);
      return { ids: old, dropped: blobsOfThem };
    });
    await blobs.drop(dropped);
    swept += ids.length;
    if (ids.length < SWEPT_AT_ONCE) return swept;
  }
};
