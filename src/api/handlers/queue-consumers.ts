import { accept, refuse, type Result } from '../../base/index.ts';
import { addConsumer, changeConsumer, consumerTag, removeConsumer, type WantedConsumer } from '../../control/index.ts';
import type { BodyOf, queueEndpoints } from '../../contract/index.ts';
import { consumerSettings, queueName, USUAL_QUEUE, type Refusal, type Resource } from '../../domain/index.ts';
import type { Api, Handlers } from '../api.ts';
import { etag, tagIn } from '../if-match.ts';
import { queueConsumerView } from '../views/index.ts';
import { consumersOf, inTurn, makePlace, queueOf } from './queues.ts';

type Names = 'listQueueConsumers' | 'createQueueConsumer' | 'getQueueConsumer' | 'putQueueConsumer' | 'deleteQueueConsumer';
type Family = Pick<typeof queueEndpoints, Names>;

const wantedConsumer = (queue: Resource, asked: BodyOf<Family['createQueueConsumer']>): Result<WantedConsumer, Refusal> => {
  const { type = 'worker', script_name: script, dead_letter_queue: deadLetterQueue = '' } = asked;
  if (type === 'http_pull') return refuse({ code: 'product_not_offered', product: 'HTTP pull consumers of queues' });
  if (type !== 'worker') return refuse({ code: 'queue_consumer_invalid', faults: [`type is ${JSON.stringify(type)} and must be worker`] });
  if (script === undefined) return refuse({ code: 'queue_consumer_invalid', faults: ['script_name is missing'] });
  const settings = consumerSettings(asked.settings ?? {});
  if (!settings.ok) return settings;
  if (deadLetterQueue === '') return accept({ script, settings: settings.value, deadLetterQueue: null });
  if (deadLetterQueue === queue.name)
    return refuse({ code: 'queue_consumer_invalid', faults: ['dead_letter_queue is the very queue that is consumed'] });
  const name = queueName(deadLetterQueue);
  return name.ok ? accept({ script, settings: settings.value, deadLetterQueue: name.value }) : name;
};

/** Does it once there is a place for what it cannot handle. */
const withDeadLetters = async <Value>(
  api: Api,
  { deadLetterQueue: name }: WantedConsumer,
  work: () => Promise<Result<Value, Refusal>>,
): Promise<Result<Value, Refusal>> => {
  if (name === null) return work();
  return inTurn(api, name, async () => {
    const isThere = (await api.store.read.resources.byName('queue', name)) !== undefined;
    const made = isThere ? accept(undefined) : await makePlace(api, name, USUAL_QUEUE);
    return made.ok ? work() : made;
  });
};

/** The consumer of a queue as it is now, under the id that a client names. */
const shown = async (api: Api, queue: Resource, consumerId: string) => {
  const found = (await consumersOf(api, queue)).find(({ consumer }) => consumer.id === consumerId);
  return found === undefined
    ? refuse({ code: 'queue_consumer_not_found' as const, queue: queue.name, consumerId })
    : accept({ result: queueConsumerView(found), ...etag(consumerTag(found.consumer)) });
};

export const queueConsumers: Handlers<Family> = {
  listQueueConsumers: async (api, { params }) => {
    const queue = await queueOf(api, params.queue_id);
    return queue.ok ? accept({ result: (await consumersOf(api, queue.value)).map(queueConsumerView) }) : queue;
  },
  createQueueConsumer: async (api, { params, body, actor }) => {
    const queue = await queueOf(api, params.queue_id);
    if (!queue.ok) return queue;
    const wanted = wantedConsumer(queue.value, body);
    if (!wanted.ok) return wanted;
    const added = await withDeadLetters(api, wanted.value, () => addConsumer(api, actor, queue.value.id, wanted.value));
    return added.ok ? shown(api, queue.value, added.value.consumer.id) : added;
  },
  getQueueConsumer: async (api, { params }) => {
    const queue = await queueOf(api, params.queue_id);
    return queue.ok ? shown(api, queue.value, params.consumer_id) : queue;
  },
  putQueueConsumer: async (api, { params, body, headers, actor }) => {
    const expected = tagIn(headers);
    if (!expected.ok) return expected;
    const queue = await queueOf(api, params.queue_id);
    if (!queue.ok) return queue;
    const wanted = wantedConsumer(queue.value, body);
    if (!wanted.ok) return wanted;
    const changed = await withDeadLetters(api, wanted.value, () =>
      changeConsumer(api, actor, queue.value.id, params.consumer_id, wanted.value, expected.value),
    );
    return changed.ok ? shown(api, queue.value, changed.value.consumer.id) : changed;
  },
  deleteQueueConsumer: async (api, { params, headers, actor }) => {
    const expected = tagIn(headers);
    if (!expected.ok) return expected;
    const queue = await queueOf(api, params.queue_id);
    if (!queue.ok) return queue;
    const removed = await removeConsumer(api, actor, queue.value.id, params.consumer_id, expected.value);
    return removed.ok ? accept({ result: {} }) : removed;
  },
};
