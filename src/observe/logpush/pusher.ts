import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isSampled, passes, type LogpushPlan, type LogpushRow } from '../../domain/index.ts';
import { replaceFile, worldFault } from '../../files/index.ts';
import {
  DeliveryFailure,
  PrivateAddress,
  targetOf,
  unreadableFile,
  type DestinationRules,
  type OutgoingFile,
  type Target,
} from './destinations/index.ts';
import { lineOf } from './row.ts';
import { isRowsFile, REJECTED_FOLDER, STATUS_FILE, type Batch } from './segments.ts';
import { Spool } from './spool.ts';
import type { LogpushStatus, OrderedJob } from './wire.ts';

export interface PusherOptions {
  readonly id: number;
  readonly folder: string;
  readonly rules: DestinationRules;
  readonly mostBytes: () => number;
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly log: (detail: Readonly<Record<string, unknown>>, sentence: string) => void;
  /** What the pauses after failures begin with. */
  readonly firstPauseMs: number;
}

type Told = Pick<LogpushStatus, 'lastComplete' | 'lastError' | 'errorMessage' | 'droppedRecords' | 'rejectedRecords'> & {
  /** The last batch that was set aside: when and why. */
  readonly rejected: { readonly at: string; readonly reason: string } | null;
};

const UNTOLD: Told = { lastComplete: null, lastError: null, errorMessage: null, droppedRecords: 0, rejectedRecords: 0, rejected: null };
const TICK_MS = 1_000;
export const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;
/** So often a batch is refused before others are asked about it, and so many of them. */
const REFUSALS = 8;
const ASKED = 4;

/** Longer after each failure, up to 5 minutes; never the same for all jobs that failed at once. */
export const pauseAfter = (failures: number, random: number, first = FIRST_PAUSE_MS): number =>
  Math.min(LONGEST_PAUSE_MS, first * 2 ** (failures - 1)) * (0.5 + random / 2);

/** How sending one batch ended, where it did not fail: nothing came of it where there was none, or it was called off. */
type Attempt = 'taken' | 'nothing' | DeliveryFailure;

/** One job: takes rows, keeps them, and sends them on, one batch after the other, until its destination has taken them. */
export class Pusher {
  readonly #options: PusherOptions;
  readonly #spool: Spool;
  readonly #timer: NodeJS.Timeout;
  readonly #ended: Promise<void>;
  readonly #closing = new AbortController();
  #plan: LogpushPlan;
  #isEnabled: boolean;
  #destination: string | null = null;
  #target: Target | undefined;
  #told: Told;
  #written: string;
  #failures = 0;
  /** How often the oldest batch was refused. */
  #refusals = 0;
  /** How many were dropped when the last batch was taken. */
  #droppedBefore: number;
  #remembering: Promise<void> = Promise.resolve();
  #sending: AbortController | undefined;
  /** Ends a pause. */
  #wake: (() => void) | undefined;
  #isPausing = false;

  constructor(options: PusherOptions, { plan, isEnabled }: Pick<OrderedJob, 'plan' | 'isEnabled'>) {
    this.#options = options;
    this.#plan = plan;
    this.#isEnabled = isEnabled;
    const told = readTold(options.folder);
    this.#written = JSON.stringify(told);
    this.#droppedBefore = told.droppedRecords;
    const { folder, mostBytes, now } = options;
    const onFault = (error: unknown): void => this.#say(`What is to be sent cannot be kept on disk. ${worldFault(error) ?? String(error)}`);
    this.#spool = new Spool({ folder, mostBytes, now, onFault }, plan.limits, told.droppedRecords);
    // What failed before is over where nothing waits any more.
    this.#told = this.#spool.batches === 0 ? { ...told, lastError: null, errorMessage: null } : told;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#ended = this.#run();
  }

  get isEnabled(): boolean {
    return this.#isEnabled;
  }

  /** Whether it takes room: one that is not enabled does for what waits. */
  get isHolding(): boolean {
    return this.#isEnabled || this.#spool.bytes > 0;
  }

