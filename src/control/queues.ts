import { accept, refuse, type Result } from '../base/index.ts';
import {
  queueSettings,
  USUAL_QUEUE,
  type AskedQueue,
  type ConsumedQueue,
  type ConsumerSettings,
  type QueueSettings,
  type Refusal,
  type Resource,
} from '../domain/index.ts';
import type { Change, Queries, QueueConsumer, Worker } from '../store/index.ts';
import { auditEntry, type Actor, type Control } from './control.ts';
import { usersOf } from './resources.ts';

const KIND = 'queue';

/** What is asked for of a consumer; a dead letter queue that nobody made is made with it, as at Cloudflare. */
export interface WantedConsumer {
  readonly script: string;
  readonly settings: ConsumerSettings;
  readonly deadLetterQueue: string | null;
}

/** A queue's settings stand in its resource. */
export const settingsOfQueue = ({ settings }: Resource): QueueSettings => ({ ...USUAL_QUEUE, ...settings });

/** A consumer that was set, and what else that made. */
interface SetConsumer {
  readonly consumer: QueueConsumer;
  readonly madeQueue: Resource | undefined;
}

/** Gives a queue its consumer, of which it has one. */
export const addConsumer = (
  control: Control,
  actor: Actor,
  queueId: string,
  wanted: WantedConsumer,
): Promise<Result<SetConsumer, Refusal>> =>
  control.store.change<SetConsumer, Refusal>(
    async (change) => {
      const queue = await change.resources.byId(KIND, queueId);
      if (queue === undefined) return refuse({ code: 'resource_not_found', kind: KIND, key: queueId });
      const present = await change.consumers.ofQueue(queueId);
      if (present !== undefined) {
        return refuse({ code: 'queue_consumer_exists', queue: queue.name, script: await scriptOf(change, present) });
      }
      const worker = await workerThatConsumes(change, wanted.script);
      if (!worker.ok) return worker;
      const consumer: QueueConsumer = {
        id: control.ids.hex32(),
        queueId,
        workerTag: worker.value.tag,
        deadLetterQueue: wanted.deadLetterQueue,
        settings: wanted.settings,
        createdOn: control.clock.now().toISOString(),
      };
      await change.consumers.insert(consumer);
      const madeQueue = await ensureDeadLetters(control, change, wanted);
      change.touchWorker(worker.value.name);
      return accept({ consumer, madeQueue });
    },
    (set) => auditEntry(control, actor, 'queue.consumer.add', `queue/${queueId}`, told(set, wanted)),
  );

/** Sets a consumer anew; batches that are out are finished as they were begun. */
export const changeConsumer = (
  control: Control,
  actor: Actor,
  queueId: string,
  consumerId: string,
  wanted: WantedConsumer,
): Promise<Result<SetConsumer, Refusal>> =>
  control.store.change<SetConsumer, Refusal>(
    async (change) => {
      const present = await consumerIn(change, queueId, consumerId);
      if (!present.ok) return present;
      const worker = await workerThatConsumes(change, wanted.script);
      if (!worker.ok) return worker;
      const { settings, deadLetterQueue } = wanted;
      const changed = { ...present.value, workerTag: worker.value.tag, settings, deadLetterQueue };
      await change.consumers.update(changed);
      const madeQueue = await ensureDeadLetters(control, change, wanted);
      change.touchWorker(await scriptOf(change, present.value));
      change.touchWorker(worker.value.name);
      return accept({ consumer: changed, madeQueue });
    },
    (set) => auditEntry(control, actor, 'queue.consumer.change', `queue/${queueId}`, told(set, wanted)),
  );

/** As the audit log names it. */
interface RemovedConsumer {
  readonly consumer: string;
  readonly script: string;
}

export const removeConsumer = (
  control: Control,
  actor: Actor,
  queueId: string,
  consumerId: string,
): Promise<Result<RemovedConsumer, Refusal>> =>
  control.store.change<RemovedConsumer, Refusal>(
    async (change) => {
      const present = await consumerIn(change, queueId, consumerId);
      if (!present.ok) return present;
      await change.consumers.delete(present.value);
      const script = await scriptOf(change, present.value);
      change.touchWorker(script);
      return accept({ consumer: consumerId, script });
    },
    (removed) => auditEntry(control, actor, 'queue.consumer.remove', `queue/${queueId}`, { ...removed }),
  );

/** A queue that is paused takes messages and gives none. What is not asked for stays as it is. */
export const changeQueue = (control: Control, actor: Actor, queueId: string, asked: AskedQueue): Promise<Result<Resource, Refusal>> =>
  control.store.change<Resource, Refusal>(
    async (change) => {
      const present = await change.resources.byId(KIND, queueId);
      if (present === undefined) return refuse({ code: 'resource_not_found', kind: KIND, key: queueId });
      const settings = queueSettings(settingsOfQueue(present), asked);
      if (!settings.ok) return settings;
      const changed = { ...present, settings: { ...settings.value, modifiedOn: control.clock.now().toISOString() } };
      await change.resources.update(changed);
      const consumer = await change.consumers.ofQueue(queueId);
      if (consumer !== undefined) change.touchWorker(await scriptOf(change, consumer));
      return accept(changed);
    },
    ({ settings }) => auditEntry(control, actor, 'queue.change', `queue/${queueId}`, settings),
  );

interface DeletedQueue {
  readonly name: string;
  /** Who lost it: as what they consumed, and as where they buried. */
  readonly removedConsumers: readonly RemovedConsumer[];
  readonly noLongerBury: readonly RemovedConsumer[];
}

/**
 * Removes a queue that nobody sends to, consumes or buries messages in, unless the client says by force: then it has no consumer any
 * more, and what another queue would bury in it is dropped.
 */
