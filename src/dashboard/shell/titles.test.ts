import assert from 'node:assert/strict';
import test from 'node:test';
import { titleOf } from './titles.ts';

test('a window is called by its page, its Worker, and whose dashboard it is', () => {
  assert.equal(titleOf('/'), 'Workers, Switchback');
  assert.equal(titleOf('/audit'), 'Audit log, Switchback');
  assert.equal(titleOf('/workers/checkout'), 'checkout, Switchback');
  assert.equal(titleOf('/workers/checkout/deployments'), 'Deployments, checkout, Switchback');
  assert.equal(titleOf('/nowhere/at/all'), 'Switchback');
});
