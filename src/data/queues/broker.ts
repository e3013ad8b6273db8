import { randomUUID } from 'node:crypto';
import { accept, refuse, type Clock, type Result } from '../../base/index.ts';
import { QUEUE_LIMITS } from '../../domain/index.ts';
import { fault, type QueueFault } from './fault.ts';
import type { Format, MessageStore, StoredMessage, StoredQueue } from './message-store.ts';
import { batchDueAt, batchOf, fatesOf, type BatchRule, type FailureRule, type Fate, type Outcome } from './rules.ts';

export interface SentMessage {
  readonly format: Format;
  readonly body: Uint8Array;
  /** Seconds; the queue's own where there are none. */
  readonly delay: number | undefined;
}

/** As workerd's binding reads them. */
export interface Metrics {
  readonly backlogCount: number;
  readonly backlogBytes: number;
  /** Milliseconds since 1970, 0 where there are no messages. */
  readonly oldestMessageTimestamp: number;
}

export interface Wanted extends BatchRule {
  /** Most batches of this queue at a time, whoever has them. */
  readonly maxConcurrency: number;
}

export interface Lease {
  readonly id: string;
  readonly messages: readonly StoredMessage[];
  readonly metrics: Metrics;
}

/** What a batch came to. */
export interface Settled {
  readonly done: number;
  readonly retried: number;
  readonly buried: number;
  readonly dropped: number;
}

interface Waiter {
  readonly wanted: Wanted;
  readonly take: (lease: Lease) => void;
}

/** Who waits for the messages of a queue, and which batches of it are out. */
interface Line {
  readonly waiting: Set<Waiter>;
  readonly out: Map<string, readonly number[]>;
  timer: NodeJS.Timeout | undefined;
}

/** Timers take no more milliseconds than this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const EXPIRED_AT_ONCE = 1000;

type Outcomes<Value> = Promise<Result<Value, QueueFault>>;

/**
 * Takes messages, and gives them in batches to whoever waits for them. A batch is out as long as its consumer holds on to it: one
 * that lets go without saying what became of it, because it died say, leaves every message as it was.
 */
export class Broker implements Disposable {
  readonly #store: MessageStore;
  readonly #clock: Clock;
  readonly #lines = new Map<string, Line>();
  #isResting = false;

  constructor(store: MessageStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Resolves when the messages are durable, all or none of them. */
  async send(name: string, messages: readonly SentMessage[]): Outcomes<Metrics> {
    const sent = await this.#store.change((): Result<Metrics, QueueFault> => {
      const queue = this.#store.queue(name);
      if (queue === undefined) return fault('noSuchQueue');
      if (queue.bytes >= QUEUE_LIMITS.backlogBytes) return fault('full');
      const now = this.#now();
      for (const { format, body, delay = queue.deliveryDelay } of messages) {
        const id = randomUUID().replaceAll('-', '');
        this.#store.insert(queue.id, { id, format, body, visibleAt: now + delay * 1000 }, now);
      }
      return accept(this.#metrics(queue, messages));
    });
    this.#look(name);
    return sent;
  }

