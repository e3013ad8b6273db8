import type { QueueMetrics } from '../../data/index.ts';
import type { QueueSettings, Resource } from '../../domain/index.ts';
import type { QueueConsumer } from '../../store/index.ts';

/** A consumer with the names of its queue and its Worker. */
export interface NamedConsumer {
  readonly consumer: QueueConsumer;
  readonly queue: string;
  readonly script: string;
}

/** wrangler reads `script`, the official SDK `script_name`. */
export const queueConsumerView = ({ consumer, queue, script }: NamedConsumer) => ({
  consumer_id: consumer.id,
  type: 'worker' as const,
  script,
  script_name: script,
  queue_name: queue,
  created_on: consumer.createdOn,
  ...(consumer.deadLetterQueue === null ? {} : { dead_letter_queue: consumer.deadLetterQueue }),
  settings: {
    batch_size: consumer.settings.batchSize,
    max_retries: consumer.settings.maxRetries,
    max_wait_time_ms: consumer.settings.maxWaitMs,
    max_concurrency: consumer.settings.maxConcurrency,
    retry_delay: consumer.settings.retryDelay,
  },
});

export const queueView = (
  { id, name, createdOn, settings: own }: Resource,
  settings: QueueSettings,
  producers: readonly string[],
  consumers: readonly NamedConsumer[],
) => ({
  queue_id: id,
  queue_name: name,
  created_on: createdOn,
  modified_on: String(own['modifiedOn'] ?? createdOn),
  producers: producers.map((script) => ({ type: 'worker' as const, script })),
  producers_total_count: producers.length,
  consumers: consumers.map(queueConsumerView),
  consumers_total_count: consumers.length,
  settings: {
    delivery_delay: settings.deliveryDelay,
    delivery_paused: settings.isPaused,
    message_retention_period: settings.retention,
  },
});

export const queueMetricsView = ({ backlogBytes, backlogCount, oldestMessageTimestamp }: QueueMetrics) => ({
  backlog_bytes: backlogBytes,
  backlog_count: backlogCount,
  oldest_message_timestamp_ms: oldestMessageTimestamp,
});
