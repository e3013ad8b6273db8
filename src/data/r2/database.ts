import { LocalDatabase } from '../local-database.ts';

/** Forward only: what stands here is never changed, a new step is added. */
const STEPS: readonly string[] = [
  `create table buckets (id integer primary key autoincrement, name text not null unique, storage_class text not null);
  create table objects (
    bucket integer not null, key blob not null, version text not null, size integer not null, etag text not null, uploaded integer not null,
    storage_class text not null, checksums text not null, http_fields text not null, custom_fields text not null, primary key (bucket, key)
  );
  create table uploads (
    id text primary key, bucket integer not null, key blob not null, created integer not null, is_open integer not null,
    storage_class text not null, http_fields text not null, custom_fields text not null
  );
  create index uploads_by_age on uploads (created);
  create index uploads_by_bucket on uploads (bucket);
  create table pieces (
    blob text primary key, owner text not null, position integer not null, size integer not null, md5 text not null, unique (owner, position)
  ) without rowid;`,
];

/** What the buckets hold; the values are files beside it. */
export class R2Database extends LocalDatabase {
  constructor(path: string) {
    super({ path, steps: STEPS, failpoint: 'r2:commit' });
  }
}
