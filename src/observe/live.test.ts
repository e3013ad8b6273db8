import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate as immediately } from 'node:timers/promises';
import { Live } from './live.ts';
import { aCount, SCRIPT } from './testing.ts';

test('[MX-3] a reader who stalls is told nothing more until it reads again, and then of all that came', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const live = new Live();
  const told: number[] = [];
  const reads: (() => void)[] = [];
  const unfollow = live.follow(SCRIPT, ({ versions }) => {
    told.push(versions[0]?.requests ?? 0);
    return new Promise<void>((resolve) => void reads.push(resolve));
  });
  for (let second = 0; second < 5; second += 1) {
    live.take([aCount({ latencies: [10, 20] })]);
    t.mock.timers.tick(1_000);
  }
  assert.deepEqual(told, [2]);
  reads.shift()?.();
  await immediately();
  t.mock.timers.tick(1_000);
  assert.deepEqual(told, [2, 8]);
  unfollow();
});
