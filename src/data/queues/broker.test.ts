import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { Broker, type Lease, type SentMessage, type Wanted } from './broker.ts';
import { MessageStore } from './message-store.ts';

/** A broker on a file of its own; time stands still until it is moved. */
const aBroker = async (t: TestContext) => {
  const folder = await mkdtemp(join(tmpdir(), 'sb-queues-'));
  const path = join(folder, 'messages.db');
  let ms = Date.parse('2026-11-01T10:00:00Z');
  const clock = { now: () => new Date(ms) };
  const open = () => new Broker(new MessageStore(path), clock);
  const world = {
    broker: open(),
    move: (by: number) => void (ms += by),
    /** As if its process had been killed. */
    reopen: () => {
      world.broker[Symbol.dispose]();
      world.broker = open();
    },
  };
  t.after(async () => {
    world.broker[Symbol.dispose]();
    await rm(folder, { recursive: true });
  });
  for (const name of ['work', 'dead']) await world.broker.put(name, { deliveryDelay: 0, retention: 345_600 });
  return world;
};
type World = Awaited<ReturnType<typeof aBroker>>;

const text = (body: string, delay?: number): SentMessage => ({ format: 'text', body: Buffer.from(body), delay });
const AT_ONCE: Wanted = { batchSize: 10, maxWaitMs: 0, maxConcurrency: 10 };
const RULE = { maxRetries: 1, retryDelay: 0, deadLetterQueue: 'dead' };

/** A batch that is due now, if there is one. */
const taken = ({ broker }: World, queue = 'work', wanted: Wanted = AT_ONCE): Lease | undefined => {
  const given: Lease[] = [];
  const waiting = broker.wait(queue, wanted, (lease) => void given.push(lease));
  assert.ok(waiting.ok);
  waiting.value();
  return given[0];
};
const bodies = (lease: Lease | undefined): readonly string[] => lease?.messages.map(({ body }) => Buffer.from(body).toString()) ?? [];
const ids = (lease: Lease | undefined): readonly string[] => lease?.messages.map(({ id }) => id) ?? [];
const count = ({ broker }: World, queue = 'work'): number => {
  const state = broker.state(queue);
  assert.ok(state.ok);
  return state.value.metrics.backlogCount;
};
const settle = (world: World, lease: Lease | undefined, outcome: string) =>
  world.broker.settle('work', lease?.id ?? '', ids(lease), { outcome }, RULE);

test('messages are given once, in the order of their sending, and are gone once they are handled', async (t) => {
  const world = await aBroker(t);
  const sent = await world.broker.send(
    'work',
    ['a', 'b', 'c'].map((body) => text(body)),
  );
  assert.ok(sent.ok);
  assert.deepEqual([sent.value.backlogCount, sent.value.backlogBytes], [3, 3]);
  const first = taken(world, 'work', { ...AT_ONCE, batchSize: 2 });
  const second = taken(world);
  assert.deepEqual([bodies(first), bodies(second), taken(world)], [['a', 'b'], ['c'], undefined]);
  await settle(world, first, 'ok');
  assert.deepEqual([count(world), taken(world)], [1, undefined]);
});

test('who waits for a full batch, or has all it takes, keeps nobody behind it from what is due', async (t) => {
  const world = await aBroker(t);
  const given: string[] = [];
  const wait = (who: string, wanted: Wanted): void =>
    assert.ok(world.broker.wait('work', wanted, (lease) => void given.push(who, ...bodies(lease))).ok);
  wait('patient', { ...AT_ONCE, maxWaitMs: 60_000 });
  wait('quick', { ...AT_ONCE, batchSize: 1 });
  await world.broker.send('work', [text('a')]);
  assert.deepEqual(given, ['quick', 'a']);
  wait('modest', { ...AT_ONCE, maxConcurrency: 1 });
  wait('quick', { ...AT_ONCE, batchSize: 1 });
  await world.broker.send('work', [text('b')]);
  assert.deepEqual(given, ['quick', 'a', 'quick', 'b']);
});

test('[Q-2] what nobody settled is given again, whether its consumer let go or the broker was killed', async (t) => {
  const world = await aBroker(t);
  await world.broker.send('work', [text('a')]);
  const lease = taken(world);
  world.broker.release('work', lease?.id ?? '');
  assert.deepEqual(bodies(taken(world)), ['a']);
  world.reopen();
  const again = taken(world);
  assert.deepEqual([bodies(again), again?.messages[0]?.attempts], [['a'], 0]);
});

test('[Q-2] what was handled while the broker was killed is done, and what failed waits to be tried', async (t) => {
  const world = await aBroker(t);
  await world.broker.send('work', [text('handled'), text('failed')]);
  const lease = taken(world);
  const [handled = '', failed = ''] = ids(lease);
  world.reopen();
  const told = { outcome: 'ok', retryMessages: [{ msgId: failed }] };
  await world.broker.settle('work', lease?.id ?? '', [handled, failed], told, RULE);
  assert.deepEqual(bodies(taken(world)), ['failed']);
});

