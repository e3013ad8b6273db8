import type { HostIndex, RoutingTable } from '../../domain/index.ts';
import type { CollectRule, Count } from '../../observe/index.ts';
import type { Log } from '../log.ts';
import { Invocations } from './invocations.ts';
import type { ObserveLink } from './observe-link.ts';
import { Reports } from './reports.ts';
import { WatchedClient } from './watched-client.ts';
import { collectedIn, collectedScripts, rulesIn } from './wishes.ts';

export interface ObservingOptions {
  readonly edge: string;
  /** Undefined where there is nobody to tell. */
  readonly link: ObserveLink | undefined;
  readonly index: () => HostIndex | undefined;
  /** Whether whatever takes requests of this version is traced. */
  readonly isTraced: (versionId: string) => boolean;
  /** Other versions are to be traced than were. */
  readonly onWish: () => void;
  readonly log: Log;
}

const COLLECT_EVERY_MS = 1_000;

/** What this edge sees of invocations, and its exchange with the observe process about it. */
export class Observing {
  readonly invocations = new Invocations();
  readonly #options: ObservingOptions;
  #watched: WatchedClient | undefined;
  #reports: Reports | undefined;
  #collecting: NodeJS.Timeout | undefined;
  #rules: readonly CollectRule[] = [];
  #rulesText = '[]';
  /** Hears each count once. */
  onCounts: (counts: readonly Count[]) => void = () => undefined;

  constructor(options: ObservingOptions) {
    this.#options = options;
  }

  /** From now on it is told. */
  start(): void {
    const { link, edge, log } = this.#options;
    if (link === undefined) {
      this.#collecting = setInterval(() => this.collect(), COLLECT_EVERY_MS).unref();
      return;
    }
    const watched = new WatchedClient({ link, log, onConnected: () => this.#reports?.begin(), onChange: () => this.#wishesChanged() });
    this.#watched = watched;
    this.#reports = new Reports({
      edge,
      link,
      invocations: this.invocations,
      isWatched: () => watched.scripts.size > 0,
      rules: () => this.#rules,
      attached: () => [...watched.scripts].filter((script) => this.#isAttached(script)),
      onCounts: (counts) => this.onCounts(counts),
      log,
    });
  }

  /** Counts that wait to be told. */
  get waiting(): number {
    return this.#reports?.waiting ?? 0;
  }

  /** Takes the rules of this table, and answers which of its versions are to be traced. */
  follow(table: Pick<RoutingTable, 'workers'>): ReadonlySet<string> {
    const rules = rulesIn(table);
    const text = JSON.stringify(rules);
    if (text !== this.#rulesText) this.#rules = rules;
    this.#rulesText = text;
    const watched = this.#watched?.scripts ?? new Set<string>();
    this.invocations.collected = collectedScripts(rules, watched);
    return collectedIn(table, watched);
  }

  /** Takes what was counted since it was last taken, for {@link onCounts}. */
  collect(): void {
    if (this.#reports !== undefined) return this.#reports.collect();
    this.onCounts(this.invocations.takeCounts());
    // Nobody is there to be told the rest.
    this.invocations.takeCpu();
    this.invocations.takeFacts(Infinity);
  }

  /** Says the last of it. */
  async close(): Promise<void> {
    clearInterval(this.#collecting);
    await this.#watched?.[Symbol.asyncDispose]();
    await this.#reports?.close();
    await this.#options.link?.close();
  }

  #wishesChanged(): void {
    this.#options.onWish();
    this.#reports?.soon();
  }

  /** A version that is cold will start with its tracer. */
  #isAttached(script: string): boolean {
    const split = this.#options.index()?.workers.get(script)?.deployment?.split ?? [];
    return split.every(({ versionId }) => this.#options.isTraced(versionId));
  }
}
