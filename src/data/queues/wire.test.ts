import assert from 'node:assert/strict';
import test from 'node:test';
import { settleRequest } from './wire.ts';

test('[Q-9] a message waits no longer to be tried again than a delay may be, whatever its Worker says', () => {
  const rule = { maxRetries: 1, retryDelay: 0, deadLetterQueue: null };
  const said = [86_401, 1e300, -1, 60, 'soon'];
  const told = {
    retryBatch: { retry: true, delaySeconds: 1e9 },
    retryMessages: said.map((delaySeconds, index) => ({ msgId: String(index), delaySeconds })),
  };
  const settled = settleRequest.parse({ lease: '1', ids: [], told, rule }).told;
  assert.deepEqual(
    settled.retryMessages.map(({ delaySeconds }) => delaySeconds),
    [86_400, 86_400, 0, 60, undefined],
  );
  assert.equal(settled.retryBatch.delaySeconds, 86_400);
});
