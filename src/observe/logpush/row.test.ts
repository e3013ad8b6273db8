import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { LOGPUSH_FIELD_NAMES } from '../../domain/index.ts';
import { golden } from '../../../test/support/golden.ts';
import type { InvocationRecord } from '../record.ts';
import { lineOf, rowOf } from './row.ts';
import { aRecord } from './testing.ts';

const at = aRecord().at;
const exceptions = [
  {
    name: 'TypeError',
    message: "Cannot read 'x'",
    stack: "TypeError: Cannot read 'x'\n    at fetch (src/index.ts:3:7)",
    timestamp: at + 1,
  },
  { name: 'Error', message: 'later', timestamp: at + 2 },
];

const records: readonly InvocationRecord[] = [
  aRecord(),
  aRecord({ outcome: 'exception', status: 500, exceptions, logs: [{ level: 'error', message: 'alone', timestamp: at + 1 }] }),
  aRecord({ version: { id: '2c7519b3-08e2-441d-ae10-7c8c6d3b7e17' }, cpuMs: undefined, entrypoint: 'Admin' }),
  aRecord({
    kind: 'websocket',
    status: 101,
    event: { request: { url: 'https://hello.example.com/ws', method: 'GET' }, response: { status: 101 } },
  }),
  aRecord({ event: null, outcome: 'exceededCpu', status: 503, method: 'POST', url: 'hello.example.com/slow', logs: [] }),
  aRecord({ id: 'cut', isTruncated: true }),
  aRecord({ kind: 'scheduled', id: 'a', status: undefined, event: { cron: '*/5 * * * *', scheduledTime: at }, logs: [] }),
  aRecord({ kind: 'alarm', id: 'b', status: undefined, event: { scheduledTime: new Date(at).toISOString() }, logs: [] }),
  aRecord({ kind: 'queue', id: 'c', status: undefined, event: { queue: 'jobs', batchSize: 3 }, logs: [] }),
  aRecord({ kind: 'rpc', id: 'd', status: undefined, event: { rpcMethod: 'add' }, logs: [], entrypoint: 'Sums' }),
  aRecord({ kind: 'websocket', id: 'e', status: undefined, event: { getWebSocketEvent: { webSocketEventType: 'message' } }, logs: [] }),
];

test('[LP-4] rows of every kind of invocation are as they were reviewed, in the shapes that Cloudflare sends', () => {
  // Each is a line that was just written.
  const rows = records.map(
    (record) => JSON.parse(lineOf(rowOf(record, ['eu']), { fields: LOGPUSH_FIELD_NAMES, isDefused: false })) as unknown,
  );
  const reviewed = golden<readonly unknown[]>('logpush-rows');
  reviewed.update(() => rows);
  assert.deepEqual(rows, reviewed.value);
});

test('[LP-4] a row has the fields that were asked for and no other, in that order', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...LOGPUSH_FIELD_NAMES], { minLength: 1 }), fc.constantFrom(...records), (fields, record) => {
      const row = JSON.parse(lineOf(rowOf(record, []), { fields, isDefused: false })) as object;
      assert.deepEqual(Object.keys(row), fields);
    }),
  );
});

test('[LP-4] whatever a Worker logs, a row is one line; defused it has no "${"', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.string(), (message, text) => {
      const record = aRecord({ logs: [{ level: 'log', message: [...message, `${text}\n\${jndi:x}`], timestamp: at }] });
      const line = lineOf(rowOf(record, []), { fields: ['Logs'], isDefused: true });
      assert.doesNotMatch(line, /[\n\r]|\$\{/);
      assert.match(line, /x\{jndi:x\}/);
    }),
  );
});
