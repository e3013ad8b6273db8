import type { Result } from '../../api/index.ts';
import type { Family } from './as-read.tsx';
import { count, counted, duration } from '../../words/index.ts';

export type Queue = Result<'listQueues'>[number];
export type Consumer = Queue['consumers'][number];

/** A queue, and who consumes it. */
export interface Consumed {
  readonly queue: Queue;
  readonly consumer: Consumer;
}

export const paramsOf = ({ queue, consumer }: Consumed) => ({ queue_id: queue.queue_id, consumer_id: consumer.consumer_id });

export const familyOf = (queueId: string): Family<Result<'getQueueConsumer'>> => ({
  factsOf: ({ script_name: script, dead_letter_queue: dead, settings }) => [
    script,
    dead,
    settings.batch_size,
    settings.max_wait_time_ms,
    settings.max_retries,
    settings.retry_delay,
    settings.max_concurrency,
  ],
  tracesOf: () => [[`queue/${queueId}`, 'queue.']],
});

export const nowIs = (consumer: Result<'getQueueConsumer'> | undefined): string =>
  consumer === undefined
    ? ''
    : `${consumer.script_name} consumes it now: ${lowerFirst(batchesOf(consumer))}, ${lowerFirst(failureOf(consumer))}.`;

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

export const batchesOf = ({ settings }: Pick<Consumer, 'settings'>): string =>
  `Up to ${counted(settings.batch_size, 'message')}, after ${settings.max_wait_time_ms === 0 ? 'no wait' : `${duration(settings.max_wait_time_ms)} at most`}`;

export const failureOf = ({ settings }: Pick<Consumer, 'settings'>): string => {
  const after = settings.retry_delay === 0 ? '' : `, ${count(settings.retry_delay)} s later`;
  return settings.max_retries === 0 ? 'No retry' : `${counted(settings.max_retries, 'retry', 'retries')}${after}`;
};
