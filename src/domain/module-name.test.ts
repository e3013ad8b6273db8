import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { MOST_MODULE_NAME_BYTES, moduleKindFrom, moduleNameFrom } from './module-name.ts';

test('a module name loses its leading "./" and every empty or "." segment', () => {
  const names: readonly (readonly [string, string])[] = [
    ['index.js', 'index.js'],
    ['./index.js', 'index.js'],
    ['././lib/./x.mjs', 'lib/x.mjs'],
    ['lib//x.mjs', 'lib/x.mjs'],
    ['./9923f209ab2f6c86742437ce5ac68785cfe3446f-note.txt', '9923f209ab2f6c86742437ce5ac68785cfe3446f-note.txt'],
    ['..hidden/…/é.txt', '..hidden/…/é.txt'],
    ['hello', 'hello'],
  ];
  for (const [given, name] of names) assert.deepEqual(moduleNameFrom(given), { ok: true, value: name }, given);
});

test('a module name that could leave its folder, or that no file can have, is refused with the reason', () => {
  const names: readonly (readonly [string, string])[] = [
    ['', 'empty'],
    ['./', 'empty'],
    ['.', 'empty'],
    ['..', 'traversal'],
    ['../index.js', 'traversal'],
    ['lib/../../index.js', 'traversal'],
    ['lib/../index.js', 'traversal'],
    ['/etc/passwd', 'absolute'],
    ['//host/x.js', 'absolute'],
    ['..\\index.js', 'backslash'],
    ['C:\\x.js', 'backslash'],
    ['a\0.js', 'control_character'],
    ['a\r\nSet-Cookie: x', 'control_character'],
    [`${'é'.repeat(256)}x`, 'too_long'],
  ];
  for (const [given, reason] of names) assert.deepEqual(moduleNameFrom(given), { ok: false, refusal: { reason } }, given);
  assert.equal(moduleNameFrom('é'.repeat(MOST_MODULE_NAME_BYTES / 2)).ok, true);
});

test('an accepted module name is a relative path of plain segments and stays itself when read again', () => {
  const pieces = fc.array(fc.constantFrom('.', '..', '/', '\\', 'a', 'lib', '\0', 'é', ''), { maxLength: 12 }).map((all) => all.join(''));
  fc.assert(
    fc.property(pieces, (filename) => {
      const name = moduleNameFrom(filename);
      if (!name.ok) return;
      const segments = name.value.split('/');
      assert.ok(segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..'));
      assert.deepEqual(moduleNameFrom(name.value), name);
      assert.deepEqual(moduleNameFrom(`./${name.value}`), name);
    }),
  );
});

test('the media type of a part says how it is loaded', () => {
  const types: readonly (readonly [string, string])[] = [
    ['application/javascript+module', 'esm'],
    ['Application/JavaScript+Module; charset=utf-8', 'esm'],
    ['application/javascript', 'commonjs'],
    ['text/javascript', 'commonjs'],
    ['application/wasm', 'wasm'],
    ['text/plain', 'text'],
    ['text/plain;charset=UTF-8', 'text'],
    ['application/octet-stream', 'data'],
    ['application/json', 'json'],
    ['application/source-map', 'sourcemap'],
  ];
  for (const [contentType, kind] of types) assert.deepEqual(moduleKindFrom(contentType, 'x.py'), { ok: true, value: kind }, contentType);
});

test('the extension speaks only for a part without a media type', () => {
  assert.deepEqual(moduleKindFrom('', 'lib/x.mjs'), { ok: true, value: 'esm' });
  assert.deepEqual(moduleKindFrom('', 'index.js'), { ok: false, refusal: { reason: 'unknown', contentType: '' } });
  assert.deepEqual(moduleKindFrom('text/plain', 'lib/x.mjs'), { ok: true, value: 'text' });
});

test('Python and unknown media types are refused as such', () => {
  for (const contentType of ['text/x-python', 'text/x-python-requirement']) {
    assert.deepEqual(moduleKindFrom(contentType, 'main.py'), { ok: false, refusal: { reason: 'python' } });
  }
  for (const contentType of ['text/html', 'constructor', '__proto__', 'javascript']) {
    assert.deepEqual(moduleKindFrom(contentType, 'x'), { ok: false, refusal: { reason: 'unknown', contentType } });
  }
});
