import { accept, refuse, type Result } from '../base/index.ts';
import {
  queueSettings,
  USUAL_QUEUE,
  type AskedQueue,
  type ConsumedQueue,
  type QueueSettings,
  type Refusal,
  type Resource,
} from '../domain/index.ts';
import type { Queries, QueueConsumer } from '../store/index.ts';
import { auditEntry, type Actor, type Control } from './control.ts';
import { scriptOf, type RemovedConsumer } from './queue-consumers.ts';
import { usersOf } from './uses.ts';

const KIND = 'queue';

/** A queue's settings stand in its resource. */
export const settingsOfQueue = ({ settings }: Resource): QueueSettings => ({ ...USUAL_QUEUE, ...settings });

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
      await change.erasures.insert({ kind: KIND, id: queueId, name: queue.name });
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

/** What an edge takes messages from for the Worker that consumes so; `queues` by id. */
export const consumedQueues = (consumers: readonly QueueConsumer[], queues: ReadonlyMap<string, Resource>): readonly ConsumedQueue[] =>
  consumers.flatMap(({ queueId, deadLetterQueue, settings }) => {
    const queue = queues.get(queueId);
    return queue === undefined || settingsOfQueue(queue).isPaused ? [] : [{ queue: queue.name, deadLetterQueue, ...settings }];
  });
