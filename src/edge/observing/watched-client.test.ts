import assert from 'node:assert/strict';
import test from 'node:test';
import pino from 'pino';
import { until } from '../../../test/support/until.ts';
import { WatchedClient } from './watched-client.ts';

test('an observe process that is away is told of once, and only when it stays away', async () => {
  const warned: number[] = [];
  let tries = 0;
  const log = pino({ level: 'warn' }, { write: () => void warned.push(tries) });
  const link = {
    post: () => Promise.reject(new Error('unused')),
    watched: () => Promise.reject(new Error(`nobody, ${(tries += 1)}`)),
    close: () => Promise.resolve(),
  };
  await using _client = new WatchedClient({ link, log, toldAfterMs: 700, onConnected: () => undefined, onChange: () => undefined });
  await until('several tries', () => tries >= 4);
  assert.equal(warned.length, 1);
  assert.ok((warned[0] ?? 0) > 1, 'not at the first try');
});
