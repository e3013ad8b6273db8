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

test('of what two edges say the newer holds, and what one said that is silent is forgotten once another goes on', () => {
  const rules = new Rules();
  const minute = 60_000;
  rules.told('first', [KEPT, { ...KEPT, script: 'gone' }], 0);
  rules.told('second', [{ ...KEPT, sampleRate: 1 }], minute);
  assert.deepEqual([rules.of('shop')?.sampleRate, rules.of('gone')?.script], [1, 'gone']);
  rules.heard('unknown', 20 * minute);
  assert.equal(rules.of('gone')?.script, 'gone', 'one of which nothing is known is no reason to forget');
  rules.heard('first', 20 * minute);
  assert.deepEqual([rules.of('shop')?.sampleRate, rules.of('gone')?.script], [0.5, 'gone']);
  rules.told('second', [KEPT], 21 * minute);
  rules.heard('second', 40 * minute);
  assert.deepEqual([rules.of('shop'), rules.of('gone'), rules.areKnown], [KEPT, undefined, true]);
});