  /** Calls `take` once with the next batch, when it is due. Answers how to stop waiting; a batch that was taken is let go by `release`. */
  wait(name: string, wanted: Wanted, take: (lease: Lease) => void): Result<() => void, QueueFault> {
    if (this.#store.queue(name) === undefined) return refuse(fault('noSuchQueue').refusal);
    const line = this.#line(name);
    const waiter: Waiter = { wanted, take };
    line.waiting.add(waiter);
    this.#look(name);
    return accept(() => {
      line.waiting.delete(waiter);
      this.#forget(name);
    });
  }

  /** What is still in the batch can be delivered again. */
  release(name: string, leaseId: string): void {
    const line = this.#lines.get(name);
    if (line === undefined) return;
    this.#store.release(line.out.get(leaseId) ?? []);
    line.out.delete(leaseId);
    this.#look(name);
    this.#forget(name);
  }

  /**
   * Resolves when it is durable what became of each message. Where the batch is not out any more, because this process started anew
   * meanwhile, what was handled is done all the same; the rest waits already.
   */
  async settle(name: string, leaseId: string, ids: readonly string[], told: Outcome, rule: FailureRule): Outcomes<Settled> {
    const isOut = this.#lines.get(name)?.out.has(leaseId) === true;
    const settled = await this.#store.change((): Result<Settled, QueueFault> => {
      const queue = this.#store.queue(name);
      if (queue === undefined) return fault('noSuchQueue');
      const now = this.#now();
      const known = rule.deadLetterQueue !== null && this.#store.queue(rule.deadLetterQueue) !== undefined;
      const fateOf = fatesOf(told, known ? rule : { ...rule, deadLetterQueue: null }, now);
      const counts: Record<Fate['kind'], number> = { done: 0, retried: 0, buried: 0, dropped: 0 };
      for (const id of ids) {
        const attempts = this.#store.attempts(queue.id, id);
        if (attempts === undefined) continue;
        const fate = fateOf({ id, attempts });
        if (!isOut && fate.kind !== 'done') continue;
        this.#store.apply(queue.id, id, fate, now);
        counts[fate.kind] += 1;
      }
      return accept(counts);
    });
    this.release(name, leaseId);
    if (settled.ok && settled.value.buried > 0 && rule.deadLetterQueue !== null) this.#look(rule.deadLetterQueue);
    return settled;
  }

  /** What is there already costs no write. */
  async put(name: string, settings: Pick<StoredQueue, 'deliveryDelay' | 'retention'>): Promise<void> {
    await this.#store.change(() => {
      const present = this.#store.queue(name);
      if (present?.deliveryDelay === settings.deliveryDelay && present.retention === settings.retention) return;
      this.#store.putQueue(name, settings);
    });
  }

  /** Deletes the queue's messages, those that are out too. */
  purge(name: string): Outcomes<undefined> {
    return this.#store.change(() => {
      const queue = this.#store.queue(name);
      if (queue === undefined) return fault('noSuchQueue');
      this.#store.empty(queue.id, this.#now());
      return accept(undefined);
    });
  }

  async delete(name: string): Promise<void> {
    await this.#store.change(() => {
      const queue = this.#store.queue(name);
      if (queue !== undefined) this.#store.deleteQueue(queue.id);
    });
  }

  state(name: string): Result<{ readonly metrics: Metrics; readonly purgedAt: number | null }, QueueFault> {
    const queue = this.#store.queue(name);
    if (queue === undefined) return fault('noSuchQueue');
    return accept({ metrics: this.#metrics(queue), purgedAt: queue.purgedAt });
  }

  /** Deletes messages whose time is over, some at once, so that others get their turn. */
  async expire(): Promise<number> {
    let expired = 0;
    for (const queue of this.#store.queues()) {
      while (this.#store.hasExpired(queue, this.#now()))
        expired += await this.#store.change(() => this.#store.expire(queue, this.#now(), EXPIRED_AT_ONCE));
    }
    return expired;
  }

  get batchesOut(): number {
    return [...this.#lines.values()].reduce((sum, { out }) => sum + out.size, 0);
  }

  /** From now on nothing is given out; what is out can be settled. */
  rest(): void {
    this.#isResting = true;
  }

  [Symbol.dispose](): void {
    for (const { timer } of this.#lines.values()) clearTimeout(timer);
    this.#lines.clear();
    this.#store[Symbol.dispose]();
  }

  #now(): number {
    return this.#clock.now().getTime();
  }

  #line(name: string): Line {
    const known = this.#lines.get(name);
    if (known !== undefined) return known;
    const line: Line = { waiting: new Set(), out: new Map(), timer: undefined };
    this.#lines.set(name, line);
    return line;
  }

  /** Nobody waits and nothing is out: whoever comes next begins a line of its own. */
  #forget(name: string): void {
    const line = this.#lines.get(name);
    if (line === undefined || line.waiting.size > 0 || line.out.size > 0) return;
    clearTimeout(line.timer);
    this.#lines.delete(name);
  }

  /** Gives batches that are due to who waits, first come first served, and comes back when the next one is. */
  #look(name: string): void {
    const line = this.#lines.get(name);
    if (line === undefined || this.#isResting) return;
    clearTimeout(line.timer);
    line.timer = undefined;
    let lookAt = Infinity;
    for (const waiter of line.waiting) {
      const queue = this.#store.queue(name);
      if (queue === undefined) return;
      // Another may take more at a time, or wait for less.
      if (line.out.size >= waiter.wanted.maxConcurrency) continue;
      const now = this.#now();
      const inTurn = this.#store.inTurn(queue.id, waiter.wanted.batchSize);
      const ready = inTurn.filter(({ visibleAt }) => visibleAt <= now);
      const dueAt = ready.length === 0 ? (inTurn[0]?.visibleAt ?? Infinity) : batchDueAt(ready, waiter.wanted);
      if (dueAt > now) {
        // One that becomes visible meanwhile may be the one that is due earlier.
        lookAt = Math.min(lookAt, dueAt, ...inTurn.map(({ visibleAt }) => visibleAt).filter((visibleAt) => visibleAt > now));
        continue;
      }
      line.waiting.delete(waiter);
      waiter.take(this.#lease(line, queue, batchOf(ready, waiter.wanted)));
    }
    if (lookAt === Infinity) return;
    line.timer = setTimeout(() => this.#look(name), Math.min(Math.max(lookAt - this.#now(), 0), LONGEST_TIMER_MS)).unref();
  }

  #lease(line: Line, queue: StoredQueue, batch: readonly { readonly seq: number }[]): Lease {
    const seqs = batch.map(({ seq }) => seq);
    const id = randomUUID();
    line.out.set(id, seqs);
    return { id, messages: this.#store.lease(seqs), metrics: this.#metrics(queue) };
  }

  #metrics(queue: StoredQueue, more: readonly SentMessage[] = []): Metrics {
    return {
      backlogCount: queue.count + more.length,
      backlogBytes: queue.bytes + more.reduce((sum, { body }) => sum + body.byteLength, 0),
      oldestMessageTimestamp: this.#store.oldest(queue.id) ?? 0,
    };
  }
}
