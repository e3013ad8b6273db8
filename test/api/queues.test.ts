/** Queues, their consumers and messages over the API, with the real process that holds them. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { anApi, type TestApi } from '../support/api.ts';
import { golden } from '../support/golden.ts';

const CONSUMING = 'export default { fetch: () => new Response(), queue() {} };';

const aQueue = async (t: TestContext): Promise<{ readonly api: TestApi; readonly queue_id: string }> => {
  const api = await anApi(t, { hasData: true });
  const { queue_id } = await api.ok('createQueue', {}, { json: { queue_name: 'jobs' } });
  return { api, queue_id };
};
const names = async (api: TestApi): Promise<readonly string[]> => (await api.ok('listQueues', {})).map(({ queue_name }) => queue_name);
const worker = (more: object = {}) => ({ json: { type: 'worker', script_name: 'worker', ...more } });

test('a queue is made, found by id and name, listed, changed and deleted', async (t) => {
  const api = await anApi(t, { hasData: true });
  const made = await api.ok('createQueue', {}, { json: { queue_name: 'jobs', settings: { delivery_delay: 5 } } });
  assert.deepEqual(
    { ...made, queue_id: '', created_on: '', modified_on: '' },
    {
      queue_id: '',
      queue_name: 'jobs',
      created_on: '',
      modified_on: '',
      producers: [],
      producers_total_count: 0,
      consumers: [],
      consumers_total_count: 0,
      settings: { delivery_delay: 5, delivery_paused: false, message_retention_period: 345_600 },
    },
  );
  const { queue_id } = made;
  await api.ok('createQueue', {}, { json: { queue_name: 'more' } });
  await api.ok('createQueue', {}, { json: { queue_name: 'other' } });
  assert.deepEqual([await api.ok('getQueue', { queue_id }), await api.ok('getQueue', { queue_id: 'jobs' })], [made, made]);
  assert.deepEqual(await names(api), ['jobs', 'more', 'other']);
  const path = `${api.path('listQueues', {})}?page=1&name=other&name=jobs`;
  const found = (await (await api.send('GET', path)).json()) as { result: { queue_name: string }[] };
  assert.deepEqual(
    found.result.map(({ queue_name }) => queue_name),
    ['jobs', 'other'],
  );
  const paused = await api.ok('patchQueue', { queue_id }, { json: { settings: { delivery_paused: true } } });
  assert.deepEqual(paused.settings, { ...made.settings, delivery_paused: true });
  const set = await api.ok('putQueue', { queue_id }, { json: { queue_name: 'jobs', settings: { message_retention_period: 60 } } });
  assert.deepEqual(set.settings, { ...paused.settings, message_retention_period: 60 });
  await api.ok('deleteQueue', { queue_id });
  assert.deepEqual(await names(api), ['more', 'other']);
});

test('changes of one queue at the same time lose none of each other', async (t) => {
  const { api, queue_id } = await aQueue(t);
  const settings = { delivery_delay: 60, delivery_paused: true, message_retention_period: 120 };
  await Promise.all(
    Object.entries(settings).map(([name, value]) => api.ok('patchQueue', { queue_id }, { json: { settings: { [name]: value } } })),
  );
  assert.deepEqual((await api.ok('getQueue', { queue_id })).settings, settings);
});

test('messages are pushed, counted and purged, and a queue made anew has none of the old one', async (t) => {
  const { api, queue_id } = await aQueue(t);
  const count = async () => (await api.ok('getQueueMetrics', { queue_id: 'jobs' })).backlog_count;
  const { metadata } = await api.ok('pushQueueMessage', { queue_id }, { json: { body: { a: 1 } } });
  assert.deepEqual([metadata.metrics.backlog_count, metadata.metrics.backlog_bytes], [1, 7]);
  const messages = [{ body: 'text', content_type: 'text', delay_seconds: 60 }, { body: [1] }];
  await api.ok('pushQueueMessages', { queue_id }, { json: { messages, delay_seconds: 5 } });
  assert.equal(await count(), 3);
  assert.deepEqual(await api.ok('getQueuePurge', { queue_id }), { completed: 'false', started_at: '' });
  await api.ok('purgeQueue', { queue_id }, { json: { delete_messages_permanently: true } });
  assert.equal(await count(), 0);
  assert.equal((await api.ok('getQueuePurge', { queue_id })).completed, 'true');
  await api.ok('pushQueueMessage', { queue_id }, { json: { body: 'left' } });
  await api.ok('deleteQueue', { queue_id });
  await api.ok('createQueue', {}, { json: { queue_name: 'jobs' } });
  assert.equal(await count(), 0);
});

test('a consumer is added, changed and removed; the edge hears each time, and a dead letter queue is made where there is none', async (t) => {
  const { api, queue_id } = await aQueue(t);
  await api.upload('worker', { code: CONSUMING });
  const consumed = () => api.edge.table()?.workers.find(({ name }) => name === 'worker')?.queues;
  const settings = { batch_size: 5, max_wait_time_ms: 100, max_retries: 0, retry_delay: 7, max_concurrency: 2 };
  const added = await api.ok('createQueueConsumer', { queue_id }, worker({ environment_name: '', dead_letter_queue: 'dead', settings }));
  const { consumer_id } = added;
  assert.deepEqual([added.script, added.script_name, added.queue_name, added.settings], ['worker', 'worker', 'jobs', settings]);
  const expected = { queue: 'jobs', batchSize: 5, maxWaitMs: 100, maxRetries: 0, retryDelay: 7, maxConcurrency: 2 };
  assert.deepEqual(consumed(), [{ ...expected, deadLetterQueue: 'dead' }]);
  assert.deepEqual(await names(api), ['dead', 'jobs']);
  assert.deepEqual(await api.ok('listQueueConsumers', { queue_id }), [added]);
  assert.deepEqual(await api.ok('getQueueConsumer', { queue_id, consumer_id }), added);
  const changed = await api.ok('putQueueConsumer', { queue_id, consumer_id }, worker({ settings: { batch_size: 6 } }));
  const usual = { batch_size: 6, max_wait_time_ms: 5000, max_retries: 3, retry_delay: 0, max_concurrency: null };
  assert.deepEqual([changed.consumer_id, changed.dead_letter_queue, changed.settings], [consumer_id, undefined, usual]);
  await api.ok('patchQueue', { queue_id }, { json: { settings: { delivery_paused: true } } });
  assert.equal(consumed(), undefined, 'a paused queue is consumed by nobody');
  await api.ok('patchQueue', { queue_id }, { json: { settings: { delivery_paused: false } } });
  assert.equal(consumed()?.[0]?.batchSize, 6);
  await api.ok('deleteQueueConsumer', { queue_id, consumer_id });
  assert.deepEqual([consumed(), await api.ok('listQueueConsumers', { queue_id })], [undefined, []]);
});

test('a queue that is bound, consumed or buried in is deleted by force only, and then nobody consumes it', async (t) => {
  const { api, queue_id } = await aQueue(t);
  await api.upload('worker', { code: CONSUMING, metadata: { bindings: [{ type: 'queue', name: 'JOBS', queue_name: 'jobs' }] } });
  const bound = await api.refused('deleteQueue', { queue_id });
  assert.deepEqual([bound.status, bound.code], [409, 100340]);
  await api.ok('createQueueConsumer', { queue_id }, worker({ dead_letter_queue: 'dead' }));
  assert.deepEqual((await api.ok('getQueue', { queue_id })).producers, [{ type: 'worker', script: 'worker' }]);
  await api.ok('createQueue', {}, { json: { queue_name: 'idle' } });
  const shown = await api.ok('listQueues', {});
  assert.deepEqual(
    shown.map((queue) => [queue.queue_name, queue.producers_total_count]),
    [
      ['dead', 0],
      ['idle', 0],
      ['jobs', 1],
    ],
  );
  const { message } = await api.refused('deleteQueue', { queue_id });
  assert.match(message, /of worker serves and binds it as JOBS; worker consumes it \(`wrangler queues consumer remove jobs worker`/);
  assert.match(
    (await api.refused('deleteQueue', { queue_id: 'dead' })).message,
    /it is the dead letter queue of jobs, which worker consumes/,
  );
  await api.ok('deleteQueue', { queue_id: 'dead' }, { query: { force: true } });
  assert.equal((await api.ok('listQueueConsumers', { queue_id }))[0]?.dead_letter_queue, undefined);
  await api.ok('deleteQueue', { queue_id }, { query: { force: true } });
  assert.equal(api.edge.table()?.workers[0]?.queues, undefined);
});

test('the audit log tells of a consumer all that was set, the queue that was made with it, and whom a forced deletion parted from it', async (t) => {
  const { api, queue_id } = await aQueue(t);
  await api.upload('worker', { code: CONSUMING });
  const newest = async () => {
    const [row] = await api.api.store.read.audit.page({ offset: 0, limit: 1 });
    const { source: _, ...detail } = row?.detail ?? {};
    return [row?.action, row?.target, detail];
  };
  const target = `queue/${queue_id}`;
  const settings = { batchSize: 5, maxWaitMs: 5000, maxRetries: 3, retryDelay: 0, maxConcurrency: null };
  const burying = worker({ dead_letter_queue: 'dead', settings: { batch_size: 5 } });
  const { consumer_id } = await api.ok('createQueueConsumer', { queue_id }, burying);
  const dead = (await api.ok('getQueue', { queue_id: 'dead' })).queue_id;
  const set = { consumer: consumer_id, script: 'worker', settings, deadLetterQueue: 'dead' };
  assert.deepEqual(await newest(), ['queue.consumer.add', target, { ...set, madeQueue: { id: dead, name: 'dead' } }]);
  await api.ok('putQueueConsumer', { queue_id, consumer_id }, burying);
  assert.deepEqual(await newest(), ['queue.consumer.change', target, set]);
  const parted = { consumer: consumer_id, script: 'worker' };
  await api.ok('deleteQueue', { queue_id: dead }, { query: { force: true } });
  const buried = { name: 'dead', forced: true, removedConsumers: [], noLongerBury: [parted] };
  assert.deepEqual(await newest(), ['queue.delete', `queue/${dead}`, buried]);
  await api.ok('deleteQueueConsumer', { queue_id, consumer_id });
  assert.deepEqual(await newest(), ['queue.consumer.remove', target, parted]);
  const { consumer_id: another } = await api.ok('createQueueConsumer', { queue_id }, worker());
  await api.ok('deleteQueue', { queue_id }, { query: { force: true } });
  const removedConsumers = [{ consumer: another, script: 'worker' }];
  assert.deepEqual(await newest(), ['queue.delete', target, { name: 'jobs', forced: true, removedConsumers, noLongerBury: [] }]);
});

test('[Q-11] a Worker that consumes a queue is deleted by force only; its consumer goes with it, and the queue stays', async (t) => {
  const { api, queue_id } = await aQueue(t);
  await api.upload('worker', { code: CONSUMING });
  await api.ok('createQueueConsumer', { queue_id }, worker());
  const held = await api.refused('deleteScript', { script_name: 'worker' });
  assert.deepEqual([held.status, held.code], [400, 10064]);
  assert.match(held.message, /in use as a consumer for a queue \(jobs\).*`wrangler queues consumer remove jobs worker`/);
  assert.equal((await api.refused('deleteService', { script_name: 'worker' })).code, 10064);
  await api.ok('deleteScript', { script_name: 'worker' }, { query: { force: true } });
  assert.deepEqual(await api.ok('listQueueConsumers', { queue_id }), []);
});

type Bad = (api: TestApi, queue_id: string) => Promise<Response>;
const consuming =
  (more: object): Bad =>
  (api, queue_id) =>
    api.response('createQueueConsumer', { queue_id }, worker(more));
const creating =
  (json: Readonly<Record<string, unknown>>): Bad =>
  (api) =>
    api.response('createQueue', {}, { json });
const pushing =
  (messages: readonly object[]): Bad =>
  (api, queue_id) =>
    api.response('pushQueueMessages', { queue_id }, { json: { messages } });
const asking =
  (method: string, path: string, body = '{}'): Bad =>
  (api, queue_id) =>
    api.send(method, `${api.path('getQueue', { queue_id })}${path}`, method === 'GET' ? {} : { body });

const BAD: Readonly<Record<string, Bad>> = {
  'a queue that is there already': creating({ queue_name: 'jobs' }),
  'a queue without a name': creating({}),
  'a queue with an empty name': creating({ queue_name: '' }),
  'a queue with a name that is too long': creating({ queue_name: 'q'.repeat(64) }),
  'a queue with a name that is none': creating({ queue_name: 'jobs/1' }),
  'a delay and a retention out of range': creating({
    queue_name: 'new',
    settings: { delivery_delay: 86_401, message_retention_period: 59 },
  }),
  'a delay that is no number': creating({ queue_name: 'new', settings: { delivery_delay: 'long' } }),
  'a queue that is not there': (api) => api.response('getQueue', { queue_id: 'none' }),
  'settings of a queue that is not there': (api) => api.response('patchQueue', { queue_id: 'none' }, { json: { settings: {} } }),
  'another name': (api, queue_id) => api.response('putQueue', { queue_id }, { json: { queue_name: 'tasks' } }),
  'a retention of half a second': (api, queue_id) =>
    api.response('patchQueue', { queue_id }, { json: { settings: { message_retention_period: 0.5 } } }),
  'a purge that is not meant': asking('POST', '/purge', '{"delete_messages_permanently":false}'),
  'a message that is too large': pushing([{ body: 'x'.repeat(128_001), content_type: 'text' }]),
  'a batch that is too large': pushing([1, 2, 3].map(() => ({ body: 'x'.repeat(100_000), content_type: 'text' }))),
  'a batch of too many messages': pushing(Array.from({ length: 101 }, () => ({ body: 1 }))),
  'a batch of no messages': pushing([]),
  'a message of an unknown type': pushing([{ body: 'x', content_type: 'xml' }]),
  'a message that is to wait too long': pushing([{ body: 'x', delay_seconds: 86_401 }]),
  'a message to a queue that is not there': (api) => api.response('pushQueueMessage', { queue_id: 'none' }, { json: { body: 1 } }),
  'a consumer of a Worker that is not there': consuming({ script_name: 'none' }),
  'a consumer of a Worker that handles no messages': consuming({ script_name: 'deaf' }),
  'a consumer without a Worker': consuming({ script_name: undefined }),
  'a consumer of an unknown type': consuming({ type: 'mail' }),
  'an HTTP pull consumer': consuming({ type: 'http_pull' }),
  'settings of a consumer all out of range': consuming({
    settings: { batch_size: 0, max_wait_time_ms: 60_001, max_retries: 101, retry_delay: -1, max_concurrency: 251 },
  }),
  'a batch size that is no whole number': consuming({ settings: { batch_size: 1.5 } }),
  'a consumer that buries in its own queue': consuming({ dead_letter_queue: 'jobs' }),
  'a dead letter queue whose name is none': consuming({ dead_letter_queue: 'dead letters' }),
  'a second consumer': (api) => api.response('createQueueConsumer', { queue_id: 'taken' }, worker()),
  'a consumer that is not there': (api, queue_id) => api.response('getQueueConsumer', { queue_id, consumer_id: 'none' }),
  'a change of a consumer that is not there': (api, queue_id) =>
    api.response('putQueueConsumer', { queue_id, consumer_id: 'none' }, worker()),
  'a removal of a consumer that is not there': (api, queue_id) => api.response('deleteQueueConsumer', { queue_id, consumer_id: 'none' }),
  'pulling messages': asking('POST', '/messages/pull'),
  'acknowledging pulled messages': asking('POST', '/messages/ack'),
  'looking at messages': asking('POST', '/messages/peek'),
};

test('[D-13] [Q-9] bad input to queues is refused in words and changes nothing', async (t) => {
  const { api, queue_id } = await aQueue(t);
  await api.upload('worker', { code: CONSUMING });
  await api.upload('deaf');
  await api.ok('createQueue', {}, { json: { queue_name: 'taken' } });
  await api.ok('createQueueConsumer', { queue_id: 'taken' }, worker());
  const expected = golden<Record<string, unknown>>('queue-refusals');
  const answers: Record<string, unknown> = {};
  for (const [what, send] of Object.entries(BAD)) {
    await t.test(what, async () => {
      answers[what] = await api.refusedBy(() => send(api, queue_id));
      if (!expected.isUpdated) assert.deepEqual(answers[what], expected.value[what]);
    });
  }
  expected.update(() => answers);
  assert.deepEqual(Object.keys(answers), Object.keys(expected.value), 'nothing is in the golden file that is not tried');
  assert.equal((await api.ok('getQueueMetrics', { queue_id })).backlog_count, 0);
});
