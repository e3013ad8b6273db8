import type { EdgeReport } from '../domain/index.ts';
import type { ControlClient } from './control-client.ts';
import { messageOf, type Log } from './log.ts';

export interface ReporterOptions {
  readonly control: Pick<ControlClient, 'report'>;
  readonly report: () => EdgeReport;
  readonly log: Log;
}

const COALESCE_MS = 50;
const EVERY_MS = 5_000;

/** Tells the control plane what this edge serves. One report is under way at a time, and the last word always gets there. */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #interval: NodeJS.Timeout;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #isStale = false;
  #isClosed = false;

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#interval = setInterval(() => this.now(), EVERY_MS).unref();
  }

  /** At once: somebody waits for this generation to be confirmed. */
  now(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isStale = true;
    this.#sending ??= this.#send();
  }

  /** Soon, together with what else happens until then. */
  soon(): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => this.now(), COALESCE_MS).unref();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#interval);
    clearTimeout(this.#timer);
    await this.#sending;
  }

  async #send(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      try {
        await this.#options.control.report(this.#options.report());
      } catch (error) {
        // The next tick, change or reconnection reports again, and with newer facts.
        this.#options.log.debug({ error: messageOf(error) }, 'A report to the control plane failed.');
      }
    }
    this.#sending = undefined;
  }
}
