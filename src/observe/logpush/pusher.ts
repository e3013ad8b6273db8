import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isSampled, passes, type LogpushPlan, type LogpushRow } from '../../domain/index.ts';
import { replaceFile, worldFault } from '../../files/index.ts';
import { DeliveryFailure, PrivateAddress, targetOf, type DestinationRules, type OutgoingFile, type Target } from './destinations/index.ts';
import { lineOf } from './row.ts';
import { STATUS_FILE, type Batch } from './segments.ts';
import { Spool } from './spool.ts';
import type { LogpushStatus } from './wire.ts';

export interface PusherOptions {
  readonly id: number;
  readonly folder: string;
  readonly rules: DestinationRules;
  readonly mostBytes: () => number;
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly log: (detail: Readonly<Record<string, unknown>>, sentence: string) => void;
}

type Told = Pick<LogpushStatus, 'lastComplete' | 'lastError' | 'errorMessage' | 'droppedRecords'>;

const UNTOLD: Told = { lastComplete: null, lastError: null, errorMessage: null, droppedRecords: 0 };
const TICK_MS = 1_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;

/** Longer after each failure, up to 5 minutes; never the same for all jobs that failed at once. */
export const pauseAfter = (failures: number, random: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1)) * (0.5 + random / 2);

/** One job: takes rows, keeps them, and sends them on, one batch after the other, until its destination has taken them. */
export class Pusher {
  readonly #options: PusherOptions;
  readonly #spool: Spool;
  readonly #timer: NodeJS.Timeout;
  readonly #ended: Promise<void>;
  readonly #closing = new AbortController();
  #plan: LogpushPlan;
  #destination: string | undefined;
  #target: Target | undefined;
  #told: Told;
  #written: string;
  #failures = 0;
  /** How many were dropped when the last batch was taken. */
  #droppedBefore: number;
  #remembering: Promise<void> = Promise.resolve();
  #sending: AbortController | undefined;
  /** Ends a pause. */
  #wake: (() => void) | undefined;
  #isPausing = false;

  constructor(options: PusherOptions, plan: LogpushPlan) {
    this.#options = options;
    this.#plan = plan;
    this.#told = readTold(options.folder);
    this.#written = JSON.stringify(this.#told);
    this.#droppedBefore = this.#told.droppedRecords;
    const { folder, mostBytes, now } = options;
    const onFault = (error: unknown): void => this.#say(`What is to be sent cannot be kept on disk. ${worldFault(error) ?? String(error)}`);
    this.#spool = new Spool({ folder, mostBytes, now, onFault }, plan.limits, this.#told.droppedRecords);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#ended = this.#run();
  }

