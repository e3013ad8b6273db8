import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Refusal } from './refusal.ts';
import {
  checkPart,
  isCompatibilityDate,
  keptMembers,
  unsupportedMember,
  uploadedCode,
  type UploadedFile,
  type UploadMetadata,
  type UploadPath,
} from './upload.ts';

const aPart = (filename: string, contentType = 'application/javascript+module'): UploadedFile => ({
  filename,
  contentType,
  digest: 'd'.repeat(64),
  size: 7,
});

const refusalOf = (metadata: UploadMetadata, files: readonly UploadedFile[], path: UploadPath = 'script'): Refusal => {
  const code = uploadedCode(metadata, files, path);
  assert.ok(!code.ok, 'it was accepted');
  return code.refusal;
};

test('an upload is its modules under their plain names and its entry', () => {
  const files = [aPart('./index.js'), aPart('./lib/x.wasm', 'application/wasm'), aPart('index.js.map', 'application/source-map')];
  const code = uploadedCode({ main_module: 'index.js' }, files, 'versions');
  assert.ok(code.ok);
  assert.deepEqual(
    [code.value.syntax, code.value.mainModule, code.value.modules.map(({ name, kind }) => [name, kind])],
    [
      'modules',
      'index.js',
      [
        ['index.js', 'esm'],
        ['lib/x.wasm', 'wasm'],
        ['index.js.map', 'sourcemap'],
      ],
    ],
  );
});

test('[V-8] service-worker syntax is refused for a version upload and taken for the script itself', () => {
  const files = [aPart('worker.js', 'application/javascript')];
  const code = uploadedCode({ body_part: 'worker.js' }, files, 'script');
  assert.equal(code.ok && code.value.syntax, 'service-worker');
  assert.deepEqual(refusalOf({ body_part: 'worker.js' }, files, 'versions'), { code: 'service_worker_version' });
});

test('a service worker is one script, beside which other kinds of parts may stand', () => {
  const files = [aPart('worker.js', 'application/javascript'), aPart('note.txt', 'text/plain')];
  assert.ok(uploadedCode({ body_part: 'worker.js' }, files, 'script').ok);
  assert.deepEqual(refusalOf({ body_part: 'worker.js' }, [...files, aPart('second.js')]), {
    code: 'service_worker_parts',
    name: 'second.js',
  });
});

test('an upload whose parts are no Worker is refused with the fault and its name', () => {
  const main: UploadMetadata = { main_module: 'index.js' };
  const refusals: readonly (readonly [UploadMetadata, UploadedFile[], Refusal])[] = [
    [{}, [aPart('index.js')], { code: 'main_module_missing' }],
    [{ main_module: '' }, [aPart('index.js')], { code: 'main_module_missing' }],
    [main, [], { code: 'main_module_not_uploaded', name: 'index.js', uploaded: [] }],
    [main, [aPart('other.js')], { code: 'main_module_not_uploaded', name: 'index.js', uploaded: ['other.js'] }],
    [{ main_module: '../index.js' }, [aPart('index.js')], { code: 'module_name_invalid', name: '../index.js', reason: 'traversal' }],
    [main, [aPart('index.js'), aPart('/etc/passwd')], { code: 'module_name_invalid', name: '/etc/passwd', reason: 'absolute' }],
    [main, [aPart('index.js'), aPart('./index.js')], { code: 'module_twice', name: 'index.js' }],
    [main, [aPart('index.js'), aPart('m.py', 'text/x-python')], { code: 'python_unsupported', name: 'm.py' }],
    [main, [aPart('index.js', 'image/png')], { code: 'module_type_unknown', name: 'index.js', contentType: 'image/png' }],
  ];
  for (const [metadata, files, refusal] of refusals) assert.deepEqual(refusalOf(metadata, files), refusal);
});

test('[V-9] what this release cannot do is found by name, and empty wishes are none', () => {
  const members = ['tail_consumers', 'streaming_tail_consumers', 'containers'];
  for (const member of members) {
    for (const wish of [{ a: 1 }, [1], true, 'x']) assert.equal(unsupportedMember({ main_module: 'index.js', [member]: wish }), member);
    for (const none of [undefined, null, false, [], {}]) assert.equal(unsupportedMember({ [member]: none }), undefined, member);
  }
  assert.equal(unsupportedMember({ main_module: 'index.js', logpush: true, observability: { enabled: true } }), undefined);
});

test('[V-9] a call that changes a part of what runs takes nothing of an upload, and does not say that there is none', () => {
  for (const member of ['assets', 'keep_assets', 'migrations', 'exports']) {
    const part = checkPart({ bindings: [], [member]: { a: 1 } });
    assert.deepEqual(part, { ok: false, refusal: { code: 'metadata_elsewhere', member } });
    assert.ok(checkPart({ [member]: {} }).ok);
  }
  assert.deepEqual(checkPart({ containers: [1] }), { ok: false, refusal: { code: 'metadata_unsupported', member: 'containers' } });
});

test('members that change nothing here are kept as they came', () => {
  const metadata = { cache_options: { a: [1] }, package_dependencies: [], main_module: 'index.js', capnp_schema: undefined };
  assert.deepEqual(keptMembers(metadata), { cache_options: { a: [1] }, package_dependencies: [] });
});

test('a compatibility date is a day of the calendar', () => {
  for (const date of ['2026-11-01', '2024-02-29', '2021-01-01']) assert.ok(isCompatibilityDate(date), date);
  for (const date of [
    '',
    '2026-02-30',
    '2025-02-29',
    '2026-13-01',
    '2026-1-1',
    '26-01-01',
    'today',
    '2026-11-01T00:00:00Z',
    ' 2026-11-01',
  ]) {
    assert.ok(!isCompatibilityDate(date), date);
  }
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true, min: new Date('1000-01-01'), max: new Date('9999-12-31') }), (date) =>
      isCompatibilityDate(date.toISOString().slice(0, 10)),
    ),
  );
});
