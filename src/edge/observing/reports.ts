import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  unreportedCounts,
  unreportedCpu,
  type CollectRule,
  type Count,
  type EdgeReportOfUse,
  type Fact,
  type ReportAnswer,
} from '../../observe/index.ts';
import { messageOf, type Log } from '../log.ts';
import type { Invocations } from './invocations.ts';
import { ReportRefused, type ObserveLink } from './observe-link.ts';

export interface ReportsOptions {
  readonly edge: string;
  readonly link: ObserveLink;
  readonly invocations: Invocations;
  /** Whether somebody watches what this edge serves. */
  readonly isWatched: () => boolean;
  readonly rules: () => readonly CollectRule[];
  /** Watched Workers whose processes all have tracers. */
  readonly attached: () => readonly string[];
  /** Hears each count once, when it is taken. */
  readonly onCounts?: (counts: readonly Count[]) => void;
  readonly log: Log;
}

const EVERY_MS = 1_000;
/** Where facts wait, or somebody watches. */
const SOON_MS = 100;
const RETRY_MS = 500;
/** Some megabytes at the most. */
const MOST_COUNTS = 2_000;
const MOST_FACTS = 4_000;
/** An edge that ends waits no longer for its last words to be heard. */
const LAST_WITHIN_MS = 2_000;

/**
 * Posts what was seen, one report at a time. A report that was not answered is posted again as it is, under its number, by which it is
 * counted once; what happens meanwhile is added up.
 */
export class Reports {
  readonly #options: ReportsOptions;
  readonly #boot = randomBytes(8).toString('hex');
  readonly #counts = unreportedCounts();
  readonly #cpu = unreportedCpu();
  #sequence = 0;
  /** Posted and not yet answered. */
  #unanswered: EdgeReportOfUse | undefined;
  #answeredBy: string | undefined;
  #toldRules: readonly CollectRule[] | undefined;
  #toldAttached = '';
  #timer: NodeJS.Timeout | undefined;
  #isSoon = false;
  #posting: Promise<void> | undefined;
  #isClosing = false;

  constructor(options: ReportsOptions) {
    this.#options = options;
    options.invocations.onFact = () => this.soon();
    this.#wait(EVERY_MS);
  }

  /** What waits to be told, in counts, of which each may be of many invocations. */
  get waiting(): number {
    return this.#counts.size + (this.#unanswered?.counts.length ?? 0);
  }

  /** There is something that somebody waits for. */
  soon(): void {
    if (this.#isSoon || this.#posting !== undefined || this.#isClosing) return;
    this.#isSoon = true;
    this.#wait(SOON_MS);
  }

  /** Somebody new may listen, who knows nothing of what was told. */
  begin(): void {
    this.#toldRules = undefined;
    this.soon();
  }

  /** Takes what was counted since it was last taken. */
  collect(): void {
    const { invocations, onCounts } = this.#options;
    const counts = invocations.takeCounts();
    this.#counts.add(counts);
    this.#cpu.add(invocations.takeCpu(this.#isClosing));
    onCounts?.(counts);
  }

  /** Says the last of it, within a bound. */
  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#timer);
    const waiting = new AbortController();
    const late = wait(LAST_WITHIN_MS, undefined, { signal: waiting.signal }).catch(() => undefined);
    await Promise.race([this.#sayAll(), late]);
    waiting.abort();
  }

  async #sayAll(): Promise<void> {
    await this.#posting;
    await this.#options.invocations.settled();
    do await this.#post();
    while (this.#unanswered === undefined && (this.#counts.size > 0 || this.#options.invocations.waitingFacts > 0));
  }

  #wait(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#turn(), milliseconds).unref();
  }

  async #turn(): Promise<void> {
    this.#isSoon = false;
    if (this.#isClosing) return;
    this.collect();
    // One that is slow to be answered holds up no other turn: what was counted has to be taken.
    this.#posting ??= this.#post().finally(() => (this.#posting = undefined));
    const posting = this.#posting;
    this.#wait(EVERY_MS);
    await posting;
    if (this.#isClosing) return;
    const { invocations, isWatched } = this.#options;
    if (this.#unanswered !== undefined) this.#wait(RETRY_MS);
    else if (invocations.waitingFacts > 0 || this.#counts.size > 0 || isWatched()) this.#wait(SOON_MS);
  }

  async #post(): Promise<void> {
    const report = (this.#unanswered ??= this.#next());
    if (report === undefined) return;
    try {
      this.#answered(report, await this.#options.link.post(report));
    } catch (error) {
      if (!(error instanceof ReportRefused)) return;
      this.#options.log.error({ error: messageOf(error) }, 'A report of what was counted was refused, and what it said is lost.');
    }
    this.#unanswered = undefined;
  }

  #answered({ rules, attached }: EdgeReportOfUse, { boot }: ReportAnswer): void {
    const isAnother = this.#answeredBy !== boot;
    this.#answeredBy = boot;
    // Whoever has just begun to listen knows neither, unless this was it.
    if (rules !== undefined) this.#toldRules = rules;
    else if (isAnother) this.#toldRules = undefined;
    this.#toldAttached = attached.join();
  }

  /** Undefined where there is nothing to say. */
  #next(): EdgeReportOfUse | undefined {
    this.collect();
    const { edge, invocations } = this.#options;
    const [counts, cpu] = [this.#counts.take(MOST_COUNTS), this.#cpu.take(MOST_COUNTS)];
    const facts: readonly Fact[] = invocations.takeFacts(MOST_FACTS);
    const droppedFacts = invocations.takeDropped();
    const rules = this.#options.rules();
    const attached = this.#options.attached().toSorted();
    const isNews = counts.length + cpu.length + facts.length + droppedFacts > 0 || attached.join() !== this.#toldAttached;
    const areRulesNews = rules !== this.#toldRules;
    if (!isNews && !areRulesNews) return undefined;
    this.#sequence += 1;
    const report = { edge, boot: this.#boot, sequence: this.#sequence, counts, cpu, facts, attached, droppedFacts };
    return areRulesNews ? { ...report, rules } : report;
  }
}
