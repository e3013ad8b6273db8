import assert from 'node:assert/strict';
import test from 'node:test';
import { faultInName, freeName } from './name.ts';

const taken = new Set(['hello-world', 'hello-world-2', 'x'.repeat(63)]);

test('a name that is free and well-formed has no fault', () => {
  assert.equal(faultInName('hello', taken), undefined);
});

test('of what cannot be a name, one like it is suggested', () => {
  assert.equal(faultInName('Café Préféré!', taken)?.suggestion, 'cafe-prefere');
  assert.equal(faultInName('Hello World', taken)?.suggestion, 'hello-world-3');
  assert.equal(faultInName('---', taken)?.suggestion, undefined);
});

test('a name that is taken gets the first number that is free, within 63 characters', () => {
  assert.equal(freeName('hello-world', taken), 'hello-world-3');
  assert.equal(freeName('x'.repeat(63), taken), `${'x'.repeat(61)}-2`);
});
