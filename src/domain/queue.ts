import { accept, refuse, type Result } from '../base/index.ts';
import type { Refusal } from './refusal.ts';

/** What Queues takes at most (https://developers.cloudflare.com/queues/platform/limits/); a KB is 1000 bytes there. */
export const QUEUE_LIMITS = {
  messageBytes: 128_000,
  /** Of one send. */
  sentMessages: 100,
  sentBytes: 256_000,
  delaySeconds: 86_400,
  backlogBytes: 25_000_000_000,
  shortestRetentionSeconds: 60,
  longestRetentionSeconds: 1_209_600,
} as const;

/** What a queue is set to; seconds. */
export interface QueueSettings {
  readonly deliveryDelay: number;
  readonly isPaused: boolean;
  readonly retention: number;
}

export const USUAL_QUEUE: QueueSettings = { deliveryDelay: 0, isPaused: false, retention: 345_600 };

/** How a queue's messages are handed to its consumer. */
export interface ConsumerSettings {
  /** Most messages of a batch. */
  readonly batchSize: number;
  /** How long a message waits for others to fill the batch. */
  readonly maxWaitMs: number;
  readonly maxRetries: number;
  /** Seconds before a message is tried again. */
  readonly retryDelay: number;
  /** Most batches at a time; null leaves it to the server. */
  readonly maxConcurrency: number | null;
}

/** A queue that a Worker consumes, as an edge needs to know it. */
export interface ConsumedQueue extends ConsumerSettings {
  readonly queue: string;
  readonly deadLetterQueue: string | null;
}

/** Cloudflare's defaults (https://developers.cloudflare.com/queues/configuration/configure-queues/). */
const USUAL_CONSUMER: ConsumerSettings = { batchSize: 10, maxWaitMs: 5000, maxRetries: 3, retryDelay: 0, maxConcurrency: null };

/** As the API's clients write them. */
export interface AskedConsumer {
  readonly batch_size?: number | undefined;
  readonly max_wait_time_ms?: number | undefined;
  readonly max_retries?: number | undefined;
  readonly retry_delay?: number | undefined;
  readonly max_concurrency?: number | null | undefined;
}

export interface AskedQueue {
  readonly delivery_delay?: number | undefined;
  readonly delivery_paused?: boolean | undefined;
  readonly message_retention_period?: number | undefined;
}

const CONSUMER_RANGES = {
  batch_size: [1, 100],
  max_wait_time_ms: [0, 60_000],
  max_retries: [0, 100],
  retry_delay: [0, QUEUE_LIMITS.delaySeconds],
  max_concurrency: [1, 250],
} as const satisfies Record<keyof AskedConsumer, Range>;

const QUEUE_RANGES = {
  delivery_delay: [0, QUEUE_LIMITS.delaySeconds],
  message_retention_period: [QUEUE_LIMITS.shortestRetentionSeconds, QUEUE_LIMITS.longestRetentionSeconds],
} as const satisfies Record<Exclude<keyof AskedQueue, 'delivery_paused'>, Range>;

type Range = readonly [least: number, most: number];

/** What of the settings is no whole number in its range, all of it at once. */
const faultsOf = (asked: object, ranges: Readonly<Record<string, Range>>): readonly string[] =>
  Object.entries(asked).flatMap(([name, value]: [string, unknown]) => {
    const range = ranges[name];
    if (range === undefined || value === undefined || value === null) return [];
    const [least, most] = range;
    const isFine = Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
    return isFine ? [] : [`${name} is ${JSON.stringify(value)} and must be a whole number from ${least} to ${most}`];
  });

export const consumerSettings = (asked: AskedConsumer): Result<ConsumerSettings, Refusal> => {
  const faults = faultsOf(asked, CONSUMER_RANGES);
  if (faults.length > 0) return refuse({ code: 'queue_consumer_invalid', faults });
  return accept({
    batchSize: asked.batch_size ?? USUAL_CONSUMER.batchSize,
    maxWaitMs: asked.max_wait_time_ms ?? USUAL_CONSUMER.maxWaitMs,
    maxRetries: asked.max_retries ?? USUAL_CONSUMER.maxRetries,
    retryDelay: asked.retry_delay ?? USUAL_CONSUMER.retryDelay,
    maxConcurrency: asked.max_concurrency ?? USUAL_CONSUMER.maxConcurrency,
  });
};

/** What is not asked for stays as it is. */
export const queueSettings = (present: QueueSettings, asked: AskedQueue): Result<QueueSettings, Refusal> => {
  const faults = faultsOf(asked, QUEUE_RANGES);
  if (faults.length > 0) return refuse({ code: 'queue_settings_invalid', faults });
  return accept({
    deliveryDelay: asked.delivery_delay ?? present.deliveryDelay,
    isPaused: asked.delivery_paused ?? present.isPaused,
    retention: asked.message_retention_period ?? present.retention,
  });
};

export const queueName = (name: string): Result<string, Refusal> =>
  /^[a-z0-9][a-z0-9_-]{0,62}$/i.test(name)
    ? accept(name)
    : refuse({
        code: 'resource_name_invalid',
        kind: 'queue',
        name,
        fault: 'it may hold letters, digits, "-" and "_", must begin with a letter or a digit, and be 1 to 63 characters long',
      });