  /** What is to be sent, and where to, from now on. */
  order(plan: LogpushPlan, destination: string): void {
    if (JSON.stringify(plan) !== JSON.stringify(this.#plan)) {
      // Rows of other fields are another batch.
      this.#spool.flush();
      this.#spool.seal();
      this.#plan = plan;
      this.#spool.limit(plan.limits);
    }
    if (destination === this.#destination) return;
    const target = targetOf(destination, this.#options.rules);
    this.#destination = destination;
    this.#target = target.ok ? target.value : refusing('the server was started anew with settings that do not let logs go there');
    this.#failures = 0;
    // What is under way to the one before is sent to this one.
    this.#sending?.abort();
    this.#wake?.();
  }

  take(invocation: string, row: LogpushRow): void {
    const { filter, output } = this.#plan;
    if (filter !== null && !passes(filter, row)) return;
    if (!isSampled(invocation, output.sampleRate)) return;
    const before = this.#spool.dropped;
    this.#spool.add(lineOf(row, output));
    if (this.#spool.dropped > before && this.#told.lastError === null) this.#told = { ...this.#told, lastError: this.#now() };
  }

  status(): LogpushStatus {
    const { lastComplete, lastError, errorMessage } = this.#told;
    const { bytes, batches, dropped } = this.#spool;
    const lost = dropped - this.#droppedBefore;
    // Since the last batch that was taken.
    const loss = `${lost} records found no room and were dropped; --logpush-spool-mb says how much may wait.`;
    return {
      lastComplete,
      lastError,
      errorMessage: lost > 0 ? [errorMessage, loss].filter((part) => part !== null).join(' ') : errorMessage,
      waitingBytes: bytes,
      waitingBatches: batches,
      droppedRecords: dropped,
    };
  }

  /** Ends it. What waits is sent by the next process, unless the job is gone: then it goes, too. */
  async close({ isGone }: { readonly isGone: boolean }): Promise<void> {
    clearInterval(this.#timer);
    this.#closing.abort();
    this.#wake?.();
    await this.#ended;
    await this.#spool.close();
    await this.#remember();
    if (isGone) await rm(this.#options.folder, { recursive: true, force: true });
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const batch = this.#target === undefined || !this.#spool.isWaiting ? undefined : await this.#nextBatch();
      // It may be another one by now.
      const target = this.#target;
      if (target === undefined || batch === undefined) await this.#pause(this.#failures > 0 ? this.#pauseMs() : undefined);
      else await this.#send(target, batch);
    }
  }

  async #nextBatch(): Promise<Batch | undefined> {
    try {
      return await this.#spool.next(this.#plan.output);
    } catch (error) {
      this.#failed(`it cannot be compressed (${worldFault(error) ?? String(error)})`);
      return undefined;
    }
  }

  async #send(target: Target, batch: Batch): Promise<void> {
    this.#sending = new AbortController();
    const signal = AbortSignal.any([this.#closing.signal, this.#sending.signal]);
    try {
      await target.put(fileOf(this.#options.id, batch), signal);
      await this.#spool.done(batch);
    } catch (error) {
      if (signal.aborted) return;
      const isExpected = error instanceof DeliveryFailure || error instanceof PrivateAddress;
      this.#failed(isExpected ? error.message : (worldFault(error) ?? String(error)));
      return this.#pause(this.#pauseMs());
    }
    this.#failures = 0;
    this.#droppedBefore = this.#spool.dropped;
    this.#told = { ...this.#told, lastComplete: new Date(batch.to).toISOString(), lastError: null, errorMessage: null };
    void this.#remember();
  }

  #failed(reason: string): void {
    this.#failures += 1;
    this.#say(`The destination did not take a batch, which is tried again: ${reason}.`);
    // Once, and then each time that it waited long.
    if (this.#failures === 1 || this.#pauseMs() >= LONGEST_PAUSE_MS / 2) {
      this.#options.log({ job: this.#options.id, reason, failures: this.#failures }, 'a Logpush job could not send a batch');
    }
  }

  #say(errorMessage: string): void {
    this.#told = { ...this.#told, lastError: this.#now(), errorMessage };
  }

  #now(): string {
    return new Date(this.#options.now()).toISOString();
  }

  #pauseMs(): number {
    return pauseAfter(Math.max(1, this.#failures), this.#options.random());
  }

  /** Until the time is over, or for an undefined time until there is something to do. */
  async #pause(ms: number | undefined): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
    this.#wake = resolve;
    this.#isPausing = ms !== undefined;
    await promise;
    clearTimeout(timer);
    this.#wake = undefined;
    this.#isPausing = false;
  }

  #tick(): void {
    this.#spool.tick();
    if (this.#spool.isWaiting && !this.#isPausing) this.#wake?.();
    void this.#remember();
  }

  /** Writes down how it does, one after the other. */
  #remember(): Promise<void> {
    this.#told = { ...this.#told, droppedRecords: this.#spool.dropped };
    const text = JSON.stringify(this.#told);
    if (text === this.#written) return this.#remembering;
    this.#written = text;
    this.#remembering = this.#remembering
      .then(() => replaceFile(join(this.#options.folder, STATUS_FILE), text))
      .catch(() => void (this.#written = ''));
    return this.#remembering;
  }
}

const readTold = (folder: string): Told => {
  try {
    return { ...UNTOLD, ...(JSON.parse(readFileSync(join(folder, STATUS_FILE), 'utf8')) as Partial<Told>) };
  } catch {
    // A new job has told nothing yet; what a disk lost is told anew.
    return UNTOLD;
  }
};

/** No two batches have one name, though they hold the same in the same second; a batch that is sent again keeps its own. */
const fileOf = (job: number, { sequence, path, size, sha256, from, to }: Batch): OutgoingFile => ({
  name: `${stamp(from)}_${stamp(to)}_${createHash('sha256').update(`${job}/${sequence}/${from}/${sha256}`).digest('hex').slice(0, 8)}.log.gz`,
  at: from,
  content: { path },
  size,
  sha256,
  isGzip: true,
});

/** `20260101T000030Z` */
const stamp = (ms: number): string => new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '');

const refusing = (reason: string): Target => ({ put: () => Promise.reject(new DeliveryFailure(reason)) });
