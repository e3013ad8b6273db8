/** The rules of delivery, without a queue: which messages go together and when, and what becomes of each afterwards. */

/** A message that could be delivered now. */
export interface Ready {
  readonly seq: number;
  readonly bytes: number;
  readonly visibleAt: number;
  /** How often it was tried in vain. */
  readonly attempts: number;
}

/** What a consumer takes at a time. */
export interface BatchRule {
  readonly batchSize: number;
  readonly maxWaitMs: number;
}

/** A batch goes to the Worker as one JSON text. */
const MOST_BATCH_BYTES = 1_000_000;

/** Those that go in one batch: the first ones, as many as it takes; one alone always goes. */
export const batchOf = (ready: readonly Ready[], { batchSize }: BatchRule): readonly Ready[] => {
  let bytes = 0;
  const end = ready.findIndex((message, index) => {
    bytes += message.bytes;
    return index > 0 && (index >= batchSize || bytes > MOST_BATCH_BYTES);
  });
  return end === -1 ? ready : ready.slice(0, end);
};

/**
 * When the batch of these is to go: at once if it is full or one of them has waited before, which has had its delay; else when the
 * one that waits longest has waited as long as it may. They stand in the order in which they became visible.
 */
export const batchDueAt = (ready: readonly Ready[], rule: BatchRule): number => {
  const [first] = ready;
  if (first === undefined) return Infinity;
  const batch = batchOf(ready, rule);
  const isFull = batch.length >= rule.batchSize || batch.length < ready.length;
  return isFull || batch.some(({ attempts }) => attempts > 0) ? first.visibleAt : first.visibleAt + rule.maxWaitMs;
};

/** How a call of `queue()` ended, in workerd's words; without any, it failed. */
export interface Outcome {
  readonly outcome: string;
  readonly ackAll?: boolean;
  readonly retryBatch?: { readonly retry: boolean; readonly delaySeconds?: number | undefined };
  readonly explicitAcks?: readonly string[];
  readonly retryMessages?: readonly { readonly msgId: string; readonly delaySeconds?: number | undefined }[];
}

/** What a consumer wants of messages that fail. */
export interface FailureRule {
  readonly maxRetries: number;
  /** Seconds, where the Worker named none. */
  readonly retryDelay: number;
  readonly deadLetterQueue: string | null;
}

export type Fate =
  | { readonly kind: 'done' }
  | { readonly kind: 'retried'; readonly visibleAt: number }
  | { readonly kind: 'buried'; readonly queue: string }
  | { readonly kind: 'dropped' };

/** Whether each message was handled: as the Worker said of that one, else of the batch, else as the call ended. */
export const fatesOf = (told: Outcome, rule: FailureRule, now: number): ((message: { id: string; attempts: number }) => Fate) => {
  const acked = new Set(told.explicitAcks);
  const retried = new Map(told.retryMessages?.map(({ msgId, delaySeconds }) => [msgId, delaySeconds]));
  const isBatchRetried = (told.retryBatch?.retry === true || told.outcome !== 'ok') && told.ackAll !== true;
  return ({ id, attempts }) => {
    if (acked.has(id) || !(retried.has(id) || isBatchRetried)) return { kind: 'done' };
    if (attempts < rule.maxRetries) {
      const delay = retried.get(id) ?? told.retryBatch?.delaySeconds ?? rule.retryDelay;
      return { kind: 'retried', visibleAt: now + delay * 1000 };
    }
    return rule.deadLetterQueue === null ? { kind: 'dropped' } : { kind: 'buried', queue: rule.deadLetterQueue };
  };
};
