import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { annotationsFrom, isSubdomainName, isWorkerName, isZoneName, MOST_MESSAGE_BYTES, MOST_TAG_BYTES } from './names.ts';
import type { Annotations } from './version.ts';

const refusalOf = (given: Partial<Annotations>, worker = 'hello') => {
  const annotations = annotationsFrom(given, worker);
  assert.ok(!annotations.ok, `${JSON.stringify(given)} was accepted`);
  return annotations.refusal;
};

test('a Worker is named as a label of a host is, and may hold underscores', () => {
  for (const name of ['a', 'hello', 'hello-world', 'hello--world', '0', '1a', '_a_', 'x'.repeat(63)]) assert.ok(isWorkerName(name), name);
  for (const name of ['', '-a', 'a-', 'A', 'a.b', 'a b', 'é', 'a\n', 'a/b', '..', 'x'.repeat(64)]) assert.ok(!isWorkerName(name), name);
});

test('a subdomain is one label, a zone is a domain name', () => {
  for (const name of ['a', 'switchback', 'a-b', 'x'.repeat(63)]) assert.ok(isSubdomainName(name), name);
  for (const name of ['', '-a', 'a-', 'a_b', 'a.b', 'A', 'x'.repeat(64)]) assert.ok(!isSubdomainName(name), name);
  const longest = `${`${'x'.repeat(61)}.`.repeat(4)}xxxxx`;
  for (const name of ['example.com', 'a.b.c', '_dmarc.example.com', 'xn--bcher-kva.example', longest]) assert.ok(isZoneName(name), name);
  const none = [
    '',
    'com',
    '.com',
    'example.com.',
    'example..com',
    '*.example.com',
    'example.com/',
    'exa mple.com',
    'EXAMPLE.com',
    'a:1.b',
    `x${longest}`,
  ];
  for (const name of none) assert.ok(!isZoneName(name), name);
});

test('[V-13] tag and message have limits in bytes, and what exceeds them is refused, not cut', () => {
  assert.deepEqual(annotationsFrom({ tag: 't'.repeat(MOST_TAG_BYTES), message: 'é'.repeat(MOST_MESSAGE_BYTES / 2) }, 'hello'), {
    ok: true,
    value: { tag: 't'.repeat(100), message: 'é'.repeat(500), alias: undefined },
  });
  assert.deepEqual(refusalOf({ tag: 't'.repeat(101) }), { code: 'tag_too_long', bytes: 101, limit: 100 });
  assert.deepEqual(refusalOf({ message: 'é'.repeat(501) }), { code: 'message_too_long', bytes: 1002, limit: 1000 });
});

test('[V-13] an alias is a label that begins with a letter and fits before the Worker in a host', () => {
  for (const alias of ['a', 'staging', 'pr-12', 'a--b', 'x'.repeat(57)]) assert.ok(annotationsFrom({ alias }, 'hello').ok, alias);
  for (const alias of ['', '1a', '-a', 'a-', 'A', 'a_b', 'a.b', 'a b', '__proto__'])
    assert.equal(refusalOf({ alias }).code, 'alias_invalid', alias);
  const tooLong = refusalOf({ alias: 'x'.repeat(58) });
  assert.deepEqual(tooLong.code === 'alias_invalid' && tooLong.reason.includes('63 characters'), true);
});

test('[V-13] an alias and a Worker that are accepted make a host label', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 80, unit: fc.constantFrom('a', 'z', '0', '-', '_', 'A') }),
      fc.stringMatching(/^[a-z][a-z-]{0,30}[a-z]$/),
      (alias, worker) => {
        if (!annotationsFrom({ alias }, worker).ok) return;
        assert.match(`${alias}-${worker}`, /^[a-z][a-z0-9-]{0,62}$/);
      },
    ),
  );
});

test('an empty tag or message is none', () => {
  assert.deepEqual(annotationsFrom({ tag: '', message: '' }, 'hello'), {
    ok: true,
    value: { tag: undefined, message: undefined, alias: undefined },
  });
});
