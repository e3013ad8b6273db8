import assert from 'node:assert/strict';
import test from 'node:test';
import { spoken } from '../../src/api/refusals.ts';
import { warned } from '../../src/api/warning-words.ts';
import type { Refusal, Warning } from '../../src/domain/index.ts';
import { golden } from '../support/golden.ts';

const versionId = '11111111-1111-4111-8111-111111111111';
const [since, later] = ['2026-11-01T10:00:00.000001Z', '2026-11-01T12:00:00.000Z'];
const DB = { type: 'd1', name: 'DB', id: '22222222-2222-4222-8222-222222222222' } as const;
const CACHE = { type: 'kv_namespace', name: 'CACHE', namespace_id: '0123456789abcdef0123456789abcdef' } as const;
const BACK = { type: 'service', name: 'BACK', service: 'back' } as const;

/** One warning of each code, with facts as they happen. A new code does not compile until it has an example here. */
const examples = {
  secrets_changed: { versionId, names: ['KEY', 'TOKEN'] },
  serves_without_resources: { versionId, lost: [{ binding: CACHE, was: { name: 'cache', by: 'ada@example.com', on: later } }] },
  serves_without_services: { versionId, bindings: [BACK] },
  serves_without_objects: {
    versionId,
    bindings: [{ type: 'durable_object_namespace', name: 'ROOMS', class_name: 'Room', script_name: 'chat', namespace_id: 'a' }],
  },
  handler_missing: { versionId, handler: 'queue', sources: ['jobs', 'mail'] },
  service_redeployed: { versionId, binding: BACK, deployedOn: later, since },
  resource_recreated: { versionId, binding: { type: 'r2_bucket', name: 'PHOTOS', bucket_name: 'photos' }, createdOn: later, since },
  schema_changed: { versionId, binding: DB, name: 'orders', changedOn: later, since },
  schema_unknown: { versionId, binding: DB, name: 'orders' },
} satisfies { readonly [Code in Warning['code']]: Omit<Extract<Warning, { readonly code: Code }>, 'code'> };

const sentences = {
  ...Object.fromEntries(
    // Each example is the warning of its own code.
    Object.entries(examples).map(([code, facts]) => [code, warned({ code, ...facts } as Warning)]),
  ),
  'handler_missing scheduled': warned({
    ...examples.handler_missing,
    code: 'handler_missing',
    handler: 'scheduled',
    sources: ['*/5 * * * *'],
  }),
};

test('[A-11] every warning of a preflight has its code and sentence, as they were reviewed', () => {
  const reviewed = golden<typeof sentences>('warnings');
  reviewed.update(() => sentences);
  assert.deepEqual(sentences, reviewed.value);
});

test('[A-11] what was lost and has a namesake now is told with that one’s id', () => {
  const lost = [{ binding: CACHE, was: { name: 'cache', by: 'ada@example.com', on: later }, namesake: 'f'.repeat(32) }];
  const refusal: Refusal = { code: 'version_resources_missing', versionId, lost };
  assert.match(spoken(refusal).message, /upload a version that binds f{32}, which has its name now and none of its content, or deploy/);
});
