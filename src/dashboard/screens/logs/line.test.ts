import assert from 'node:assert/strict';
import test from 'node:test';
import { isPicked, kept, lineOfEvent, noticeIn, type TailEvent } from './line.ts';

const anEvent = (more: Partial<TailEvent>): TailEvent => ({
  eventTimestamp: 0,
  outcome: 'ok',
  logs: [],
  exceptions: [],
  event: null,
  ...more,
});

test('a line says what a Worker was called for', () => {
  const cases: readonly (readonly [TailEvent['event'], string])[] = [
    [{ request: { method: 'GET', url: 'https://shop.example/cart?a=1' } }, 'GET shop.example/cart?a=1'],
    [{ cron: '0 2 * * *', scheduledTime: 1 }, 'Cron 0 2 * * *'],
    [{ queue: 'orders', batchSize: 3 }, 'Queue orders, 3 messages'],
    [{ rpcMethod: 'price' }, 'RPC price()'],
    [{ scheduledTime: 1 }, 'Alarm'],
    [null, 'Invocation'],
  ];
  for (const [event, what] of cases) assert.equal(lineOfEvent(anEvent({ event }), '1').what, what);
});

const failed = (outcome: string, status?: number): boolean =>
  lineOfEvent(anEvent({ outcome, event: { request: {}, response: { status } } }), '1').hasFailed;

test('what failed is told apart from what a visitor left', () => {
  assert.deepEqual(
    [failed('ok', 200), failed('ok', 503), failed('exception'), failed('canceled'), failed('exceededCpu')],
    [false, true, true, false, true],
  );
});

test('what was logged is shown as the console prints it', () => {
  const { logs } = lineOfEvent(anEvent({ logs: [{ level: 'warn', message: ['price', 12, { sku: 'a' }, null] }] }), '1');
  assert.deepEqual(logs, [{ level: 'warn', text: 'price 12 {"sku":"a"} null' }]);
});

test('a notice of the tail is no line', () => {
  assert.equal(noticeIn(anEvent({ event: { type: 'overload', message: 'Only some are shown.' } })), 'Only some are shown.');
  assert.equal(noticeIn(anEvent({ event: { request: {} } })), undefined);
});

test('what went well pushes no failure out of what is kept', () => {
  const lines = [...'oofoofo'].map((each, at) => lineOfEvent(anEvent({ outcome: each === 'f' ? 'exception' : 'ok' }), String(at)));
  assert.deepEqual(
    kept(lines, 2).map(({ id }) => id),
    ['0', '1', '2', '5'],
  );
});

test('lines are picked by version, failure and what they logged', () => {
  const said = { logs: [{ level: 'log', message: ['price', 12] }], scriptVersion: { id: 'v2' } };
  const line = lineOfEvent(anEvent(said), '1');
  const all = { versionId: undefined, onlyErrors: false, search: undefined };
  const picks = [all, { ...all, versionId: 'v2', search: 'PRICE 1' }, { ...all, versionId: 'v1' }, { ...all, onlyErrors: true }];
  assert.deepEqual(
    picks.map((picked) => isPicked(line, picked)),
    [true, true, false, false],
  );
});
