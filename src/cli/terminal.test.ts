import assert from 'node:assert/strict';
import test from 'node:test';
import { oneLine } from './terminal.ts';

test('what somebody wrote stands on one line, says nothing to the terminal, and neither turns nor hides what is there', () => {
  assert.equal(oneLine('one\u001b[2J\r\ntwo\u2028three'), 'one two three');
  assert.equal(oneLine('no \u202Erorre\u202C at all, pay\u200B\u2066\uFEFF\u00ADment'), 'no rorre at all, payment');
});
