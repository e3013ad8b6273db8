import { setTimeout as wait } from 'node:timers/promises';
import type { Watched } from '../../observe/index.ts';
import { linesOf } from '../lines.ts';
import { messageOf, type Log } from '../log.ts';
import type { ObserveLink } from './observe-link.ts';

export interface WatchedClientOptions {
  readonly link: ObserveLink;
  /** The observe process is there, for the first time or again. */
  readonly onConnected: () => void;
  readonly onChange: () => void;
  readonly log: Log;
  /** It is said that nobody is there once that has been so for so long. */
  readonly toldAfterMs?: number;
}

const RETRY_MS = 500;
/** It starts behind the others, and one that ended is there again within seconds. */
const USUALLY_BACK_WITHIN_MS = 10_000;
const MOST_LINE_BYTES = 4 * 1024 * 1024;

/**
 * Knows of which Workers somebody watches the log. While the observe process is away that is what was said last: whoever watched comes
 * back with it, and processes are not started anew meanwhile.
 */
export class WatchedClient implements AsyncDisposable {
  readonly #options: WatchedClientOptions;
  readonly #closing = new AbortController();
  readonly #following: Promise<void>;
  #scripts: ReadonlySet<string> = new Set();

  constructor(options: WatchedClientOptions) {
    this.#options = options;
    this.#following = this.#follow();
  }

  get scripts(): ReadonlySet<string> {
    return this.#scripts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#following;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closing;
    const { log, toldAfterMs = USUALLY_BACK_WITHIN_MS } = this.#options;
    let isToldOf = false;
    let awaySince = performance.now();
    while (!signal.aborted) {
      const ended = await this.#listen(() => (awaySince = Infinity)).then(() => 'it ended', messageOf);
      if (signal.aborted) return;
      if (awaySince === Infinity) [awaySince, isToldOf] = [performance.now(), false];
      if (!isToldOf && performance.now() - awaySince >= toldAfterMs) {
        log.warn({ reason: ended }, 'The observe process is not there. Counts wait for it; requests do not.');
        isToldOf = true;
      }
      await wait(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #listen(onBegun: () => void): Promise<void> {
    const listening = new AbortController();
    try {
      const bytes = await this.#options.link.watched(AbortSignal.any([this.#closing.signal, listening.signal]));
      onBegun();
      this.#options.onConnected();
      for await (const line of linesOf(bytes, MOST_LINE_BYTES)) {
        this.#take(JSON.parse(line) as Watched); // Written by the same release.
      }
    } finally {
      listening.abort();
    }
  }

  #take({ scripts }: Watched): void {
    if (scripts.length === this.#scripts.size && scripts.every((script) => this.#scripts.has(script))) return;
    this.#scripts = new Set(scripts);
    this.#options.onChange();
  }
}
