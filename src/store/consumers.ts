import type { Kysely } from 'kysely';
import type { ConsumerSettings } from '../domain/index.ts';
import type { Schema } from './schema.ts';

/** Which Worker gets a queue's messages, and how. Not versioned. */
export interface QueueConsumer {
  readonly id: string;
  readonly queueId: string;
  readonly workerTag: string;
  /** By name. */
  readonly deadLetterQueue: string | null;
  readonly settings: ConsumerSettings;
  readonly createdOn: string;
}

export const consumers = (db: Kysely<Schema>) => ({
  all: async (): Promise<readonly QueueConsumer[]> => (await db.selectFrom('queue_consumers').selectAll().execute()).map(consumerFrom),
  ofWorker: async (workerTag: string): Promise<readonly QueueConsumer[]> => {
    const rows = await db.selectFrom('queue_consumers').selectAll().where('worker_tag', '=', workerTag).execute();
    return rows.map(consumerFrom);
  },
  ofQueue: async (queueId: string): Promise<QueueConsumer | undefined> => {
    const row = await db.selectFrom('queue_consumers').selectAll().where('queue_id', '=', queueId).executeTakeFirst();
    return row && consumerFrom(row);
  },
  insert: async (consumer: QueueConsumer): Promise<void> => {
    await db.insertInto('queue_consumers').values(rowFrom(consumer)).execute();
  },
  update: async (consumer: QueueConsumer): Promise<void> => {
    await db.updateTable('queue_consumers').set(rowFrom(consumer)).where('id', '=', consumer.id).execute();
  },
  delete: async ({ id }: QueueConsumer): Promise<void> => {
    await db.deleteFrom('queue_consumers').where('id', '=', id).execute();
  },
});

const consumerFrom = (row: Schema['queue_consumers']): QueueConsumer => ({
  id: row.id,
  queueId: row.queue_id,
  workerTag: row.worker_tag,
  deadLetterQueue: row.dead_letter_queue,
  settings: JSON.parse(row.settings),
  createdOn: row.created_on,
});

const rowFrom = (consumer: QueueConsumer): Schema['queue_consumers'] => ({
  id: consumer.id,
  queue_id: consumer.queueId,
  worker_tag: consumer.workerTag,
  dead_letter_queue: consumer.deadLetterQueue,
  settings: JSON.stringify(consumer.settings),
  created_on: consumer.createdOn,
});
