import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { DataClient, QueueLeases, Queues, remoteQueue } from '../data/index.ts';
import type { ConsumedQueue } from '../domain/index.ts';
import type { Invocation, Invoked } from './invoke.ts';
import { QueueConsumers } from './queues.ts';
import { aFolder, aLog, aWorker, until, V1, V2 } from './testing.ts';

const JOBS: ConsumedQueue = {
  queue: 'jobs',
  batchSize: 10,
  maxWaitMs: 0,
  maxRetries: 1,
  retryDelay: 0,
  maxConcurrency: null,
  deadLetterQueue: 'dead',
};
const OK: Invoked = { ran: true, versionId: V1, outcome: 'ok', told: {} };
const consuming = (...queues: readonly ConsumedQueue[]) => ({ workers: [aWorker('worker', { queues })] });

interface Called {
  readonly script: string;
  readonly bodies: readonly string[];
  readonly attempts: readonly number[];
}

/** Real queues, an edge that takes from them, and a Worker that does what the test says. */
const aWorld = async (t: TestContext) => {
  const folder = await aFolder();
  const log = aLog();
  const options = { dataDir: join(folder.path, 'data'), runtimeDir: join(folder.path, 'run'), log: () => {} };
  const client = new DataClient(options.runtimeDir);
  const calls: Called[] = [];
  const world = {
    queues: await Queues.open(options),
    log,
    calls,
    answer: (() => OK) as (called: Called) => Promise<Invoked> | Invoked,
    send: async (...bodies: readonly string[]) => {
      const sent = await remoteQueue(client, 'jobs').send(bodies.map((body) => ({ format: 'text', body, delay: undefined })));
      assert.ok(sent.ok);
    },
    count: async (queue = 'jobs') => {
      const state = await remoteQueue(client, queue).state();
      assert.ok(state.ok);
      return state.value.metrics.backlogCount;
    },
    anEdge: () => {
      const edge = new QueueConsumers({ leases: new QueueLeases(options.runtimeDir), invoke, log });
      edges.push(edge);
      return edge;
    },
    /** The data process is killed and started again. */
    restart: async () => {
      await world.queues[Symbol.asyncDispose]();
      world.queues = await Queues.open(options);
    },
  };
  const invoke = async (script: string, { event }: Invocation): Promise<Invoked> => {
    const messages = event['messages'] as readonly { readonly body: string; readonly attempts: number }[];
    const called = {
      script,
      bodies: messages.map(({ body }) => Buffer.from(body, 'base64').toString()),
      attempts: messages.map(({ attempts }) => attempts),
    };
    calls.push(called);
    return world.answer(called);
  };
  const edges: QueueConsumers[] = [];
  t.after(async () => {
    for (const edge of edges) edge.stop();
    for (const edge of edges) await edge.finished();
    await client[Symbol.asyncDispose]();
    await world.queues[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });
  for (const queue of ['jobs', 'dead']) await remoteQueue(client, queue).put({ deliveryDelay: 0, retention: 345_600 });
  return world;
};

test('[Q-7] each batch is given to one version, and the log says which it was and what became of the messages', async (t) => {
  const world = await aWorld(t);
  const versions = [V1, V2];
  world.answer = () => ({ ran: true, versionId: versions.shift() ?? '', outcome: 'ok', told: {} });
  world.anEdge().follow(consuming({ ...JOBS, batchSize: 2 }));
  await world.send('a', 'b', 'c');
  await until(async () => (await world.count()) === 0, 'all are handled');
  assert.deepEqual(
    world.log.lines.map(({ level, facts }) => [level, facts]),
    [
      ['info', { queue: 'jobs', script: 'worker', versionId: V1, messages: 2, outcome: 'ok', done: 2, retried: 0, buried: 0, dropped: 0 }],
      ['info', { queue: 'jobs', script: 'worker', versionId: V2, messages: 1, outcome: 'ok', done: 1, retried: 0, buried: 0, dropped: 0 }],
    ],
  );
});

test('[Q-2] a Worker that cannot be called gets its messages later, and they were not tried', async (t) => {
  const world = await aWorld(t);
  const failures = 3;
  world.answer = () => (world.calls.length > failures ? OK : { ran: false, why: 'It does not start.' });
  world.anEdge().follow(consuming(JOBS));
  await world.send('a');
  await until(async () => (await world.count()) === 0, 'it is handled');
  assert.deepEqual(
    world.calls.map(({ attempts }) => attempts),
    Array.from({ length: failures + 1 }, () => [1]),
  );
});

test('[Q-3] what fails is tried again, then buried', async (t) => {
  const world = await aWorld(t);
  world.answer = () => ({ ran: true, versionId: V1, outcome: 'exception', told: {} });
  world.anEdge().follow(consuming(JOBS));
  await world.send('a');
  await until(async () => (await world.count('dead')) === 1, 'it is buried');
  assert.deepEqual(
    world.calls.map(({ attempts }) => attempts),
    [[1], [2]],
  );
});

test('[Q-2] an edge that stops lets go of what its ended processes left undone, and another edge gets it', async (t) => {
  const world = await aWorld(t);
  const { promise: ended, resolve: end } = Promise.withResolvers<Invoked>();
  world.answer = () => ended;
  const first = world.anEdge();
  first.follow(consuming(JOBS));
  await world.send('a');
  await until(() => world.calls.length === 1, 'it is called');
  first.stop();
  end({ ran: true, versionId: V1, outcome: 'processEnded', told: {} });
  await first.finished();
  world.answer = () => OK;
  world.anEdge().follow(consuming(JOBS));
  await until(async () => (await world.count()) === 0, 'the other edge has it');
  assert.deepEqual(
    world.calls.map(({ attempts }) => attempts),
    [[1], [1]],
  );
});

test('the log tells a batch that its Worker refused, or did not finish, from one that was delivered', async (t) => {
  const world = await aWorld(t);
  const outcomes = ['exception', 'exceededWallTime', 'ok'];
  world.answer = () => ({ ran: true, versionId: V1, outcome: outcomes[world.calls.length - 1] ?? 'ok', told: {} });
  world.anEdge().follow(consuming({ ...JOBS, maxRetries: 5 }));
  await world.send('a');
  await until(() => world.log.lines.length === 3, 'it is delivered in the end');
  assert.deepEqual(
    world.log.lines.map(({ level, sentence }) => [level, sentence]),
    [
      ['warn', 'A batch of messages was refused by the Worker: its handler threw.'],
      ['warn', 'A batch of messages was not finished by the Worker.'],
      ['info', 'A batch of messages was delivered.'],
    ],
  );
});

test('[Q-8] a batch whose Worker is still at work when its consumer changes or stops is given to nobody else', async (t) => {
  const world = await aWorld(t);
  const { promise: ended, resolve: end } = Promise.withResolvers<Invoked>();
  world.answer = ({ bodies }) => (bodies[0] === 'slow' ? ended : OK);
  const edge = world.anEdge();
  edge.follow(consuming(JOBS));
  await world.send('slow');
  await until(() => world.calls.length === 1, 'it is called');
  edge.follow(consuming({ ...JOBS, batchSize: 1 }));
  await world.send('next');
  await until(() => world.calls.length > 1, 'the changed consumer takes');
  edge.stop();
  world.anEdge().follow(consuming({ ...JOBS, batchSize: 2 }));
  await world.send('last');
  await until(async () => (await world.count()) === 1, 'all but the slow one are handled');
  end(OK);
  await until(async () => (await world.count()) === 0, 'all are handled');
  assert.deepEqual(
    world.calls.map(({ bodies, attempts }) => [bodies, attempts]),
    ['slow', 'next', 'last'].map((body) => [[body], [1]]),
  );
});

test('what a Worker is about to finish when the data process stops is settled before it does', async (t) => {
  const world = await aWorld(t);
  const { promise: ended, resolve: end } = Promise.withResolvers<Invoked>();
  world.answer = ({ bodies }) => (bodies[0] === 'a' ? ended : OK);
  world.anEdge().follow(consuming({ ...JOBS, maxConcurrency: 1 }));
  await world.send('a');
  await until(() => world.calls.length === 1, 'it is called');
  const restarted = world.restart();
  end(OK);
  await restarted;
  await world.send('b');
  await until(async () => (await world.count()) === 0, 'all are handled');
  assert.ok(
    world.calls.some(({ bodies }) => bodies.includes('b')),
    'messages go on coming',
  );
});

test('[Q-8] a consumer that changes loses no message, one that is taken away gets none, and one Worker follows another', async (t) => {
  const world = await aWorld(t);
  const edge = world.anEdge();
  for (let index = 0; index < 30; index += 1) {
    edge.follow(index % 3 === 2 ? { workers: [] } : consuming({ ...JOBS, batchSize: 1 + index }));
    await world.send(`m${index}`);
  }
  edge.follow({ workers: [] });
  await until(() => world.log.lines.length === world.calls.length, 'what was taken is settled');
  const before = world.calls.length;
  await world.send('late');
  await wait(50);
  assert.equal(world.calls.length, before, 'nobody consumes it');
  edge.follow({ workers: [aWorker('other', { queues: [JOBS] })] });
  await until(async () => (await world.count()) === 0, 'all are handled');
  const handled = world.calls.flatMap(({ bodies }) => bodies);
  assert.deepEqual(new Set(handled), new Set([...Array.from({ length: 30 }, (_, index) => `m${index}`), 'late']));
  assert.equal(handled.length, 31, 'each once');
  assert.equal(world.calls.at(-1)?.script, 'other');
});

test('no more batches of a queue are under way than its consumer may have, also with two edges', async (t) => {
  const world = await aWorld(t);
  let underWay = 0;
  let most = 0;
  world.answer = async () => {
    most = Math.max(most, (underWay += 1));
    await wait(20);
    underWay -= 1;
    return OK;
  };
  for (const edge of [world.anEdge(), world.anEdge()]) edge.follow(consuming({ ...JOBS, batchSize: 1, maxConcurrency: 3 }));
  await world.send(...Array.from({ length: 20 }, (_, index) => String(index)));
  await until(async () => (await world.count()) === 0, 'all are handled');
  assert.equal(most, 3);
});
