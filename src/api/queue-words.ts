import type { Refusal } from '../domain/index.ts';
import type { Spoken } from './refusals.ts';

type Of<Code extends Refusal['code']> = Extract<Refusal, { readonly code: Code }>;

const said = (status: number, code: number, message: string): Spoken => ({ status, code, message });

/** What refusals about queues and their consumers say, with Cloudflare's codes where they are known. */
export const queueWords = {
  queue_settings_invalid: ({ faults }: Of<'queue_settings_invalid'>) =>
    said(400, 100128, `The settings of the queue are invalid: ${faults.join('; ')}.`),
  queue_consumer_invalid: ({ faults }: Of<'queue_consumer_invalid'>) =>
    said(400, 100127, `The settings of the consumer are invalid: ${faults.join('; ')}.`),
  queue_consumer_exists: ({ queue, script }: Of<'queue_consumer_exists'>) =>
    said(
      400,
      11004,
      `The queue ${JSON.stringify(queue)} has a consumer already, the Worker ${JSON.stringify(script)}, and can have no other. Take that one away with \`wrangler queues consumer remove ${queue} ${script}\`.`,
    ),
  queue_consumer_not_found: ({ queue, consumerId }: Of<'queue_consumer_not_found'>) =>
    said(404, 100381, `The queue ${JSON.stringify(queue)} has no consumer ${JSON.stringify(consumerId)}.`),
  queue_handler_missing: ({ script }: Of<'queue_handler_missing'>) =>
    said(
      400,
      11001,
      `The Worker ${JSON.stringify(script)} serves no version with a queue() handler, so it cannot consume messages (queue handler is missing). Deploy one first.`,
    ),
  queue_keeps_name: ({ name, wanted }: Of<'queue_keeps_name'>) =>
    said(
      400,
      100382,
      `The queue ${JSON.stringify(name)} cannot be renamed to ${JSON.stringify(wanted)}: Workers bind it by its name. Create another queue instead.`,
    ),
  worker_consumes_queues: ({ name, queues }: Of<'worker_consumes_queues'>) =>
    said(
      400,
      10064,
      `The Worker ${JSON.stringify(name)} was not deleted: script still in use as a consumer for a queue (${queues.join(', ')}), whose messages would wait for nobody. Take it away from there first (${queues.map((queue) => `\`wrangler queues consumer remove ${queue} ${name}\``).join(', ')}), or delete the Worker all the same with \`wrangler delete --force\` (?force=true).`,
    ),
};
