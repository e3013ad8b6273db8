import { asStartFailure, type StartFailure } from './start-failure.ts';
import { Turns } from './turns.ts';

export interface SuccessionsOptions<Process> {
  /** How many processes may be succeeded at the same time: each is there twice meanwhile. */
  readonly atOnce: number;
  /** Starts the one that comes after it; undefined where none has to, any more. */
  readonly start: (process: Process) => Promise<Process | undefined>;
  readonly takeOver: (process: Process, successor: Process) => void;
  /** It could not be started; the one before it serves on. */
  readonly onFailure: (process: Process, failure: StartFailure) => void;
}

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;

/** Processes that others of the same version take over from while they run: nobody waits and nothing is refused. */
export class Successions<Process extends object> {
  readonly #options: SuccessionsOptions<Process>;
  readonly #turns: Turns;
  readonly #underWay = new Map<Process, Promise<void>>();
  readonly #failed = new WeakMap<Process, { readonly failures: number; readonly retryAt: number }>();

  constructor(options: SuccessionsOptions<Process>) {
    this.#options = options;
    this.#turns = new Turns(options.atOnce);
  }

  /** When the next one may be begun; undefined while one is under way. Milliseconds of the wall clock. */
  dueAt(process: Process): number | undefined {
    return this.#underWay.has(process) ? undefined : (this.#failed.get(process)?.retryAt ?? 0);
  }

  begin(process: Process): void {
    if (this.#underWay.has(process)) return;
    const succession = this.#succeed(process).finally(() => this.#underWay.delete(process));
    this.#underWay.set(process, succession);
  }

  /** Resolves when none is under way that was when it was asked. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  async #succeed(process: Process): Promise<void> {
    const { start, takeOver, onFailure } = this.#options;
    try {
      const successor = await this.#turns.take(() => start(process));
      if (successor !== undefined) takeOver(process, successor);
    } catch (cause) {
      const failures = (this.#failed.get(process)?.failures ?? 0) + 1;
      const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1));
      this.#failed.set(process, { failures, retryAt: Date.now() + delayMs });
      onFailure(process, asStartFailure(cause));
    }
  }
}
