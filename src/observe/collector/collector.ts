import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { worldFault } from '../../files/index.ts';
import type { Archive } from '../archive/archive.ts';
import type { Drops } from '../drops.ts';
import type { Live } from '../live.ts';
import type { InvocationRecord } from '../record.ts';
import type { EdgeReportOfUse, Fact, ReportAnswer } from '../report.ts';
import { Tally } from '../tally.ts';
import { MOST_BATCH_BYTES, type TraceBatch, type TracedVersion, type TraceWants } from '../trace.ts';
import type { WatchBoard } from '../watch-board.ts';
import { streamWatched } from '../watched-stream.ts';
import { outcomeFrom, type ObservedVersion } from '../words.ts';
import { checkedBatch } from './checked-batch.ts';
import { checkedReport, MOST_REPORT_BYTES } from './checked-report.ts';
import { Join, type Told } from './join.ts';
import { joinedRecord } from './joined-record.ts';
import { answerJson, bodyWithin } from './posted.ts';
import type { Rules } from './rules.ts';
import { canBeMapped, sourceMapped } from './source-mapped.ts';
import type { SourceMaps } from './source-maps.ts';

const SWEEP_EVERY_MS = 50;
const COUNT_EVERY_MS = 500;
/** Of reports that came, so that one which comes again is not heard twice; an edge keeps far fewer. */
const MOST_HEARD = 10_000;
/** Versions whose tags and messages are known. */
const MOST_VERSIONS = 5_000;

export interface CollectorOptions {
  readonly archive: Archive;
  readonly live: Live;
  readonly board: WatchBoard;
  readonly rules: Rules;
  readonly maps: SourceMaps;
  readonly drops: Drops;
  /** Whether a part wants all of a Worker's invocations. */
  readonly isWanted: (script: string) => boolean;
  readonly take: (record: InvocationRecord) => void;
}

/** Hears processes and edges, and makes one record of what both tell of an invocation. */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #boot = randomBytes(8).toString('hex');
  readonly #join: Join;
  readonly #heard = new Set<string>();
  readonly #versions = new Map<string, ObservedVersion>();
  /** Of invocations that no edge sees. */
  readonly #tally = new Tally();
  readonly #timers: readonly NodeJS.Timeout[];

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#join = new Join((told, fact) => this.#joined(told, fact), options.drops);
    this.#timers = [
      setInterval(() => this.#join.sweep(performance.now()), SWEEP_EVERY_MS),
      setInterval(() => this.#count(), COUNT_EVERY_MS),
    ];
  }

  /** `POST` of a {@link TraceBatch}. */
  async tracesPosted(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await bodyWithin(request, MOST_BATCH_BYTES))?.toString();
    const checked = body === undefined ? undefined : checkedBatch(body);
    if (checked === undefined) return this.#refuse(response, 'This is no batch of traces.');
    const { batch, refused } = checked;
    this.#options.drops.add('malformed_traces', refused);
    this.#options.drops.add('traces_at_process', batch.dropped);
    for (const version of batch.versions) this.#know(version);
    this.#hear(batch);
    const wants: TraceWants = { wants: batch.versions.map(({ script }) => (this.#wantsAll(script) ? 'all' : 'outcomes')) };
    answerJson(response, 200, wants);
  }

  /** `POST` of an {@link EdgeReportOfUse}, and `GET /watched`. */
  async reportsAsked(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') return streamWatched(this.#options.board, response);
    const body = (await bodyWithin(request, MOST_REPORT_BYTES))?.toString();
    const report = body === undefined ? undefined : checkedReport(body);
    if (report === undefined) return this.#refuse(response, 'This is no report of an edge.');
    if (this.#isNew(report)) this.#heardOf(report);
    try {
      await this.#options.archive.takeReport(report);
    } catch (error) {
      return answerJson(response, 503, { error: worldFault(error) ?? 'It could not be stored.' });
    }
    const answer: ReportAnswer = { boot: this.#boot };
    answerJson(response, 200, answer);
  }

  #hear({ versions, traces }: TraceBatch): void {
    const now = performance.now();
    for (const trace of traces) {
      const version = versions[trace.v];
      if (version === undefined) continue;
      const isSeenByEdge = EDGE_SEES.has(trace.kind);
      // Of objects what their Workers ask of them is a part of the Workers' own invocations; their alarms are nobody's.
      if (!isSeenByEdge && (trace.durableObjectId === undefined || trace.kind === 'alarm')) this.#countTrace({ trace, version });
      // Where only outcomes are told, its edge tells more.
      if (trace.event !== null || !isSeenByEdge) this.#join.trace({ trace, version }, now);
    }
  }

  #heardOf({ edge, counts, facts, rules, attached, droppedFacts }: EdgeReportOfUse): void {
    const { rules: all, board, live, drops } = this.#options;
    if (rules === undefined) all.heard(edge);
    else all.told(edge, rules);
    board.attached(edge, attached);
    drops.add('facts_at_edge', droppedFacts);
    live.take(counts);
    const now = performance.now();
    for (const fact of facts) this.#join.fact(fact, now);
  }

  #countTrace({ trace, version }: Told): void {
    const { kind, outcome, eventTimestamp, endedAt } = trace;
    this.#tally.count(version.script, version.id, kind, undefined, outcomeFrom(outcome), endedAt - (eventTimestamp ?? endedAt), endedAt);
  }

  #count(): void {
    const counts = this.#tally.take();
    if (counts.length === 0) return;
    this.#options.archive.count(counts);
    this.#options.live.take(counts);
  }

  #joined(told: Told | undefined, fact: Fact | undefined): void {
    const { rules, maps, take } = this.#options;
    const record = joinedRecord(
      told,
      fact,
      (script) => rules.of(script)?.sampleRate ?? 1,
      (id) => this.#versions.get(id) ?? { id },
    );
    if (record === undefined) return;
    if (told === undefined || !canBeMapped(record.exceptions, told.version)) return take(record);
    void sourceMapped(record.exceptions, told.version, maps).then((exceptions) => take({ ...record, exceptions }));
  }

  #wantsAll(script: string): boolean {
    const { rules, board, isWanted } = this.#options;
    const rule = rules.of(script);
    if (rule === undefined) return !rules.areKnown || board.isWatched(script) || isWanted(script);
    return rule.isKept || rule.logpush || rule.isSplit === true || board.isWatched(script) || isWanted(script);
  }

  #isNew({ boot, sequence }: EdgeReportOfUse): boolean {
    const key = `${boot} ${sequence}`;
    if (this.#heard.has(key)) return false;
    this.#heard.add(key);
    const [oldest] = this.#heard;
    if (this.#heard.size > MOST_HEARD && oldest !== undefined) this.#heard.delete(oldest);
    return true;
  }

  #know({ id, tag, message }: TracedVersion): void {
    if (this.#versions.has(id)) return;
    this.#versions.set(id, { id, ...(tag === undefined ? {} : { tag }), ...(message === undefined ? {} : { message }) });
    const [oldest] = this.#versions.keys();
    if (this.#versions.size > MOST_VERSIONS && oldest !== undefined) this.#versions.delete(oldest);
  }

  #refuse(response: ServerResponse, error: string): void {
    this.#options.drops.add('malformed_posts');
    // What is left of it is not read.
    response.setHeader('connection', 'close');
    answerJson(response, 400, { error });
  }

  /** What still waits for its other half goes on without. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#join.sweep(Infinity);
    this.#count();
  }
}

/** Kinds of which an edge counts each invocation. */
const EDGE_SEES = new Set(['fetch', 'websocket', 'scheduled', 'queue']);
