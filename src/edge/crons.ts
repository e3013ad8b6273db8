import { tickAfter, type RoutingTable } from '../domain/index.ts';
import type { Invocation, Invoked } from './invoke.ts';
import type { Log } from './log.ts';

/** The time, and a way to be called at one; tests have their own. */
export interface CronClock {
  now(): number;
  /** Calls `work` at that time or soon after; answers how to call it off. */
  at(time: number, work: () => void): () => void;
}

export interface CronsOptions {
  readonly clock: CronClock;
  readonly invoke: (script: string, invocation: Invocation) => Promise<Invoked>;
  readonly mayFire: () => boolean;
  /** Up to when ticks were fired before this edge started. */
  readonly firedUntil: number | undefined;
  /** Resolves once it is durable that ticks up to this time are not to be fired again. */
  readonly markFired: (until: number) => Promise<void>;
  readonly log: Log;
}

interface Entry {
  readonly script: string;
  readonly cron: string;
  /** When it is due next. */
  readonly tick: number | undefined;
}

/** A tick later than this is left out. Crons are due at most once a minute, so at most one of each is made up for. */
const LATEST_MS = 60_000;

/**
 * Fires the crons of the table. A tick is fired at most once: that it is fired is made durable before it is. One that came while no
 * edge ran, or the machine slept, is fired late where that is within a minute, and else left out.
 */
export class Crons {
  readonly #options: CronsOptions;
  #entries: ReadonlyMap<string, Entry> = new Map();
  /** From when on crons are due that this edge meets first. */
  #since: number;
  #isFollowing = false;
  #callOff: () => void = () => undefined;
  #isClosed = false;

  constructor(options: CronsOptions) {
    this.#options = options;
    const now = options.clock.now();
    this.#since = Math.min(now, Math.max(options.firedUntil ?? now, now - LATEST_MS));
  }

  /** The crons of this table are fired from now on; those that stay keep the time they are due. */
  follow({ workers }: Pick<RoutingTable, 'workers'>): void {
    // What is added later is not due for the time before.
    if (this.#isFollowing) this.#since = this.#options.clock.now();
    this.#isFollowing = true;
    const entries = new Map<string, Entry>();
    for (const { name: script, crons = [] } of workers) {
      for (const cron of crons) {
        const key = `${script} ${cron}`;
        entries.set(key, this.#entries.get(key) ?? { script, cron, tick: tickAfter(cron, this.#since) });
      }
    }
    this.#entries = entries;
    this.#wait();
  }

  close(): void {
    this.#isClosed = true;
    this.#callOff();
  }

  #wait(): void {
    this.#callOff();
    if (this.#isClosed) return;
    const next = Math.min(...[...this.#entries.values()].map(({ tick }) => tick ?? Infinity), Infinity);
    if (next !== Infinity) this.#callOff = this.#options.clock.at(next, () => void this.#fireDue());
  }

  async #fireDue(): Promise<void> {
    const { clock, mayFire, markFired } = this.#options;
    const now = clock.now();
    const due: Entry[] = [];
    const entries = new Map<string, Entry>();
    for (const [key, entry] of this.#entries) {
      if (entry.tick === undefined || entry.tick > now) {
        entries.set(key, entry);
        continue;
      }
      const tick = entry.tick > now - LATEST_MS ? entry.tick : tickAfter(entry.cron, now - LATEST_MS);
      if (tick !== undefined && tick <= now) due.push({ ...entry, tick });
      entries.set(key, { ...entry, tick: tickAfter(entry.cron, now) });
    }
    this.#entries = entries;
    this.#wait();
    if (due.length === 0 || !mayFire()) return;
    await markFired(now);
    await Promise.all(due.map((entry) => this.#fire(entry)));
  }

  async #fire({ script, cron, tick }: Entry): Promise<void> {
    const { invoke, log } = this.#options;
    const invoked = await invoke(script, { handler: 'scheduled', event: { cron, scheduledTime: tick } });
    const facts = { script, cron, scheduledTime: new Date(tick ?? 0).toISOString(), versionId: invoked.versionId };
    if (!invoked.ran) log.warn({ ...facts, error: invoked.why }, 'A cron was due and could not be fired.');
    else if (invoked.outcome === 'ok') log.info({ ...facts, outcome: invoked.outcome }, 'A cron was fired.');
    else log.warn({ ...facts, outcome: invoked.outcome }, 'A cron was fired and failed.');
  }
}

/** Timers take no more milliseconds than this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemCronClock: CronClock = {
  now: () => Date.now(),
  at: (time, work) => {
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const milliseconds = time - Date.now();
      // Timers run by a clock of their own, which may be some milliseconds ahead: a tick is never fired before its time.
      timer = milliseconds <= 0 ? setTimeout(work, 0) : setTimeout(wait, Math.min(milliseconds, LONGEST_TIMER_MS));
    };
    wait();
    return () => clearTimeout(timer);
  },
};
