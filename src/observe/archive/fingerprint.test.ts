import assert from 'node:assert/strict';
import test from 'node:test';
import { fingerprintOf, plainMessage, topFrame } from './fingerprint.ts';

const thrown = (stack: string) => ({ name: 'Error', message: 'no', stack });

test('[OB-22] messages that differ in numbers and ids only are one, and others are not', () => {
  const plain: readonly (readonly [string, string])[] = [
    ['order 17 is gone', 'order # is gone'],
    ['user 3f2504e0-4f89-41d3-9a0c-0305e82c3301 unknown', 'user # unknown'],
    ['at 0xdeadbeef', 'at #'],
    ['commit 8c1d5f20aa9b', 'commit #'],
    ['took 12.5 ms of 10', 'took # ms of #'],
    ['the facade is defaced', 'the facade is defaced'],
  ];
  for (const [message, expected] of plain) assert.equal(plainMessage(message), expected);
  assert.equal(plainMessage('x'.repeat(10_000)).length, 200);
});

test('[OB-22] the line does not count and the file does; another Worker has groups of its own', () => {
  const one = fingerprintOf('shop', thrown('    at pay (src/cart.ts:12:7)\n    at fetch (src/index.ts:3:1)'));
  assert.equal(fingerprintOf('shop', thrown('    at pay (src/cart.ts:99:1)')), one);
  assert.notEqual(fingerprintOf('shop', thrown('    at pay (src/order.ts:12:7)')), one);
  assert.notEqual(fingerprintOf('blog', thrown('    at pay (src/cart.ts:12:7)')), one);
  assert.equal(topFrame('Error: no\n    at pay (src/cart.ts:12:7)'), 'pay (src/cart.ts:12:7)');
  assert.equal(topFrame(undefined), '');
});
