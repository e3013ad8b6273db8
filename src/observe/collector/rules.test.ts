import assert from 'node:assert/strict';
import test from 'node:test';
import { Rules } from './rules.ts';

const KEPT = { script: 'shop', sampleRate: 0.5, isKept: true, logpush: false };

test('rules that were known before a start stand until an edge says its own, and no longer', () => {
  const rules = new Rules();
  assert.equal(rules.areKnown, false);
  rules.remember([
    ['gone', [KEPT]],
    ['here', [KEPT, { ...KEPT, script: 'blog' }]],
  ]);
  assert.deepEqual([rules.areKnown, rules.of('shop'), rules.of('blog')?.script], [true, KEPT, 'blog']);
  rules.told('here', [{ ...KEPT, script: 'blog' }]);
  assert.deepEqual([rules.areKnown, rules.of('shop'), rules.of('blog')?.script], [true, undefined, 'blog']);
  rules.told('there', [KEPT]);
  assert.deepEqual([rules.of('shop'), rules.of('blog')?.script], [KEPT, 'blog']);
  rules.told('there', []);
  assert.equal(rules.of('shop'), undefined);
});
