import assert from 'node:assert/strict';
import test from 'node:test';
import { spoken } from '../../src/api/refusals.ts';
import type { Refusal } from '../../src/domain/index.ts';
import { golden } from '../support/golden.ts';

/** What can be wrong with a declared class beside these. */
const ABOUT_OTHERS = [
  'invalid_export',
  'provisioned_class_missing_from_config',
  'config_export_not_in_code',
  'config_references_nonexistent_class',
  'tombstone_delete_class_still_in_code',
  'tombstone_delete_blocked_by_external_bindings',
  'tombstone_renamed_to_occupied',
  'transferred_target_missing',
  'transferred_target_mismatch',
  'transferred_pending_not_found',
  'phase_one_transfer_source_missing',
  'phase_one_transfer_source_namespace_missing',
  'phase_one_transfer_target_class_provisioned',
  'phase_one_transfer_after_commit_mismatch',
  'phase_one_transfer_duplicate',
] as const;

/** One refusal of each code, with facts as they happen. A new code does not compile until it has an example here. */
const examples = {
  token_missing: {},
  token_wrong: {},
  account_foreign: { accountId: 'my-account' },
  host_unknown: { host: 'evil.example' },
  path_unknown: { method: 'GET', path: '/client/v4/coffee' },
  method_unknown: { method: 'BREW', path: '/client/v4/accounts', allowed: ['GET', 'POST'] },
  body_not_json: { detail: 'it is empty' },
  body_too_large: { limit: 4_194_304 },
  request_invalid: { faults: ['body.versions: missing, expected array', 'query.page: expected number to be >=1'] },
  product_not_offered: { product: 'R2' },

  worker_name_invalid: { name: 'Hello World' },
  metadata_missing: {},
  metadata_invalid: { faults: ['metadata.main_module: expected string, received number'] },
  main_module_missing: {},
  main_module_not_uploaded: { name: 'index.js', uploaded: ['main.js', 'note.txt'] },
  module_name_invalid: { name: '../index.js', reason: 'traversal' },
  module_twice: { name: 'index.js' },
  module_type_unknown: { name: 'style.css', contentType: 'text/css' },
  python_unsupported: { name: 'main.py' },
  service_worker_version: {},
  service_worker_parts: { name: 'second.js' },
  metadata_unsupported: { member: 'tail_consumers' },
  metadata_elsewhere: { member: 'migrations' },
  binding_unsupported: { name: 'KV', type: 'kv_namespace' },
  binding_invalid: { name: 'GREETING', fault: 'text: missing, expected string' },
  binding_twice: { name: 'GREETING' },
  inherit_missing: { names: ['KEY', 'TOKEN'] },
  too_many_bindings: { count: 600, limit: 512 },
  compatibility_date_invalid: { date: 'yesterday' },
  tag_too_long: { bytes: 120, limit: 100 },
  message_too_long: { bytes: 1200, limit: 1000 },
  alias_invalid: { alias: 'Blue', reason: 'it may hold lower-case letters, digits and dashes, and must begin with a letter' },
  secret_invalid: { name: 'KEY', fault: 'it is 70000 bytes long, and at most 65536 are allowed' },
  secrets_too_large: { bytes: 2_000_000, limit: 1_048_576 },
  version_member_fixed: { member: 'compatibility_date' },
  version_binding_fixed: { name: 'GREETING', type: 'plain_text' },
  trial_failed: { message: 'Uncaught TypeError: no config\n  at index.js:2:9' },
  first_upload_by_version: { name: 'hello' },
  upload_too_large: { limit: 67_108_864 },
  assets_too_many: { count: 100_001, limit: 100_000 },
  asset_invalid: { path: '/film.mp4', fault: 'it is 30000000 bytes long, and at most 26214400 are allowed' },
  asset_not_wanted: { hash: '0123456789abcdef0123456789abcdef' },
  asset_differs: { hash: '0123456789abcdef0123456789abcdef', expected: 10, size: 12 },
  assets_config_invalid: {
    member: 'html_handling',
    fault: 'it must be one of auto-trailing-slash, force-trailing-slash, drop-trailing-slash, none',
  },
  assets_incomplete: { missing: 3 },
  assets_missing: {},
  asset_session_invalid: { fault: 'it has expired: an upload has an hour' },
  form_invalid: { detail: 'its content type names no boundary' },

  split_empty: {},
  split_too_many: { count: 3 },
  split_same_version_twice: { versionId: '11111111-1111-4111-8111-111111111111' },
  split_percentage_out_of_range: { versionId: '11111111-1111-4111-8111-111111111111', percentage: -10 },
  split_not_100: { total: 90 },
  version_not_found: { versionId: '11111111-1111-4111-8111-111111111111' },
  version_outside_window: { versionId: '11111111-1111-4111-8111-111111111111', window: 100 },
  version_is_live: { versionId: '11111111-1111-4111-8111-111111111111' },
  secrets_changed: { versionId: '11111111-1111-4111-8111-111111111111', names: ['KEY', 'TOKEN'] },
  version_resources_missing: {
    versionId: '11111111-1111-4111-8111-111111111111',
    lost: [
      {
        binding: { type: 'kv_namespace', name: 'CACHE', namespace_id: '0123456789abcdef0123456789abcdef' },
        was: { name: 'cache', by: 'ada@example.com', on: '2026-11-01T10:00:00.000Z' },
      },
      { binding: { type: 'r2_bucket', name: 'PHOTOS', bucket_name: 'photos' } },
    ],
  },
  worker_held: {
    reasons: [
      {
        code: 'worker_services_in_use',
        name: 'back',
        users: [{ script: 'front', versionId: '11111111-1111-4111-8111-111111111111', bindings: ['BACK'] }],
      },
      { code: 'worker_consumes_queues', name: 'back', queues: ['jobs'] },
    ],
  },
  deployment_refused: {
    reasons: [
      { code: 'version_outside_window', versionId: '11111111-1111-4111-8111-111111111111', window: 100 },
      { code: 'secrets_changed', versionId: '11111111-1111-4111-8111-111111111111', names: ['KEY', 'TOKEN'] },
    ],
  },
  active_deployment_changed: {
    expected: '22222222-2222-4222-8222-222222222222',
    active: { id: '33333333-3333-4333-8333-333333333333', by: 'ada@example.com', createdOn: '2026-11-01T10:00:00.000001Z' },
  },
  deployment_not_found: { deploymentId: '22222222-2222-4222-8222-222222222222' },
  deployment_is_active: { deploymentId: '22222222-2222-4222-8222-222222222222' },
  no_versions: { name: 'hello' },
  nothing_deployed: { name: 'hello' },

  worker_not_found: { name: 'hello' },
  service_not_found: { name: 'hello' },
  changed_meanwhile: { part: 'versions', name: 'hello', last: { by: 'ada@example.com', on: '2026-11-01T10:00:00.000001Z', version: 7 } },
  trigger_changed: { kind: 'route', name: 'shop.example/*', last: { by: 'ada@example.com', on: '2026-11-01T10:00:00.000001Z' } },
  worker_renamed: { name: 'hello', to: 'howdy' },
  worker_exists: { name: 'hello' },
  environment_not_found: { environment: 'staging' },
  secret_not_found: { name: 'KEY' },
  secret_name_invalid: { name: 'MY KEY' },
  secret_name_taken: { name: 'GREETING', type: 'plain_text' },
  route_not_found: { routeId: '0123456789abcdef0123456789abcdef' },
  route_pattern_invalid: { pattern: '/shop', reason: 'it has no host' },
  route_taken: { pattern: 'example.com/*', script: 'other' },
  zone_not_found: { zone: 'example.com' },
  zone_name_invalid: { zone: 'not a domain' },
  zone_exists: { zone: 'example.com' },
  hostname_not_in_zone: { hostname: 'example.org' },
  hostname_taken: { hostname: 'www.example.com', script: 'other' },
  domain_not_found: { domainId: '0123456789abcdef0123456789abcdef' },
  cron_invalid: { cron: '* * *', reason: 'it needs five fields: minute, hour, day of month, month, day of week' },
  subdomain_name_invalid: { name: 'my.team' },
  subdomain_free: { name: 'my-team' },
  resource_exists: { kind: 'kv_namespace', name: 'cache' },
  resource_not_found: { kind: 'r2_bucket', key: 'photos' },
  resource_name_invalid: { kind: 'queue', name: 'Jobs!', fault: 'it may hold small letters, digits and hyphens' },
  resource_in_use: {
    kind: 'd1',
    id: '22222222-2222-4222-8222-222222222222',
    name: 'orders',
    users: [{ script: 'shop', versionId: '11111111-1111-4111-8111-111111111111', bindings: ['DB'] }],
  },
  queue_settings_invalid: { faults: ['delivery_delay is -1 and must be a whole number from 0 to 86400'] },
  queue_consumer_invalid: { faults: ['batch_size is 101 and must be a whole number from 1 to 100'] },
  queue_consumer_exists: { queue: 'jobs', script: 'worker' },
  queue_consumer_not_found: { queue: 'jobs', consumerId: '0123456789abcdef0123456789abcdef' },
  queue_handler_missing: { script: 'hello' },
  queue_keeps_name: { name: 'jobs', wanted: 'tasks' },
  worker_consumes_queues: { name: 'hello', queues: ['jobs', 'mail'] },
  sql_refused: { reason: 'no such table: users: SQLITE_ERROR' },
  resources_missing: {
    bindings: [
      { type: 'kv_namespace', name: 'CACHE', namespace_id: '0123456789abcdef0123456789abcdef' },
      { type: 'queue', name: 'JOBS', queue_name: 'jobs' },
    ],
  },
  certificate_invalid: { fault: 'the private key does not belong to the first certificate' },
  certificate_is_authority: { binding: { type: 'mtls_certificate', name: 'BANK', certificate_id: '11111111-1111-4111-8111-111111111111' } },
  data_refused: { kind: 'kv_namespace', status: 400, reason: 'Invalid expiration_ttl of 5. Expiration TTL must be at least 60.' },
  r2_refused: { status: 409, number: 10008, reason: 'The bucket you tried to delete is not empty.' },
  kv_key_not_found: { key: 'greeting' },
  kv_invalid: { fault: 'expiration_ttl', reason: 'Invalid expiration_ttl of 5: expiration TTL must be at least 60' },
  version_with_migration: {},
  migration_tag_differs: { expected: 'v1', current: 'v2' },
  migration_invalid: { fault: 'a tag has 1 to 255 characters' },
  migration_class_exists: { action: 'new', className: 'Room' },
  migration_class_unknown: { action: 'delete', className: 'Room' },
  migration_source_unknown: { className: 'Room', script: 'chat', reason: 'class' },
  exports_with_migration: {},
  exports_not_reconciled: {
    faults: [
      {
        scenario: 'orphaned_provisioned_namespace',
        className: 'Room',
        namespaceId: '0123456789abcdef0123456789abcdef',
        scripts: ['lobby'],
      },
      { scenario: 'storage_type_mismatch', className: 'Log', about: 'kv' },
      ...ABOUT_OTHERS.map((scenario) => ({ scenario, className: 'Room', about: 'other' })),
    ],
  },
  version_changes_classes: { classes: ['Room'] },
  binding_needs_export: { binding: { type: 'durable_object_namespace', name: 'ROOMS', class_name: 'Room' } },
  split_of_exports: { versionIds: ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'] },
  class_not_exported: { className: 'Room', isNew: false },
  class_not_provisioned: {
    binding: { type: 'durable_object_namespace', name: 'ROOMS', class_name: 'Room', script_name: 'chat' },
    reason: 'class',
    classes: ['Hall', 'Log'],
  },
  class_in_use: {
    className: 'Room',
    users: [{ script: 'lobby', versionId: '00000000-0000-4000-8000-000000000002', bindings: ['ROOMS'] }],
  },
  namespace_not_found: { namespaceId: '0123456789abcdef0123456789abcdef' },
  worker_objects_in_use: {
    name: 'chat',
    users: [{ script: 'lobby', versionId: '00000000-0000-4000-8000-000000000002', bindings: ['ROOMS'] }],
  },
  services_missing: { bindings: [{ type: 'service', name: 'BACK', service: 'back' }] },
  version_services_missing: {
    versionId: '00000000-0000-4000-8000-000000000001',
    bindings: [{ type: 'service', name: 'BACK', service: 'back' }],
  },
  worker_services_in_use: {
    name: 'back',
    users: [{ script: 'front', versionId: '00000000-0000-4000-8000-000000000002', bindings: ['BACK'] }],
  },
  split_of_objects: {
    classes: ['Lobby', 'Room'],
    versions: [
      { versionId: '00000000-0000-4000-8000-000000000001', date: '2026-11-01', flags: ['nodejs_compat', 'rpc'] },
      { versionId: '00000000-0000-4000-8000-000000000002', date: undefined, flags: [] },
    ],
  },
  split_does_not_start: {
    versionIds: ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'],
    message: 'Uncaught Error: there is a registry already\n  at 00000000-0000-4000-8000-000000000002/index.js:1:7',
  },
  version_classes_differ: { versionId: '00000000-0000-4000-8000-000000000001', made: ['Lobby', 'Room'], live: ['Hall'] },
  version_objects_missing: {
    versionId: '00000000-0000-4000-8000-000000000001',
    bindings: [{ type: 'durable_object_namespace', name: 'ROOMS', class_name: 'Room', script_name: 'chat' }],
  },
  logpush_job_not_found: { id: '7' },
  logpush_dataset_unknown: { dataset: 'http_requests' },
  logpush_invalid: {
    faults: ['logpull_options: fields names "ClientIP"', 'max_upload_records must be a whole number from 1000 to 1000000, or 0 for none'],
  },
  logpush_destination_invalid: { fault: 'it lacks region, access-key-id' },
  logpush_destination_private: { what: 'http:// is not encrypted' },
  logpush_destination_fails: { reason: 'it answered 403 Forbidden' },
  too_many_logpush_jobs: { limit: 10 },
  too_many_tails: { name: 'hello', limit: 10 },
  invocation_not_found: { name: 'hello', id: '8f3c2a1b0d4e5f67' },
  module_not_found: { name: 'lost.js', versionId: '00000000-0000-4000-8000-000000000001' },
  module_unreadable: { name: 'index.js.map', reason: 'source_map' },
  tail_not_found: { tailId: '0b3d2bd671a54b5c8b8e6f3e3f1f0c11' },
  token_not_found: { tokenId: '0123456789abcdef0123456789abcdef' },
  token_exists: { name: 'ci' },
  token_is_operator: {},
  session_missing: {},
  session_ended: {},
  sign_in_code_wrong: {},
  sign_ins_too_many: { retryAfterSeconds: 42 },
  csrf_token_wrong: {},
  too_many_readers: { limit: 100 },
  request_foreign: { from: 'a page of "https://evil.example"' },
} satisfies { readonly [Code in Refusal['code']]: Omit<Extract<Refusal, { readonly code: Code }>, 'code'> };

const sentences = Object.fromEntries(
  // Each example is the refusal of its own code.
  Object.entries(examples).map(([code, facts]) => [code, spoken({ code, ...facts } as Refusal)]),
);

test('[A-11] every refusal has its code, status and sentence, as they were reviewed', () => {
  const reviewed = golden<typeof sentences>('sentences');
  reviewed.update(() => sentences);
  assert.deepEqual(sentences, reviewed.value);
});

test('[A-11] a code of ours, from 100300 on, is that of one refusal', () => {
  // These speak with the codes of their reasons.
  const { deployment_refused: _, worker_held: __, ...others } = sentences;
  const ours = Object.values(others).flatMap(({ code }) => (code >= 100_300 ? [code] : []));
  assert.deepEqual(
    ours.filter((code, index) => ours.indexOf(code) !== index),
    [],
  );
});

test('[A-11] a sentence begins with a capital, ends, and shows no word of ours', () => {
  for (const [code, { status, code: number, message }] of Object.entries(sentences)) {
    assert.ok(status >= 400 && status < 500 && Number.isInteger(number), code);
    if (code === 'trial_failed' || code === 'inherit_missing' || code === 'secrets_changed' || code === 'deployment_refused') continue; // The script's own words, and wrangler's.
    assert.match(message, /^(?:[A-Z]|").*[.)]$/s, code);
    assert.doesNotMatch(message, /undefined|null|NaN|\[object|[a-z]_not_|refus/, code);
  }
});
