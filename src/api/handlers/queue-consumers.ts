import { accept, refuse, type Result } from '../../base/index.ts';
import { addConsumer, changeConsumer, removeConsumer, type Actor, type WantedConsumer } from '../../control/index.ts';
import type { BodyOf, queueEndpoints } from '../../contract/index.ts';
import { consumerSettings, type Refusal, type Resource } from '../../domain/index.ts';
import type { Api, Handlers } from '../api.ts';
import { queueConsumerView } from '../views/index.ts';
import { consumersOf, makeQueue, queueOf } from './queues.ts';

type Names = 'listQueueConsumers' | 'createQueueConsumer' | 'getQueueConsumer' | 'putQueueConsumer' | 'deleteQueueConsumer';
type Family = Pick<typeof queueEndpoints, Names>;

/** What the rules take; a dead letter queue that is not there is made, as at Cloudflare. */
const wantedConsumer = async (
  api: Api,
  actor: Actor,
  queue: Resource,
  asked: BodyOf<Family['createQueueConsumer']>,
): Promise<Result<WantedConsumer, Refusal>> => {
  const { type = 'worker', script_name: script, dead_letter_queue: deadLetterQueue = '' } = asked;
  if (type === 'http_pull') return refuse({ code: 'product_not_offered', product: 'HTTP pull consumers of queues' });
  if (type !== 'worker') return refuse({ code: 'queue_consumer_invalid', faults: [`type is ${JSON.stringify(type)} and must be worker`] });
  if (script === undefined) return refuse({ code: 'queue_consumer_invalid', faults: ['script_name is missing'] });
  const settings = consumerSettings(asked.settings ?? {});
  if (!settings.ok) return settings;
  if (deadLetterQueue === queue.name)
    return refuse({ code: 'queue_consumer_invalid', faults: ['dead_letter_queue is the very queue that is consumed'] });
  if (deadLetterQueue === '') return accept({ script, settings: settings.value, deadLetterQueue: null });
  if ((await api.store.read.resources.byName('queue', deadLetterQueue)) === undefined) {
    const made = await makeQueue(api, actor, deadLetterQueue);
    if (!made.ok) return made;
  }
  return accept({ script, settings: settings.value, deadLetterQueue });
};

/** The consumer of a queue as it is now, under the id that a client names. */
const shown = async (api: Api, queue: Resource, consumerId: string) => {
  const found = (await consumersOf(api, queue)).find(({ consumer }) => consumer.id === consumerId);
  return found === undefined
    ? refuse({ code: 'queue_consumer_not_found' as const, queue: queue.name, consumerId })
    : accept({ result: queueConsumerView(found) });
};

export const queueConsumers: Handlers<Family> = {
  listQueueConsumers: async (api, { params }) => {
    const queue = await queueOf(api, params.queue_id);
    return queue.ok ? accept({ result: (await consumersOf(api, queue.value)).map(queueConsumerView) }) : queue;
  },
  createQueueConsumer: async (api, { params, body, actor }) => {
    const queue = await queueOf(api, params.queue_id);
    if (!queue.ok) return queue;
    const wanted = await wantedConsumer(api, actor, queue.value, body);
    if (!wanted.ok) return wanted;
    const added = await addConsumer(api, actor, queue.value.id, wanted.value);
    return added.ok ? shown(api, queue.value, added.value.id) : added;
  },
  getQueueConsumer: async (api, { params }) => {
    const queue = await queueOf(api, params.queue_id);
    return queue.ok ? shown(api, queue.value, params.consumer_id) : queue;
  },
  putQueueConsumer: async (api, { params, body, actor }) => {
    const queue = await queueOf(api, params.queue_id);
    if (!queue.ok) return queue;
    const wanted = await wantedConsumer(api, actor, queue.value, body);
    if (!wanted.ok) return wanted;
    const changed = await changeConsumer(api, actor, queue.value.id, params.consumer_id, wanted.value);
    return changed.ok ? shown(api, queue.value, changed.value.id) : changed;
  },
  deleteQueueConsumer: async (api, { params, actor }) => {
    const queue = await queueOf(api, params.queue_id);
    if (!queue.ok) return queue;
    const removed = await removeConsumer(api, actor, queue.value.id, params.consumer_id);
    return removed.ok ? accept({ result: {} }) : removed;
  },
};
