import { accept, type Result } from '../../base/index.ts';
import { deleteObjects, getObject, headObject, putObject, STORAGE_CLASSES, type Body, type BucketStore } from './bucket-store.ts';
import type { BlobReading } from './blob-folder.ts';
import type { Bucket } from './bucket-index.ts';
import { fault, type Fault } from './fault.ts';
import { listObjects } from './list.ts';
import { abortUpload, completeUpload, createUpload, uploadPart } from './multipart.ts';
import type { R2Request, R2RequestOf } from './request.ts';
import { objectJson } from './wire.ts';

/** What goes back: JSON, behind it perhaps an object's bytes; a fault may come with the object it is about. */
export interface Reply {
  readonly metadata?: unknown;
  readonly fault?: Fault;
  readonly bytes?: { readonly length: number; readonly reading: BlobReading };
}

/** Does what a binding, or the API, asks of a bucket. */
export const respond = async (store: BucketStore, name: string, request: R2Request, body: Body): Promise<Reply> => {
  if (request.method === 'createBucket') return replyTo(await createBucket(store, name, request));
  const bucket = store.index.bucket(name);
  if (request.method === 'deleteBucket') return replyTo(bucket === undefined ? accept(undefined) : await deleteBucket(store, bucket));
  if (bucket === undefined) return replyTo(fault('noSuchBucket'));
  switch (request.method) {
    case 'measureBucket':
      return { metadata: store.index.measure(bucket.id) };
    case 'head':
      return replyTo(headObject(store, bucket, request.object), (object) =>
        objectJson(object, { range: { offset: 0, length: object.size } }),
      );
    case 'get':
      return replyToGet(getObject(store, bucket, request));
    case 'list':
      return replyTo(listObjects(store.index, bucket.id, request));
    case 'put':
      return replyTo(await putObject(store, bucket, request, body), (object) => objectJson(object, {}));
    case 'delete':
      return replyTo(await deleteObjects(store, bucket, request));
    case 'createMultipartUpload':
      return replyTo(await createUpload(store, bucket, request));
    case 'uploadPart':
      return replyTo(await uploadPart(store, bucket, request, body));
    case 'completeMultipartUpload':
      return replyTo(await completeUpload(store, bucket, request), (object) => objectJson(object, {}));
    case 'abortMultipartUpload':
      return replyTo(await abortUpload(store, bucket, request));
  }
};

const replyTo = <Value>(result: Result<Value, Fault>, shown: (value: Value) => unknown = (value) => value): Reply =>
  result.ok ? { metadata: shown(result.value) } : { fault: result.refusal };

const replyToGet = (result: ReturnType<typeof getObject>): Reply => {
  if (!result.ok) return { fault: result.refusal };
  const { object, range, reading } = result.value;
  const metadata = objectJson(object, { range });
  return reading === undefined
    ? { metadata, fault: fault('preconditionFailed').refusal }
    : { metadata, bytes: { length: range.length, reading } };
};

/** Makes it, or changes the class of what is put into it from now on. */
const createBucket = async (
  { index, database }: BucketStore,
  name: string,
  { storageClass = 'Standard' }: R2RequestOf<'createBucket'>,
): Promise<Result<void, Fault>> => {
  if (!STORAGE_CLASSES.has(storageClass)) return fault('invalidArgument');
  await database.change(() => index.putBucket(name, storageClass));
  return accept(undefined);
};

/** As at Cloudflare, neither objects nor open uploads may be in it. */
const deleteBucket = ({ index, database }: BucketStore, bucket: Bucket): Promise<Result<void, Fault>> =>
  database.change(() => {
    if (index.isUsed(bucket.id)) return fault('bucketNotEmpty');
    index.deleteBucket(bucket.id);
    return accept(undefined);
  });
