import type { Generated } from 'kysely';
import type { DataKind, ObjectStorage, ResourceKind } from '../domain/index.ts';

/** The tables, one interface each. JSON is text; times are ISO strings with microseconds; booleans are 0 or 1. */
export interface Schema {
  meta: { key: string; value: string };
  tokens: {
    id: string;
    name: string;
    email: string | null;
    /** SHA-256 of the token; the token itself is shown once and not kept. */
    hash: string;
    is_operator: number;
    created_on: string;
    revoked_on: string | null;
  };
  /** Who is signed in with a browser. */
  sessions: {
    id: string;
    /** SHA-256 of the cookie. */
    hash: string;
    token_id: string;
    created_on: string;
    used_on: string;
  };
  /** Links that sign in once, by the SHA-256 of their code. */
  sign_in_codes: { hash: string; token_id: string; session_id: string | null; expires_on: string };
  workers: {
    tag: string;
    name: string;
    created_on: string;
    modified_on: string;
    last_deployed_from: string | null;
    /** The number the next version gets. */
    next_number: number;
    workers_dev: number;
    previews: number;
    /** Settings that are not versioned: logpush, observability, tags, tail consumers. */
    settings: string;
    /** Of the last Durable Object migration. */
    migration_tag: string | null;
  };
  versions: {
    id: string;
    worker_tag: string;
    number: number;
    created_on: string;
    source: string;
    author_id: string;
    author_email: string;
    triggered_by: string;
    message: string | null;
    tag: string | null;
    alias: string | null;
    startup_time_ms: number;
    etag: string;
    handlers: string;
    named_handlers: string;
    /** The VersionCode, secrets sealed. */
    code: string;
    /** Digest of what was uploaded; with answered_on null a repeated upload is the same one. */
    upload_digest: string | null;
    answered_on: string | null;
  };
  version_modules: { version_id: string; digest: string };
  /** Which versions have assets, and the digest of their manifest. */
  version_assets: { version_id: string; worker_tag: string; manifest: string };
  /** Files uploaded for a Worker by its clients' hashes, whether or not a version has them. */
  uploaded_assets: { script: string; hash: string; digest: string; size: number; content_type: string | null; used_on: string };
  aliases: { worker_tag: string; alias: string; version_id: string; created_on: string };
  deployments: {
    id: string;
    worker_tag: string;
    /** 1 for the first deployment of the Worker. */
    number: number;
    created_on: string;
    source: string;
    author_id: string;
    author_email: string;
    triggered_by: string;
    message: string | null;
    split: string;
    /** The version that has all the traffic, null in a split. */
    sole_version: string | null;
    rollback_from: string | null;
  };
  zones: { id: string; name: string; created_on: string };
  routes: { id: string; zone_id: string; pattern: string; script: string | null; created_on: string };
  domains: {
    id: string;
    hostname: string;
    zone_id: string;
    script: string;
    enabled: number;
    previews_enabled: number;
    created_on: string;
  };
  schedules: { worker_tag: string; cron: string; created_on: string; modified_on: string };
  /** What bindings reach outside of every version; what is in it is in the data process. */
  resources: { kind: ResourceKind; id: string; name: string; created_on: string; settings: string };
  /** What held the data of something that was deleted, and may hold it still. */
  erasures: { kind: DataKind; id: string; name: string };
  queue_consumers: {
    id: string;
    queue_id: string;
    worker_tag: string;
    dead_letter_queue: string | null;
    settings: string;
    created_on: string;
  };
  logpush_jobs: { id: Generated<number>; seal: string; dataset: string; destination: string; settings: string; created_on: string };
  object_namespaces: {
    id: string;
    worker_tag: string;
    class_name: string;
    storage: ObjectStorage;
    created_on: string;
    deleted_on: string | null;
    /** The name of the Worker that it was transferred from last. */
    moved_from: string | null;
  };
  audit: {
    seq: Generated<number>;
    id: string;
    at: string;
    actor_id: string;
    actor_email: string;
    action: string;
    target: string;
    detail: string;
    generation: number | null;
    actor_ip: string | null;
    /** The name of the zone whose routes or domains it changed. */
    zone: string | null;
  };
}
