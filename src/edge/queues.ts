import { setTimeout as wait } from 'node:timers/promises';
import type { QueueLeases, LeasedBatch, QueueOutcome, QueueSettled } from '../data/index.ts';
import type { ConsumedQueue, RoutingTable } from '../domain/index.ts';
import type { Invocation, Invoked } from './invoke.ts';
import { messageOf, type Log } from './log.ts';

export interface QueueConsumersOptions {
  readonly leases: QueueLeases;
  readonly invoke: (script: string, invocation: Invocation) => Promise<Invoked>;
  readonly log: Log;
}

/** Batches at a time of a consumer that sets no number. Cloudflare goes up to 250 as it sees fit; here one machine does the work. */
const USUAL_CONCURRENCY = 10;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** How long what became of a batch is worth telling to a data process that starts anew. */
const SETTLE_WITHIN_MS = 10_000;

/**
 * Gives the Workers of the table the messages of their queues. A batch is this edge's as long as it holds on to it; it is settled once
 * `queue()` has ended, and let go as it was where the Worker could not be called. Several edges may take from one queue.
 */
export class QueueConsumers {
  readonly #options: QueueConsumersOptions;
  #consumers: ReadonlyMap<string, Consumer> = new Map();
  readonly #underWay = new Set<Promise<void>>();
  #isClosing = false;

  constructor(options: QueueConsumersOptions) {
    this.#options = options;
  }

  /** These queues are consumed from now on, each as this table says; batches under way end as they began. */
  follow({ workers }: Pick<RoutingTable, 'workers'>): void {
    if (this.#isClosing) return;
    const consumers = new Map<string, Consumer>();
    for (const { name: script, queues = [] } of workers) {
      for (const queue of queues) {
        const key = JSON.stringify([script, queue]);
        consumers.set(key, this.#consumers.get(key) ?? this.#begin(script, queue));
      }
    }
    for (const [key, consumer] of this.#consumers) if (!consumers.has(key)) consumer.stop();
    // What made it impossible to call a Worker may be mended by what changed.
    for (const consumer of consumers.values()) consumer.hurry();
    this.#consumers = consumers;
  }

  /** Takes no more. What a process that is ended now leaves undone is let go, not counted as tried. */
  stop(): void {
    this.#isClosing = true;
    for (const consumer of this.#consumers.values()) consumer.stop();
  }

  /** Resolves when all that was taken is settled or let go. */
  async finished(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    this.#options.leases[Symbol.dispose]();
  }

  #begin(script: string, queue: ConsumedQueue): Consumer {
    const consumer = new Consumer();
    void this.#consume(consumer, script, queue);
    return consumer;
  }

  async #consume(consumer: Consumer, script: string, settings: ConsumedQueue): Promise<void> {
    const { leases, log } = this.#options;
    const { queue, batchSize, maxWaitMs, maxConcurrency } = settings;
    const wanted = { batchSize, maxWaitMs, maxConcurrency: maxConcurrency ?? USUAL_CONCURRENCY };
    let isOutToldOf = false;
    while (!consumer.signal.aborted) {
      try {
        await consumer.pause();
        const batch = await leases.next(queue, wanted, consumer.signal);
        isOutToldOf = false;
        const work = this.#deliver(consumer, script, settings, batch).finally(() => this.#underWay.delete(work));
        this.#underWay.add(work);
      } catch (error) {
        if (consumer.signal.aborted) return;
        if (!isOutToldOf)
          log.warn({ queue, script, error: messageOf(error) }, 'No messages of a queue can be had; it is tried again until they can.');
        isOutToldOf = true;
        consumer.slowDown();
      }
    }
  }

  async #deliver(consumer: Consumer, script: string, settings: ConsumedQueue, batch: LeasedBatch): Promise<void> {
    const { invoke, log } = this.#options;
    const { queue } = settings;
    const event = { queue, messages: batch.messages, metadata: batch.metadata };
    const invoked = await invoke(script, { handler: 'queue', event });
    const facts = { queue, script, versionId: invoked.versionId, messages: batch.messages.length };
    if (!invoked.ran) {
      batch.release();
      consumer.slowDown();
      return log.warn({ ...facts, error: invoked.why }, 'A batch of messages could not be delivered, and waits.');
    }
    // We ended it ourselves.
    if (this.#isClosing && invoked.outcome === 'processEnded') return batch.release();
    consumer.goOn();
    const settled = await this.#settle(batch, { ...invoked.told, outcome: invoked.outcome }, settings);
    if (typeof settled === 'string')
      return log.warn({ ...facts, error: settled }, 'What became of a batch could not be stored: it is delivered again.');
    const isFine = invoked.outcome === 'ok' && settled.dropped === 0;
    return log[isFine ? 'info' : 'warn']({ ...facts, outcome: invoked.outcome, ...settled }, fateOf(invoked.outcome));
  }

  /** A data process that was killed is back soon, and what it hears then is not done twice. Answers why not, where it did not hear. */
  async #settle(batch: LeasedBatch, told: QueueOutcome, settings: ConsumedQueue): Promise<QueueSettled | string> {
    const giveUpAt = performance.now() + SETTLE_WITHIN_MS;
    for (;;) {
      try {
        return await batch.settle(told, settings);
      } catch (error) {
        if (this.#isClosing || performance.now() > giveUpAt) {
          batch.release();
          return messageOf(error);
        }
        await wait(FIRST_PAUSE_MS);
      }
    }
  }
}

/** What the log says of a batch that a Worker had, for workerd's word of how its handler ended. */
const fateOf = (outcome: string): string => {
  if (outcome === 'ok') return 'A batch of messages was delivered.';
  return outcome === 'exception'
    ? 'A batch of messages was refused by the Worker: its handler threw.'
    : 'A batch of messages was not finished by the Worker.';
};

/** One queue that one Worker consumes: whether to go on, and how soon. */
class Consumer {
  readonly #stopping = new AbortController();
  #pauseMs = 0;
  #waiting = new AbortController();

  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  stop(): void {
    this.#stopping.abort();
    this.#waiting.abort();
  }

  async pause(): Promise<void> {
    if (this.#pauseMs === 0) return;
    this.#waiting = new AbortController();
    await wait(this.#pauseMs, undefined, { signal: this.#waiting.signal }).catch(() => undefined);
  }

  slowDown(): void {
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2));
  }

  goOn(): void {
    this.#pauseMs = 0;
  }

  hurry(): void {
    if (this.#pauseMs === 0) return;
    this.goOn();
    this.#waiting.abort();
  }
}
