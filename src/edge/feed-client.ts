import { setTimeout as wait } from 'node:timers/promises';
import type { FeedMessage, Firing } from '../domain/index.ts';
import type { ControlClient } from './control-client.ts';
import { linesOf } from './lines.ts';
import { messageOf, type Log } from './log.ts';
import type { Applied, RoutingState } from './routing-state.ts';

export interface FeedClientOptions {
  readonly control: Pick<ControlClient, 'feed'>;
  readonly state: RoutingState;
  readonly log: Log;
  /** The state has a new generation. */
  readonly onTable: () => void;
  /** The control plane asks for these versions to be ready. */
  readonly onWarm: (versionIds: readonly string[], areCollected: boolean) => void;
  /** Whether this edge fires crons, and what the control plane says about that. */
  readonly isFiring?: () => boolean;
  readonly onFiring?: (firing: Firing) => void;
}

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 2_000;
/** 10,000 Workers with a hundred version URLs each make about 40 MB. */
const MOST_LINE_BYTES = 256 * 1024 * 1024;

/** Keeps the state following the control plane: connects, applies what comes, and begins anew whenever that ends. */
export class FeedClient {
  readonly #options: FeedClientOptions;
  readonly #closing = new AbortController();
  #delayMs = FIRST_DELAY_MS;
  #running: Promise<void> | undefined;
  #isConnected = false;
  #heardAt = 0;
  /** Resolves when the control plane's own table is served for the first time. */
  readonly firstTable: Promise<void>;
  readonly #tableCame: () => void;
  /** Resolves when the control plane could not be followed for the first time: it is not there, or refuses us. */
  readonly firstFailure: Promise<void>;
  readonly #failed: () => void;

  constructor(options: FeedClientOptions) {
    this.#options = options;
    ({ promise: this.firstTable, resolve: this.#tableCame } = Promise.withResolvers<void>());
    ({ promise: this.firstFailure, resolve: this.#failed } = Promise.withResolvers<void>());
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** When the control plane last said something, milliseconds of the wall clock. */
  get heardAt(): number {
    return this.#heardAt;
  }

  start(): void {
    this.#running ??= this.#follow();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const ended = await this.#listen().then(() => 'the control plane ended it', messageOf);
      this.#isConnected = false;
      this.#failed();
      if (signal.aborted) return;
      this.#options.log.warn(
        { reason: ended, retryInMs: this.#delayMs },
        'The feed from the control plane ended; serving on from the table at hand.',
      );
      // Edges that lost the same control plane must not all come back in the same moment.
      await wait(this.#delayMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
      this.#delayMs = Math.min(LONGEST_DELAY_MS, this.#delayMs * 2);
    }
  }

  async #listen(): Promise<void> {
    const listening = new AbortController();
    try {
      const bytes = await this.#options.control.feed(
        AbortSignal.any([this.#closing.signal, listening.signal]),
        this.#options.isFiring?.() ?? false,
      );
      for await (const line of linesOf(bytes, MOST_LINE_BYTES)) {
        this.#take(JSON.parse(line) as FeedMessage); // The control plane's own words; unknown types are left aside.
      }
    } finally {
      listening.abort();
    }
  }

  /** Throws where the feed has to begin anew with a full table. */
  #take(message: FeedMessage): void {
    this.#heardAt = Date.now();
    switch (message.type) {
      case 'table':
        return this.#became(this.#options.state.replace(message.table), message.table.generation);
      case 'change':
        return this.#became(this.#options.state.apply(message.change), message.change.generation);
      case 'warm':
        return this.#options.onWarm(message.versionIds, message.areCollected === true);
      case 'firing':
        return this.#options.onFiring?.(message.firing);
    }
  }

  #became(applied: Applied, generation: number): void {
    const serving = this.#options.state.generation;
    if (applied === 'does_not_follow') throw new Error(`generation ${generation} does not follow on from ${serving}`);
    if (applied === 'older' && serving !== generation) throw new Error(`generation ${generation} is older than ${serving} and was refused`);
    this.#isConnected = true;
    this.#delayMs = FIRST_DELAY_MS;
    this.#options.onTable();
    this.#tableCame();
  }
}
