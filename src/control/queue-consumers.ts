import { accept, refuse, type Result } from '../base/index.ts';
import { USUAL_QUEUE, type ConsumerSettings, type Refusal, type Resource } from '../domain/index.ts';
import type { Change, Queries, QueueConsumer, Worker } from '../store/index.ts';
import { auditEntry, type Actor, type Control } from './control.ts';
import { isAsRead } from './trigger-tags.ts';

const KIND = 'queue';

/** What is asked for of a consumer; a dead letter queue that nobody made is made with it, as at Cloudflare. */
export interface WantedConsumer {
  readonly script: string;
  readonly settings: ConsumerSettings;
  readonly deadLetterQueue: string | null;
}

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
  expected?: string,
): Promise<Result<SetConsumer, Refusal>> =>
  control.store.change<SetConsumer, Refusal>(
    async (change) => {
      const present = await consumerIn(change, queueId, consumerId, expected);
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
export interface RemovedConsumer {
  readonly consumer: string;
  readonly script: string;
}

export const removeConsumer = (
  control: Control,
  actor: Actor,
  queueId: string,
  consumerId: string,
  expected?: string,
): Promise<Result<RemovedConsumer, Refusal>> =>
  control.store.change<RemovedConsumer, Refusal>(
    async (change) => {
      const present = await consumerIn(change, queueId, consumerId, expected);
      if (!present.ok) return present;
      await change.consumers.delete(present.value);
      const script = await scriptOf(change, present.value);
      change.touchWorker(script);
      return accept({ consumer: consumerId, script });
    },
    (removed) => auditEntry(control, actor, 'queue.consumer.remove', `queue/${queueId}`, { ...removed }),
  );

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

const consumerIn = async (
  queries: Queries,
  queueId: string,
  consumerId: string,
  expected: string | undefined,
): Promise<Result<QueueConsumer, Refusal>> => {
  const queue = await queries.resources.byId(KIND, queueId);
  if (queue === undefined) return refuse({ code: 'resource_not_found', kind: KIND, key: queueId });
  const present = await queries.consumers.ofQueue(queueId);
  if (present?.id !== consumerId) return refuse({ code: 'queue_consumer_not_found', queue: queue.name, consumerId });
  const isFresh = await isAsRead(queries, { kind: 'consumer', queue: queue.name, consumer: present }, expected);
  return isFresh.ok ? accept(present) : isFresh;
};

/** Who consumes. */
export const scriptOf = async (queries: Pick<Change, 'workers'>, { workerTag }: QueueConsumer): Promise<string> =>
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
