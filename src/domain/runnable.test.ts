import assert from 'node:assert/strict';
import test from 'node:test';
import { checkedSpec } from './runnable.ts';
import type { VersionSpec } from './version.ts';

const aSpec = (more: Partial<VersionSpec> = {}): VersionSpec => ({
  id: '11111111-1111-4111-8111-111111111111',
  script: 'hello',
  tag: undefined,
  createdOn: '2026-11-01T10:00:00.000001Z',
  syntax: 'modules',
  mainModule: 'index.js',
  modules: [{ name: 'note.txt', kind: 'text', contentType: 'text/plain', digest: 'a'.repeat(64), size: 1 }],
  bindings: [],
  compatibilityDate: '2026-11-01',
  compatibilityFlags: [],
  limits: {},
  ...more,
});

const secret = (text: string, name = 'KEY') => ({ type: 'secret_text', name, text }) as const;
const refusal = (more: Partial<VersionSpec>) => {
  const checked = checkedSpec(aSpec(more));
  return checked.ok ? undefined : checked.refusal;
};

test('a version that can be run is taken as it is', () => {
  const spec = aSpec({ bindings: [secret('s'), { type: 'text_blob', name: 'NOTE', part: 'note.txt' }] });
  assert.deepEqual(checkedSpec(spec), { ok: true, value: spec });
});

test('a secret holds no NUL and at most 64 KiB of UTF-8', () => {
  assert.equal(refusal({ bindings: [secret('s'.repeat(65_536))] }), undefined);
  assert.deepEqual(refusal({ bindings: [secret('é'.repeat(32_769))] }), {
    code: 'secret_invalid',
    name: 'KEY',
    fault: 'it is 65538 bytes long, and at most 65536 are allowed',
  });
  assert.equal(refusal({ bindings: [secret('a\0b')] })?.code, 'secret_invalid');
});

const secrets = (count: number) => Array.from({ length: count }, (_, index) => secret('s'.repeat(65_536), `K${index}`));

test('all secrets of a version hold at most 1 MiB', () => {
  assert.equal(refusal({ bindings: secrets(16) }), undefined);
  assert.deepEqual(refusal({ bindings: secrets(17) }), { code: 'secrets_too_large', bytes: 17 * 65_536, limit: 1_048_576 });
});

const list = (length: number) => ({ type: 'json', name: 'LIST', json: ['x'.repeat(length)] }) as const;

test('all variables of a version hold at most 1 MiB, as text and as JSON', () => {
  const half = { type: 'plain_text', name: 'TEXT', text: 'é'.repeat(262_144) } as const;
  assert.equal(refusal({ bindings: [half, list(524_284)] }), undefined);
  assert.deepEqual(refusal({ bindings: [half, list(524_285)] }), {
    code: 'binding_invalid',
    name: 'LIST',
    fault: 'with it the variables hold more than the 1048576 bytes they may; make it a module and import it',
  });
});

test('a blob names a part that was uploaded', () => {
  const refused = refusal({ bindings: [{ type: 'data_blob', name: 'LOGO', part: 'logo.png' }] });
  assert.deepEqual(refused, { code: 'binding_invalid', name: 'LOGO', fault: 'its part "logo.png" was not uploaded' });
});

test('a compatibility date is a day of the calendar', () => {
  assert.equal(refusal({ compatibilityDate: '2026-02-30' })?.code, 'compatibility_date_invalid');
  assert.equal(refusal({ compatibilityDate: undefined }), undefined);
});
