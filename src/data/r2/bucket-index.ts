import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Checksums } from './checksums.ts';
import type { CustomFields, HttpFields } from './request.ts';

/** An object without its value. */
export interface StoredObject {
  readonly key: string;
  /** Made anew by every put. */
  readonly version: string;
  readonly size: number;
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly uploaded: number;
  readonly storageClass: string;
  readonly checksums: Checksums;
  readonly httpFields: HttpFields;
  readonly customFields: CustomFields;
}

export interface Bucket {
  readonly id: number;
  readonly storageClass: string;
}

export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly isOpen: boolean;
  readonly storageClass: string;
  readonly httpFields: HttpFields;
  readonly customFields: CustomFields;
}

/** One blob of an object or of an upload. */
export interface Piece {
  readonly blob: string;
  readonly position: number;
  readonly size: number;
  readonly md5: string;
}

type Row = Readonly<Record<string, SQLOutputValue>>;

/**
 * What R2 knows of buckets, objects and uploads. Keys are bytes, so that they sort as R2 sorts them and may hold anything. An owner of
 * pieces is an object's version or an upload.
 */
export const bucketIndex = (sql: DatabaseSync) => {
  const statements = {
    bucket: sql.prepare('select id, storage_class from buckets where name = ?'),
    hasBucket: sql.prepare('select 1 from buckets where id = ?'),
    putBucket: sql.prepare(
      'insert into buckets (name, storage_class) values (?, ?) on conflict (name) do update set storage_class = excluded.storage_class',
    ),
    deleteBucket: sql.prepare('delete from buckets where id = ?'),
    isUsed: sql.prepare(
      'select exists (select 1 from objects where bucket = :id) or exists (select 1 from uploads where bucket = :id and is_open = 1) as used',
    ),
    measure: sql.prepare('select count(*) as objects, coalesce(sum(size), 0) as bytes from objects where bucket = ?'),
    object: sql.prepare('select * from objects where bucket = ? and key = ?'),
    putObject: sql.prepare('insert or replace into objects values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    deleteObject: sql.prepare('delete from objects where bucket = ? and key = ? returning version'),
    objectsFrom: sql.prepare('select * from objects where bucket = ? and key >= ? and key < ? order by key limit ?'),
    upload: sql.prepare('select * from uploads where id = ? and bucket = ? and key = ?'),
    putUpload: sql.prepare('insert into uploads values (?, ?, ?, ?, 1, ?, ?, ?)'),
    endUpload: sql.prepare('update uploads set is_open = 0 where id = ?'),
    oldUploads: sql.prepare('select id from uploads where created < ? limit ?'),
    deleteUpload: sql.prepare('delete from uploads where id = ?'),
    deleteUploads: sql.prepare('delete from uploads where bucket = ?'),
    pieces: sql.prepare('select blob, position, size, md5 from pieces where owner = ? order by position'),
    putPiece: sql.prepare('insert into pieces (blob, owner, position, size, md5) values (?, ?, ?, ?, ?)'),
    deletePieces: sql.prepare('delete from pieces where owner = ? returning blob'),
    deletePiece: sql.prepare('delete from pieces where owner = ? and position = ? returning blob'),
    givePiece: sql.prepare('update pieces set owner = ? where blob = ?'),
    isPiece: sql.prepare('select 1 from pieces where blob = ?'),
  };

  return {
    bucket: (name: string): Bucket | undefined => {
      const row = statements.bucket.get(name);
      return row && { id: Number(row['id']), storageClass: String(row['storage_class']) };
    },
    /** A bucket may be deleted while a value is on its way to it, and even made anew, with another id. */
    hasBucket: (id: number): boolean => statements.hasBucket.get(id) !== undefined,
    putBucket: (name: string, storageClass: string): void => void statements.putBucket.run(name, storageClass),
    deleteBucket: (id: number): void => {
      statements.deleteUploads.run(id);
      statements.deleteBucket.run(id);
    },
    isUsed: (id: number): boolean => statements.isUsed.get({ id })?.['used'] === 1,
    measure: (id: number) => {
      const { objects, bytes } = statements.measure.get(id) ?? {};
      return { objects: Number(objects), bytes: Number(bytes) };
    },

    object: (bucket: number, key: string): StoredObject | undefined => {
      const row = statements.object.get(bucket, Buffer.from(key));
      return row && objectFrom(row);
    },
    putObject: (bucket: number, object: StoredObject): void => {
      const { key, version, size, etag, uploaded, storageClass, checksums, httpFields, customFields } = object;
      const texts = [checksums, httpFields, customFields].map((value) => JSON.stringify(value));
      statements.putObject.run(bucket, Buffer.from(key), version, size, etag, uploaded, storageClass, ...texts);
    },
    /** Its version, where it was there. */
    deleteObject: (bucket: number, key: string): string | undefined => {
      const row = statements.deleteObject.get(bucket, Buffer.from(key));
      return row && String(row['version']);
    },
    /** In the order of their keys' bytes, from one on and before another. */
    objectsFrom: (bucket: number, from: Uint8Array, before: Uint8Array, limit: number): readonly StoredObject[] =>
      statements.objectsFrom.all(bucket, from, before, limit).map(objectFrom),

    upload: (id: string, bucket: number, key: string): Upload | undefined => {
      const row = statements.upload.get(id, bucket, Buffer.from(key));
      return row && { id, key, isOpen: row['is_open'] === 1, ...describedBy(row) };
    },
    putUpload: (bucket: number, upload: Omit<Upload, 'isOpen'>, created: number): void => {
      const { id, key, storageClass, httpFields, customFields } = upload;
      statements.putUpload.run(
        id,
        bucket,
        Buffer.from(key),
        created,
        storageClass,
        JSON.stringify(httpFields),
        JSON.stringify(customFields),
      );
    },
    endUpload: (id: string): void => void statements.endUpload.run(id),
    uploadsBefore: (created: number, limit: number): readonly string[] =>
      statements.oldUploads.all(created, limit).map(({ id }) => String(id)),
    deleteUpload: (id: string): void => void statements.deleteUpload.run(id),

    pieces: (owner: string): readonly Piece[] =>
      statements.pieces.all(owner).map((row) => ({
        blob: String(row['blob']),
        position: Number(row['position']),
        size: Number(row['size']),
        md5: String(row['md5']),
      })),
    putPiece: (owner: string, { blob, position, size, md5 }: Piece): void => void statements.putPiece.run(blob, owner, position, size, md5),
    /** The blobs that nothing refers to any more. */
    deletePieces: (owner: string): readonly string[] => blobsIn(statements.deletePieces.all(owner)),
    deletePiece: (owner: string, position: number): readonly string[] => blobsIn(statements.deletePiece.all(owner, position)),
    givePiece: (blob: string, owner: string): void => void statements.givePiece.run(owner, blob),
    isPiece: (blob: string): boolean => statements.isPiece.get(blob) !== undefined,
  };
};

const blobsIn = (rows: readonly Row[]): readonly string[] => rows.map(({ blob }) => String(blob));

export type BucketIndex = ReturnType<typeof bucketIndex>;

// Only this file writes these columns.
const describedBy = (row: Row): Pick<StoredObject, 'storageClass' | 'httpFields' | 'customFields'> => ({
  storageClass: String(row['storage_class']),
  httpFields: JSON.parse(String(row['http_fields'])) as HttpFields,
  customFields: JSON.parse(String(row['custom_fields'])) as CustomFields,
});

const objectFrom = (row: Row): StoredObject => ({
  key: Buffer.from(row['key'] as Uint8Array).toString(),
  version: String(row['version']),
  size: Number(row['size']),
  etag: String(row['etag']),
  uploaded: Number(row['uploaded']),
  ...describedBy(row),
  checksums: JSON.parse(String(row['checksums'])) as Checksums,
});