  /** What is to be sent, and where to, from now on. */
  order({ plan, isEnabled, destination: told }: Omit<OrderedJob, 'id'>): void {
    const destination = isEnabled ? told : null;
    this.#isEnabled = isEnabled;
    if (JSON.stringify(plan) !== JSON.stringify(this.#plan)) {
      // Rows of other fields are another batch.
      this.#spool.flush();
      this.#spool.seal();
      this.#plan = plan;
      this.#spool.limit(plan.limits);
    }
    if (destination === this.#destination) return;
    this.#destination = destination;
    this.#target = destination === null ? undefined : this.#targetOf(destination);
    this.#failures = 0;
    this.#refusals = 0;
    // What is under way to the one before is sent to this one.
    this.#sending?.abort();
    this.#wake?.();
  }

  take(invocation: string, row: LogpushRow): void {
    if (!this.#isEnabled) return;
    const { filter, output } = this.#plan;
    if (filter !== null && !passes(filter, row)) return;
    if (!isSampled(invocation, output.sampleRate)) return;
    const before = this.#spool.dropped;
    this.#spool.add(lineOf(row, output));
    if (this.#spool.dropped > before && this.#told.lastError === null) this.#told = { ...this.#told, lastError: this.#now() };
  }

  status(): LogpushStatus {
    const { lastComplete, lastError, errorMessage, rejectedRecords, rejected } = this.#told;
    const { bytes, batches, dropped } = this.#spool;
    const isSetAside = rejected !== null && this.#spool.hasRejected;
    const faults = [
      errorMessage,
      this.#isEnabled && this.#target === undefined && bytes > 0 ? 'Its destination is not known yet: the control plane tells it.' : null,
      isSetAside ? this.#aboutRejected(rejected.reason) : null,
      // Since the last batch that was taken.
      dropped > this.#droppedBefore
        ? `${dropped - this.#droppedBefore} records found no room and were dropped; --logpush-spool-mb says how much may wait.`
        : null,
    ].filter((fault) => fault !== null);
    return {
      lastComplete,
      lastError: lastError ?? (isSetAside ? rejected.at : null),
      errorMessage: faults.length === 0 ? null : faults.join(' '),
      waitingBytes: bytes,
      waitingBatches: batches,
      droppedRecords: dropped,
      rejectedRecords,
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

  #targetOf(destination: string): Target {
    const target = targetOf(destination, this.#options.rules);
    return target.ok ? target.value : refusing('the server was started anew with settings that do not let logs go there');
  }

  #aboutRejected(reason: string): string {
    const folder = `observe/logpush/${this.#options.id}/${REJECTED_FOLDER}`;
    return `What the destination would not take (${reason}) was set aside in ${folder} of the data directory, until it is removed there.`;
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      if (this.#target === undefined || this.#spool.ready === 0) await this.#pause(undefined);
      else await this.#advance();
    }
  }

  /** Sends the oldest batch. */
  async #advance(): Promise<void> {
    const attempt = await this.#attempt(0);
    if (!(attempt instanceof DeliveryFailure)) return;
    try {
      if (attempt.kind === 'too_large' && (await this.#spool.halve(0))) return;
      if (attempt.kind !== 'passing') this.#refusals += 1;
      if (this.#refusals >= REFUSALS && (await this.#isPassedOver(attempt))) return;
    } catch (error) {
      return this.#failed(new DeliveryFailure(worldFault(error) ?? String(error)));
    }
    await this.#failed(attempt);
  }

  /** Whether a later batch was taken: then it was not the destination, and the oldest is set aside. */
  async #isPassedOver({ message }: DeliveryFailure): Promise<boolean> {
    const others = Math.min(ASKED, this.#spool.ready - 1);
    if (others < 1 || !(await this.#isTaken(1 + (this.#refusals % others)))) return false;
    const records = await this.#spool.reject();
    const rejectedRecords = this.#told.rejectedRecords + records;
    this.#told = { ...this.#told, rejectedRecords, rejected: { at: this.#now(), reason: message } };
    this.#options.log(
      { job: this.#options.id, reason: message, records },
      'a Logpush job set a batch aside that its destination would not take',
    );
    void this.#remember();
    return true;
  }

  /** Whether that batch is, or a part of it where all of it is too much. */
  async #isTaken(later: number): Promise<boolean> {
    for (;;) {
      const attempt = await this.#attempt(later);
      if (attempt === 'taken') return true;
      if (attempt === 'nothing' || attempt.kind !== 'too_large' || !(await this.#spool.halve(later))) return false;
    }
  }

  /** Sends the oldest batch, or that many later. */
  async #attempt(later: number): Promise<Attempt> {
    let batch: Batch | undefined;
    try {
      batch = await this.#spool.next(this.#plan.output, later);
    } catch (error) {
      return unreadableFile(error, isRowsFile) ?? notCompressed(error);
    }
    // It may be another one by now.
    const target = this.#target;
    if (batch === undefined || target === undefined) return 'nothing';
    this.#sending = new AbortController();
    const signal = AbortSignal.any([this.#closing.signal, this.#sending.signal]);
    // What goes wrong while it is sent is not over with it.
    const { dropped } = this.#spool;
    const { lastError: erredAt } = this.#told;
    try {
      await target.put(fileOf(this.#options.id, batch), signal);
      await this.#spool.done(batch);
    } catch (error) {
      if (signal.aborted) return 'nothing';
      if (error instanceof DeliveryFailure) return error;
      return new DeliveryFailure(error instanceof PrivateAddress ? error.message : (worldFault(error) ?? String(error)));
    }
    this.#failures = 0;
    this.#refusals = 0;
    this.#droppedBefore = dropped;
    const isOver = this.#told.lastError === erredAt;
    this.#told = {
      ...this.#told,
      lastComplete: new Date(batch.to).toISOString(),
      ...(isOver ? { lastError: null, errorMessage: null } : {}),
    };
    void this.#remember();
    return 'taken';
  }

  /** Says so, and waits before the next time. */
  async #failed({ message: reason }: DeliveryFailure): Promise<void> {
    this.#failures += 1;
    this.#say(`The destination did not take a batch, which is tried again: ${reason}.`);
    // Once, and then each time that it waited long.
    if (this.#failures === 1 || this.#pauseMs() >= LONGEST_PAUSE_MS / 2) {
      this.#options.log({ job: this.#options.id, reason, failures: this.#failures }, 'a Logpush job could not send a batch');
    }
    await this.#pause(this.#pauseMs());
  }

  #say(errorMessage: string): void {
    this.#told = { ...this.#told, lastError: this.#now(), errorMessage };
  }

  #now(): string {
    return new Date(this.#options.now()).toISOString();
  }

  #pauseMs(): number {
    return pauseAfter(Math.max(1, this.#failures), this.#options.random(), this.#options.firstPauseMs);
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
    if (this.#spool.ready > 0 && !this.#isPausing) this.#wake?.();
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

const notCompressed = (error: unknown): DeliveryFailure =>
  new DeliveryFailure(`it cannot be compressed (${worldFault(error) ?? String(error)})`);
