import { z } from 'zod';
import { accept, refuse, type Result } from '../../base/index.ts';
import { QUEUE_LIMITS } from '../../domain/index.ts';
import { QUEUE_DELAY_HEADER } from '../../runtime/index.ts';
import type { SentMessage } from './broker.ts';
import { fault, type QueueFault } from './fault.ts';

/**
 * What workerd's binding sends (src/workerd/api/queue.c++): one message as it is with its format in a header, or a batch as JSON with
 * bodies in base64. And what our own sides ask: an edge for batches, the control plane for the rest.
 */
export const FORMAT_HEADER = 'x-msg-fmt';
export const DELAY_HEADER = 'x-msg-delay-secs';

const { messageBytes, sentMessages, sentBytes, delaySeconds } = QUEUE_LIMITS;

/** A whole batch in base64, with room for what is around it. */
export const MOST_REQUEST_BYTES = 512 * 1024;

const format = z.enum(['v8', 'json', 'text', 'bytes'], 'the content type must be v8, json, text or bytes');
const RANGE = `a delay must be from 0 to ${delaySeconds} seconds`;
const delay = z.coerce.number(RANGE).min(0, RANGE).max(delaySeconds, RANGE);

const batch = z.object({
  messages: z
    .array(
      z.object({
        body: z.base64('a body must be base64').transform((text) => Buffer.from(text, 'base64')),
        contentType: format.default('v8'),
        delaySecs: delay.optional(),
      }),
    )
    .min(1, 'a batch must hold a message'),
});

const headers = z.object({
  [FORMAT_HEADER]: format.default('v8'),
  [DELAY_HEADER]: delay.optional(),
  [QUEUE_DELAY_HEADER]: delay.optional(),
});

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;
type Sent = Result<readonly SentMessage[], QueueFault>;

export const messageIn = (given: Headers, body: Uint8Array): Sent => {
  const parsed = headers.safeParse(given);
  if (!parsed.success) return malformed(parsed.error);
  const { [FORMAT_HEADER]: of, [DELAY_HEADER]: own, [QUEUE_DELAY_HEADER]: usual } = parsed.data;
  return withinLimits([{ format: of, body, delay: own ?? usual }]);
};

export const batchIn = (given: Headers, body: Uint8Array): Sent => {
  const parsed = headers.safeParse(given);
  if (!parsed.success) return malformed(parsed.error);
  const read = batch.safeParse(jsonIn(body));
  if (!read.success) return malformed(read.error);
  const usual = parsed.data[DELAY_HEADER] ?? parsed.data[QUEUE_DELAY_HEADER];
  return withinLimits(
    read.data.messages.map(({ body: bytes, contentType, delaySecs }) => ({ format: contentType, body: bytes, delay: delaySecs ?? usual })),
  );
};

const withinLimits = (messages: readonly SentMessage[]): Sent => {
  const sizes = messages.map(({ body }) => body.byteLength);
  const largest = Math.max(...sizes);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (messages.length > sentMessages)
    return fault('tooLarge', `batch message count of ${messages.length} exceeds limit of ${sentMessages}`);
  if (largest > messageBytes) return fault('tooLarge', `message length of ${largest} bytes exceeds limit of ${messageBytes}`);
  if (total > sentBytes) return fault('tooLarge', `batch size of ${total} bytes exceeds limit of ${sentBytes}`);
  return accept(messages);
};

const malformed = ({ issues }: z.ZodError): Result<never, QueueFault> =>
  refuse(fault('malformed', [...new Set(issues.map(({ message }) => message))].join('; ')).refusal);

export const jsonIn = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    return undefined;
  }
};

/** Of our own sides, which send what is right. */
export const waitRequest = z.object({ batchSize: z.int().min(1), maxWaitMs: z.number().min(0), maxConcurrency: z.int().min(1) });

/** A Worker may say any number. */
const seconds = z
  .number()
  .transform((said) => Math.min(Math.max(said, 0), delaySeconds))
  .optional()
  .catch(undefined);

/** What workerd says of a call of `queue()`; what it does not say of it means that it failed. */
const told = z.object({
  outcome: z.string().catch('unknown'),
  ackAll: z.boolean().catch(false),
  retryBatch: z.object({ retry: z.boolean().catch(false), delaySeconds: seconds }).catch({ retry: false }),
  explicitAcks: z.array(z.string()).catch([]),
  retryMessages: z.array(z.object({ msgId: z.string(), delaySeconds: seconds })).catch([]),
});

export const settleRequest = z.object({
  lease: z.string(),
  ids: z.array(z.string()),
  told,
  rule: z.object({ maxRetries: z.number(), retryDelay: z.number(), deadLetterQueue: z.string().nullable() }),
});

export const putRequest = z.object({ deliveryDelay: z.number(), retention: z.number() });
