import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { ACCOUNT, CONSUMER_TAG, ifMatch, json, nullish, paging } from './shapes.ts';

/** Queues as cloudflare-typescript (resources/queues) and wrangler ask for them. A queue is named by its id, or by its name. */
const QUEUES = `${ACCOUNT}/queues` as const;
const QUEUE = `${QUEUES}/:queue_id` as const;
const CONSUMERS = `${QUEUE}/consumers` as const;
const CONSUMER = `${CONSUMERS}/:consumer_id` as const;
const tag = 'Queues';

/** A whole batch, as text in JSON. */
const MOST_PUSHED_BYTES = 2 * 1024 * 1024;

/** Their ranges are the rules' to say, in the words that Cloudflare's clients know. */
const askedSettings = z.object({
  delivery_delay: nullish(z.number()).describe('Seconds that a message waits at least.'),
  delivery_paused: nullish(z.boolean()),
  message_retention_period: nullish(z.number()).describe('Seconds that a message is kept at most.'),
});

const consumer = z
  .object({
    consumer_id: z.string(),
    type: z.literal('worker'),
    script: z.string(),
    script_name: z.string(),
    queue_name: z.string(),
    created_on: z.string(),
    dead_letter_queue: z.string().optional(),
    settings: z.object({
      batch_size: z.number(),
      max_retries: z.number(),
      max_wait_time_ms: z.number(),
      max_concurrency: z.number().nullable(),
      retry_delay: z.number(),
    }),
  })
  .meta({ id: 'QueueConsumer' });

const queue = z
  .object({
    queue_id: z.string(),
    queue_name: z.string(),
    created_on: z.string(),
    modified_on: z.string(),
    producers: z.array(z.object({ type: z.literal('worker'), script: z.string() })),
    producers_total_count: z.number(),
    consumers: z.array(consumer),
    consumers_total_count: z.number(),
    settings: z.object({ delivery_delay: z.number(), delivery_paused: z.boolean(), message_retention_period: z.number() }),
  })
  .meta({ id: 'Queue' });

const metrics = z
  .object({ backlog_bytes: z.number(), backlog_count: z.number(), oldest_message_timestamp_ms: z.number() })
  .meta({ id: 'QueueMetrics' });

const askedConsumer = json(
  z.object({
    type: z.string().optional().describe('worker; http_pull is not offered.'),
    script_name: z.string().optional(),
    environment_name: nullish(z.string()),
    dead_letter_queue: nullish(z.string()).describe('By name; made where there is none.'),
    settings: nullish(
      z.object({
        batch_size: nullish(z.number()),
        max_retries: nullish(z.number()),
        max_wait_time_ms: nullish(z.number()),
        max_concurrency: nullish(z.number()),
        retry_delay: nullish(z.number()),
      }),
    ),
  }),
);

const message = z.object({
  body: z.unknown(),
  content_type: nullish(z.enum(['text', 'json'])),
  delay_seconds: nullish(z.number()),
});

const changedQueue = json(z.object({ queue_name: nullish(z.string()), settings: nullish(askedSettings) }));
const pushed = z.object({ metadata: z.object({ metrics }) });

export const queueEndpoints = {
  listQueues: {
    method: 'GET',
    path: QUEUES,
    tag,
    summary: 'Queues by name',
    query: paging.extend({ name: z.array(z.string()).optional().describe('Only those of these names.') }),
    repeated: ['name'],
    result: z.array(queue),
  },
  createQueue: {
    method: 'POST',
    path: QUEUES,
    tag,
    summary: 'Create a queue',
    body: json(z.object({ queue_name: z.string(), settings: nullish(askedSettings) })),
    result: queue,
  },
  getQueue: { method: 'GET', path: QUEUE, tag, summary: 'One queue', result: queue },
  putQueue: { method: 'PUT', path: QUEUE, tag, summary: 'Change the settings of a queue', body: changedQueue, result: queue },
  patchQueue: {
    method: 'PATCH',
    path: QUEUE,
    tag,
    summary: 'The same, pausing and resuming its delivery',
    body: changedQueue,
    result: queue,
  },
  deleteQueue: {
    method: 'DELETE',
    path: QUEUE,
    tag,
    summary: 'Delete a queue with everything in it',
    query: z.object({ force: z.stringbool().optional().describe('Also one that is in use.') }),
    result: z.object({}),
  },
  getQueueMetrics: { method: 'GET', path: `${QUEUE}/metrics`, tag, summary: 'How many messages wait', result: metrics },
  purgeQueue: {
    method: 'POST',
    path: `${QUEUE}/purge`,
    tag,
    summary: 'Delete all messages of a queue',
    body: json(z.object({ delete_messages_permanently: z.literal(true) })),
    result: queue,
    isContent: true,
  },
  getQueuePurge: {
    method: 'GET',
    path: `${QUEUE}/purge`,
    tag,
    summary: 'When it was last purged',
    result: z.object({ completed: z.string(), started_at: z.string() }),
  },
  pushQueueMessage: {
    method: 'POST',
    path: `${QUEUE}/messages`,
    tag,
    summary: 'Send a message',
    body: json(message),
    result: pushed,
    isContent: true,
  },
  pushQueueMessages: {
    method: 'POST',
    path: `${QUEUE}/messages/batch`,
    tag,
    summary: 'Send up to 100 messages, all or none',
    body: {
      kind: 'json',
      schema: z.object({ messages: z.array(message).min(1), delay_seconds: nullish(z.number()) }),
      maxBytes: MOST_PUSHED_BYTES,
    },
    result: pushed,
    isContent: true,
  },
  listQueueConsumers: { method: 'GET', path: CONSUMERS, tag, summary: 'The consumer of a queue', result: z.array(consumer) },
  createQueueConsumer: {
    method: 'POST',
    path: CONSUMERS,
    tag,
    summary: 'Let a Worker consume the messages of a queue',
    body: askedConsumer,
    result: consumer,
  },
  getQueueConsumer: { method: 'GET', path: CONSUMER, tag, summary: 'One consumer', etag: CONSUMER_TAG, result: consumer },
  putQueueConsumer: {
    method: 'PUT',
    path: CONSUMER,
    tag,
    summary: 'Set a consumer anew',
    body: askedConsumer,
    ...ifMatch(CONSUMER_TAG),
    result: consumer,
  },
  deleteQueueConsumer: {
    method: 'DELETE',
    path: CONSUMER,
    tag,
    summary: 'Take the consumer from a queue',
    headers: ifMatch(CONSUMER_TAG).headers,
    result: z.object({}),
  },
} as const satisfies Record<string, Endpoint>;