test('[Q-3] a message that fails as often as it may goes to the dead letter queue as it was, or where there is none away', async (t) => {
  const world = await aBroker(t);
  await world.broker.send('work', [text('bad')]);
  const first = taken(world);
  assert.deepEqual(await settle(world, first, 'exception'), { ok: true, value: { done: 0, retried: 1, buried: 0, dropped: 0 } });
  const second = taken(world);
  assert.deepEqual([second?.messages[0]?.attempts, count(world, 'dead')], [1, 0]);
  assert.deepEqual(await settle(world, second, 'exception'), { ok: true, value: { done: 0, retried: 0, buried: 1, dropped: 0 } });
  const buried = taken(world, 'dead');
  assert.deepEqual([bodies(buried), ids(buried), buried?.messages[0]?.attempts], [['bad'], ids(first), 0]);
  assert.deepEqual([count(world), count(world, 'dead')], [0, 1]);
  await world.broker.delete('dead');
  await world.broker.send('work', [text('bad')]);
  for (const kind of ['retried', 'dropped'] as const) {
    const settled = await settle(world, taken(world), 'exception');
    assert.ok(settled.ok && settled.value[kind] === 1);
  }
  assert.equal(count(world), 0);
});

test('a batch waits until it is full or its first message has waited long enough', async (t) => {
  const world = await aBroker(t);
  const slow = { batchSize: 2, maxWaitMs: 5000, maxConcurrency: 10 };
  await world.broker.send('work', [text('a')]);
  assert.equal(taken(world, 'work', slow), undefined);
  await world.broker.send('work', [text('b'), text('c')]);
  assert.deepEqual(bodies(taken(world, 'work', slow)), ['a', 'b']);
  assert.equal(taken(world, 'work', slow), undefined);
  world.move(5000);
  assert.deepEqual(bodies(taken(world, 'work', slow)), ['c']);
});

test('[Q-4] a delayed message is given when its time has come, after the broker was killed too', async (t) => {
  const world = await aBroker(t);
  await world.broker.put('work', { deliveryDelay: 10, retention: 345_600 });
  await world.broker.send('work', [text('by the queue'), text('at once', 0), text('late', 60)]);
  assert.deepEqual(bodies(taken(world)), ['at once']);
  world.reopen();
  world.move(9_999);
  assert.deepEqual(bodies(taken(world)), ['at once']);
  world.move(1);
  assert.deepEqual(bodies(taken(world)), ['by the queue']);
  world.move(50_000);
  assert.deepEqual(bodies(taken(world)), ['late']);
});

test('whoever waits gets the batch when it is due, and no more of them are out than the consumer may have', async (t) => {
  const world = await aBroker(t);
  const given: Lease[] = [];
  const one = { ...AT_ONCE, maxConcurrency: 1 };
  for (const _ of [1, 2]) world.broker.wait('work', one, (lease) => void given.push(lease));
  await world.broker.send('work', [text('a')]);
  await world.broker.send('work', [text('b')]);
  assert.deepEqual(given.map(bodies), [['a']]);
  await settle(world, given[0], 'ok');
  assert.deepEqual(given.map(bodies), [['a'], ['b']]);
});

test('[Q-5] a purge deletes everything in the queue and nothing else, and what was out of it stays deleted', async (t) => {
  const world = await aBroker(t);
  for (const queue of ['work', 'dead']) await world.broker.send(queue, [text('a'), text('b', 100)]);
  const lease = taken(world);
  await world.broker.purge('work');
  await settle(world, lease, 'exception');
  assert.deepEqual([count(world), count(world, 'dead'), taken(world)], [0, 2, undefined]);
  const state = world.broker.state('work');
  assert.ok(state.ok && state.value.purgedAt !== null);
});

test('[Q-6] a message is kept as long as its queue says', async (t) => {
  const world = await aBroker(t);
  await world.broker.put('work', { deliveryDelay: 0, retention: 60 });
  await world.broker.send(
    'work',
    Array.from({ length: 100 }, (_, index) => text(String(index))),
  );
  await world.broker.send('dead', [text('kept')]);
  world.move(59_999);
  assert.equal(await world.broker.expire(), 0);
  world.move(1);
  assert.equal(await world.broker.expire(), 100);
  assert.deepEqual([count(world), count(world, 'dead')], [0, 1]);
});

test('a queue that is not there takes and gives nothing', async (t) => {
  const { broker } = await aBroker(t);
  const missing = { ok: false, refusal: { status: 404, code: 11000, message: 'The queue does not exist.' } };
  assert.deepEqual(await broker.send('none', [text('a')]), missing);
  assert.deepEqual(
    broker.wait('none', AT_ONCE, () => assert.fail()),
    missing,
  );
  assert.deepEqual(await broker.purge('none'), missing);
});
