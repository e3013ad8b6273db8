import { accept, invariant, refuse, type Result } from '../../base/index.ts';
import { changeQueue, createResource, deleteQueue, producersOfQueues, settingsOfQueue } from '../../control/index.ts';
import type { queueEndpoints } from '../../contract/index.ts';
import { remoteQueue } from '../../data/index.ts';
import { queueName, queueSettings, USUAL_QUEUE, type QueueSettings, type Refusal, type Resource } from '../../domain/index.ts';
import type { Actor } from '../../control/index.ts';
import type { Api, Handler, Handlers } from '../api.ts';
import { erasedNow } from '../erase.ts';
import { pageWithin } from '../page.ts';
import { queueView, type NamedConsumer } from '../views/index.ts';

const KIND = 'queue';

/** By id or by name. */
export const queueOf = async (api: Api, key: string): Promise<Result<Resource, Refusal>> => {
  const { resources } = api.store.read;
  const found = (await resources.byId(KIND, key)) ?? (await resources.byName(KIND, key));
  return found === undefined ? refuse({ code: 'resource_not_found', kind: KIND, key }) : accept(found);
};

export const consumersOf = async (api: Api, queue: Resource): Promise<readonly NamedConsumer[]> => {
  const consumer = await api.store.read.consumers.ofQueue(queue.id);
  if (consumer === undefined) return [];
  const worker = await api.store.read.workers.byTag(consumer.workerTag);
  return [{ consumer, queue: queue.name, script: worker?.name ?? '' }];
};

/** The queues as they are shown, read for all of them at once. */
export const shownQueues = async (api: Api, queues: readonly Resource[]) => {
  const { read } = api.store;
  const producers = await producersOfQueues(read, queues);
  const consumers = new Map((await read.consumers.all()).map((consumer) => [consumer.queueId, consumer]));
  const scripts = new Map((await read.workers.all()).map(({ tag, name }) => [tag, name]));
  return queues.map((queue) => {
    const consumer = consumers.get(queue.id);
    const named = consumer === undefined ? [] : [{ consumer, queue: queue.name, script: scripts.get(consumer.workerTag) ?? '' }];
    return queueView(queue, settingsOfQueue(queue), [...(producers.get(queue.name) ?? [])], named);
  });
};

export const shownQueue = async (api: Api, queue: Resource) => {
  const [shown] = await shownQueues(api, [queue]);
  invariant(shown !== undefined, 'each queue is shown');
  return shown;
};

/**
 * Makes the place for the messages of a queue that nobody knows yet, without any that are left of an earlier one of this name. Content
 * first: a queue that is known can be sent to.
 */
export const makePlace = async (api: Api, name: string, settings: QueueSettings): Promise<Result<undefined, Refusal>> => {
  const place = remoteQueue(api.data, name);
  const emptied = await place.delete();
  return emptied.ok ? place.put(settings) : emptied;
};

/** Whoever makes, changes or deletes queues of one name does so in turn. */
export const inTurn = <Value>(api: Pick<Api, 'lanes'>, name: string, work: () => Promise<Value>): Promise<Value> =>
  api.lanes.take(`queue/${name}`, work);

const make = async (api: Api, actor: Actor, name: string, settings: QueueSettings): Promise<Result<Resource, Refusal>> => {
  if (await api.store.read.resources.byName(KIND, name)) return refuse({ code: 'resource_exists', kind: KIND, name });
  const made = await makePlace(api, name, settings);
  return made.ok ? createResource(api, actor, { kind: KIND, id: api.ids.hex32(), name, settings: { ...settings } }) : made;
};

/**
 * Sets every queue where its messages are as the database has it. A control plane that was killed between the two left them different.
 * Throws where what holds the messages does not answer.
 */
export const settleQueues = async (api: Pick<Api, 'store' | 'lanes' | 'data'>): Promise<void> => {
  for (const { id, name } of await api.store.read.resources.ofKind(KIND)) {
    await inTurn(api, name, async () => {
      const queue = await api.store.read.resources.byId(KIND, id);
      if (queue !== undefined) await remoteQueue(api.data, name).put(settingsOfQueue(queue));
    });
  }
};

type Names = 'listQueues' | 'createQueue' | 'getQueue' | 'putQueue' | 'patchQueue' | 'deleteQueue';
type Family = Pick<typeof queueEndpoints, Names>;

/**
 * What is not named stays, with PUT too: the official clients send what they want changed. The database first: what did not come to the
 * store of the messages any more is set there by the next change, or after the next start (`settleQueues`).
 */
const change: Handler<Family['patchQueue']> = async (api, { params, body, actor }) => {
  const found = await queueOf(api, params.queue_id);
  if (!found.ok) return found;
  const { id, name } = found.value;
  const { queue_name: wanted = name } = body;
  if (wanted !== name) return refuse({ code: 'queue_keeps_name', name, wanted });
  return inTurn(api, name, async () => {
    const changed = await changeQueue(api, actor, id, body.settings ?? {});
    if (!changed.ok) return changed;
    const set = await remoteQueue(api.data, name).put(settingsOfQueue(changed.value));
    return set.ok ? accept({ result: await shownQueue(api, changed.value) }) : set;
  });
};

export const queues: Handlers<Family> = {
  listQueues: async (api, { query }) => {
    const all = await api.store.read.resources.ofKind(KIND);
    const named = query.name === undefined ? all : all.filter(({ name }) => query.name?.includes(name));
    const { result, resultInfo } = pageWithin(named, query);
    return accept({ result: await shownQueues(api, result), resultInfo });
  },
  createQueue: async (api, { body, actor }) => {
    const name = queueName(body.queue_name);
    if (!name.ok) return name;
    const settings = queueSettings(USUAL_QUEUE, body.settings ?? {});
    if (!settings.ok) return settings;
    const made = await inTurn(api, name.value, () => make(api, actor, name.value, settings.value));
    return made.ok ? accept({ result: await shownQueue(api, made.value) }) : made;
  },
  getQueue: async (api, { params }) => {
    const found = await queueOf(api, params.queue_id);
    return found.ok ? accept({ result: await shownQueue(api, found.value) }) : found;
  },
  putQueue: change,
  patchQueue: change,
  deleteQueue: async (api, { params, query, actor }) => {
    const found = await queueOf(api, params.queue_id);
    if (!found.ok) return found;
    const { id, name } = found.value;
    return inTurn(api, name, async () => {
      const deleted = await deleteQueue(api, actor, id, query.force === true);
      if (!deleted.ok) return deleted;
      return accept({ result: {}, messages: await erasedNow(api, { kind: KIND, id, name }) });
    });
  },
};
