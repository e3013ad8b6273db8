import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { batchDueAt, batchOf, fatesOf, type Fate, type FailureRule, type Outcome, type Ready } from './rules.ts';

const message = fc.record({
  bytes: fc.integer({ min: 0, max: 128_000 }),
  visibleAt: fc.integer({ min: 0, max: 100_000 }),
  attempts: fc.integer({ min: 0, max: 4 }),
});
/** In the order in which they became visible. */
const waiting = fc
  .array(message, { maxLength: 120 })
  .map((messages) =>
    messages
      .toSorted((a, b) => a.visibleAt - b.visibleAt)
      .map(({ bytes, visibleAt, attempts }, seq): Ready => ({ seq, bytes, visibleAt, attempts })),
  );
const batchRule = fc.record({ batchSize: fc.integer({ min: 1, max: 100 }), maxWaitMs: fc.integer({ min: 0, max: 60_000 }) });

test('a batch is the first messages in turn, never more than the consumer takes or than goes in one, and never nothing', () => {
  fc.assert(
    fc.property(waiting, batchRule, (ready, rule) => {
      const batch = batchOf(ready, rule);
      assert.deepEqual(batch, ready.slice(0, batch.length));
      assert.ok(batch.length <= rule.batchSize);
      assert.ok(batch.length > 0 || ready.length === 0);
      assert.ok(batch.length <= 1 || batch.reduce((sum, { bytes }) => sum + bytes, 0) <= 1_000_000);
    }),
  );
});

test('a batch goes when the message that waits longest has waited long enough, and before only if it is full or tried again', () => {
  fc.assert(
    fc.property(waiting, batchRule, (ready, rule) => {
      const due = batchDueAt(ready, rule);
      const [first] = ready;
      if (first === undefined) return assert.equal(due, Infinity);
      assert.ok(due <= first.visibleAt + rule.maxWaitMs);
      const batch = batchOf(ready, rule);
      const isFull = batch.length === rule.batchSize || batch.length < ready.length;
      const isEarly = rule.maxWaitMs > 0 && due < first.visibleAt + rule.maxWaitMs;
      assert.equal(isEarly, rule.maxWaitMs > 0 && (isFull || batch.some(({ attempts }) => attempts > 0)));
      return undefined;
    }),
  );
});

const IDS = ['a', 'b', 'c', 'd'];
const seconds = fc.option(fc.integer({ min: 0, max: 43_200 }), { nil: undefined });
const some = fc.subarray(IDS);
const outcome: fc.Arbitrary<Outcome> = fc
  .record({
    outcome: fc.constantFrom('ok', 'exception', 'processEnded', 'exceededCpu'),
    ackAll: fc.boolean(),
    retry: fc.boolean(),
    batchDelay: seconds,
    acked: some,
    retried: some,
    delay: seconds,
  })
  .map(({ outcome: how, ackAll, retry, batchDelay, acked, retried, delay }) => ({
    outcome: how,
    ackAll,
    retryBatch: { retry, ...(batchDelay === undefined ? {} : { delaySeconds: batchDelay }) },
    explicitAcks: acked,
    retryMessages: retried.map((msgId) => ({ msgId, ...(delay === undefined ? {} : { delaySeconds: delay }) })),
  }));
const failureRule: fc.Arbitrary<FailureRule> = fc.record({
  maxRetries: fc.integer({ min: 0, max: 5 }),
  retryDelay: fc.integer({ min: 0, max: 100 }),
  deadLetterQueue: fc.option(fc.constant('dead')),
});
const NOW = 1_000_000;

test('a message is done only if the Worker said so, or said nothing against it and ended well', () => {
  fc.assert(
    fc.property(outcome, failureRule, fc.constantFrom(...IDS), fc.integer({ min: 0, max: 6 }), (told, rule, id, attempts) => {
      const fate = fatesOf(told, rule, NOW)({ id, attempts });
      const isAcked = told.explicitAcks?.includes(id) === true;
      const isRetried = told.retryMessages?.some(({ msgId }) => msgId === id) === true;
      if (isAcked) return assert.equal(fate.kind, 'done');
      if (isRetried) return assert.notEqual(fate.kind, 'done');
      const isFine = told.ackAll === true || (told.outcome === 'ok' && told.retryBatch?.retry !== true);
      return assert.equal(fate.kind === 'done', isFine);
    }),
  );
});

test('a message that fails is tried again as often as the consumer says, then it goes to the dead letter queue or nowhere', () => {
  fc.assert(
    fc.property(outcome, failureRule, (told, rule) => {
      const fates: Fate[] = [];
      for (let attempts = 0; attempts <= rule.maxRetries; attempts += 1) {
        const fate = fatesOf({ ...told, outcome: 'exception', ackAll: false, explicitAcks: [] }, rule, NOW)({ id: 'a', attempts });
        fates.push(fate);
        if (fate.kind === 'retried') assert.ok(fate.visibleAt >= NOW);
      }
      const last = fates.pop();
      assert.ok(fates.every(({ kind }) => kind === 'retried'));
      assert.deepEqual(last, rule.deadLetterQueue === null ? { kind: 'dropped' } : { kind: 'buried', queue: 'dead' });
    }),
  );
});

/** Tried again after these seconds, by its own word and by its batch's. */
const delayed = (own?: number, ofBatch?: number): Outcome => ({
  outcome: 'ok',
  retryBatch: { retry: true, delaySeconds: ofBatch },
  retryMessages: [{ msgId: 'a', delaySeconds: own }],
});

test("a message's own delay goes before that of its batch, and that before the consumer's", () => {
  const rule: FailureRule = { maxRetries: 3, retryDelay: 30, deadLetterQueue: null };
  const delayOf = (outcomeTold: Outcome) => {
    const fate = fatesOf(outcomeTold, rule, NOW)({ id: 'a', attempts: 0 });
    return fate.kind === 'retried' ? (fate.visibleAt - NOW) / 1000 : fate.kind;
  };
  assert.deepEqual(
    [delayOf(delayed(0, 20)), delayOf(delayed(10, 20)), delayOf(delayed(undefined, 20)), delayOf(delayed())],
    [0, 10, 20, 30],
  );
});
