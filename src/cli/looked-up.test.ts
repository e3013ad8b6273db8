import assert from 'node:assert/strict';
import test from 'node:test';
import { lookedUp } from './looked-up.ts';

test('[MX-5] where time is up, what was found by then is told, and how far back was looked', async () => {
  const info = { cursor: '20-2', looked_back_to: '2026-11-21T08:00:00.000Z' };
  const page = () => Promise.resolve({ result: ['one'], info });
  assert.deepEqual(await lookedUp(50, page, 0), { found: ['one'], lookedBackTo: info.looked_back_to });
  assert.deepEqual(await lookedUp(3, page), { found: ['one', 'one', 'one'] }, 'enough is not too late');
});