export const deleteQueue = (control: Control, actor: Actor, queueId: string, isForced: boolean): Promise<Result<DeletedQueue, Refusal>> =>
  control.store.change<DeletedQueue, Refusal>(
    async (change) => {
      const queue = await change.resources.byId(KIND, queueId);
      if (queue === undefined) return refuse({ code: 'resource_not_found', kind: KIND, key: queueId });
      const refusal = await useOf(change, queue);
      if (refusal !== undefined && !isForced) return refuse(refusal);
      const removedConsumers: RemovedConsumer[] = [];
      const noLongerBury: RemovedConsumer[] = [];
      for (const consumer of await change.consumers.all()) {
        const isOfThis = consumer.queueId === queueId;
        if (!isOfThis && consumer.deadLetterQueue !== queue.name) continue;
        await (isOfThis ? change.consumers.delete(consumer) : change.consumers.update({ ...consumer, deadLetterQueue: null }));
        const script = await scriptOf(change, consumer);
        (isOfThis ? removedConsumers : noLongerBury).push({ consumer: consumer.id, script });
        change.touchWorker(script);
      }
      await change.resources.delete(queue);
      return accept({ name: queue.name, removedConsumers, noLongerBury });
    },
    ({ name, ...parted }) =>
      auditEntry(control, actor, 'queue.delete', `queue/${queueId}`, { name, ...(isForced ? { forced: true, ...parted } : {}) }),
  );

/** Why a queue cannot be deleted just so. */
const useOf = async (queries: Queries, queue: Resource): Promise<Refusal | undefined> => {
  const users = await usersOf(queries, queue);
  const involved = (await queries.consumers.all()).filter(
    ({ queueId, deadLetterQueue }) => queueId === queue.id || deadLetterQueue === queue.name,
  );
  if (users.length === 0 && involved.length === 0) return undefined;
  const consumers = await Promise.all(
    involved.map(async (consumer) => ({
      script: await scriptOf(queries, consumer),
      queue: (await queries.resources.byId(KIND, consumer.queueId))?.name ?? '',
    })),
  );
  return { code: 'resource_in_use', kind: KIND, id: queue.id, name: queue.name, users, consumers };
};

/** The Workers that bind each queue in a version that serves, by the queue's name. */
export const producersOfQueues = async (queries: Queries): Promise<ReadonlyMap<string, ReadonlySet<string>>> => {
  const producers = new Map<string, Set<string>>();
  for (const worker of await queries.workers.all()) {
    const active = await queries.deployments.active(worker.tag);
    const ids = active?.split.map(({ versionId }) => versionId) ?? [];
    for (const { bindings } of await queries.versions.byIds(worker.tag, ids)) {
      for (const binding of bindings) {
        if (binding.type !== 'queue') continue;
        const { queue_name: name } = binding;
        producers.set(name, (producers.get(name) ?? new Set()).add(worker.name));
      }
    }
  }
  return producers;
};

/** What an edge takes messages from for the Worker that consumes so; `queues` by id. */
export const consumedQueues = (consumers: readonly QueueConsumer[], queues: ReadonlyMap<string, Resource>): readonly ConsumedQueue[] =>
  consumers.flatMap(({ queueId, deadLetterQueue, settings }) => {
    const queue = queues.get(queueId);
    return queue === undefined || settingsOfQueue(queue).isPaused ? [] : [{ queue: queue.name, deadLetterQueue, ...settings }];
  });

/** Answers the queue that it had to make. */
const ensureDeadLetters = async (
  control: Control,
  change: Change,
  { deadLetterQueue: name }: WantedConsumer,
): Promise<Resource | undefined> => {
  if (name === null || (await change.resources.byName(KIND, name)) !== undefined) return undefined;
  const createdOn = control.clock.now().toISOString();
  const made: Resource = { kind: KIND, id: control.ids.hex32(), name, createdOn, settings: { ...USUAL_QUEUE } };
  await change.resources.insert(made);
  return made;
};

/** What the audit log says of a consumer that was set; the one row of the change names a queue that it made, too. */
const told = ({ consumer, madeQueue }: SetConsumer, wanted: WantedConsumer) => ({
  consumer: consumer.id,
  ...wanted,
  ...(madeQueue === undefined ? {} : { madeQueue: { id: madeQueue.id, name: madeQueue.name } }),
});

const consumerIn = async (queries: Queries, queueId: string, consumerId: string): Promise<Result<QueueConsumer, Refusal>> => {
  const queue = await queries.resources.byId(KIND, queueId);
  if (queue === undefined) return refuse({ code: 'resource_not_found', kind: KIND, key: queueId });
  const present = await queries.consumers.ofQueue(queueId);
  return present?.id === consumerId ? accept(present) : refuse({ code: 'queue_consumer_not_found', queue: queue.name, consumerId });
};

const scriptOf = async (queries: Pick<Change, 'workers'>, { workerTag }: QueueConsumer): Promise<string> =>
  (await queries.workers.byTag(workerTag))?.name ?? '';

/** Serves with a version that handles messages: those of a Worker that never can would wait for nothing. */
const workerThatConsumes = async (queries: Queries, name: string): Promise<Result<Worker, Refusal>> => {
  const worker = await queries.workers.byName(name);
  if (worker === undefined) return refuse({ code: 'worker_not_found', name });
  const active = await queries.deployments.active(worker.tag);
  const serving = await queries.versions.byIds(
    worker.tag,
    (active?.split ?? []).map(({ versionId }) => versionId),
  );
  const isHandled = serving.some(({ handlers }) => handlers.includes('queue'));
  return isHandled ? accept(worker) : refuse({ code: 'queue_handler_missing', script: name });
};
