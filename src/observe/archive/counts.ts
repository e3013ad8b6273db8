import type { Count, CpuCount, EdgeReportOfUse } from '../report.ts';
import { isError, type InvocationKind, type Outcome } from '../words.ts';
import type { ArchiveFile } from './archive-file.ts';
import {
  addToSlots,
  countsIn,
  glancesAt,
  removeSlotsBefore,
  SLOTS_STEP,
  type CountsWindow,
  type Glance,
  type GlanceQuestion,
  type VersionCounts,
} from './slots.ts';
import { sketchBytes, SketchSum } from './stored-sketch.ts';

export const COUNTS_STEPS: readonly string[] = [
  `create table minutes (
     script text not null, minute integer not null, version text not null, kind text not null, status integer not null, outcome text not null,
     requests integer not null, latency blob not null,
     primary key (script, minute, version, kind, status, outcome)
   ) without rowid;
   create index minutes_by_age on minutes (minute);
   create table cpu (
     script text not null, minute integer not null, version text not null, cpu_ms real not null,
     primary key (script, minute, version)
   ) without rowid;
   create index cpu_by_age on cpu (minute);
   create table reports (boot text not null, sequence integer not null, at integer not null, primary key (boot, sequence)) without rowid;
   create index reports_by_age on reports (at);
   create table rules (edge text primary key, body text not null) without rowid;
   create table exceptions (
     id integer primary key, fingerprint text not null unique, script text not null, name text not null, message text not null,
     frame text not null, first_seen integer not null, last_seen integer not null, count integer not null, sample blob not null
   );
   create index exceptions_of on exceptions (script, last_seen);
   create table exception_minutes (
     exception integer not null, version text not null, minute integer not null, count integer not null,
     primary key (exception, version, minute)
   ) without rowid;
   create index exception_minutes_by_age on exception_minutes (minute)`,
  'create index exceptions_by_age on exceptions (last_seen)',
  SLOTS_STEP,
];

/** Longer than any edge keeps a report that it could not send, while this process runs. */
const REPORTS_KEPT_MS = 6 * 60 * 60_000;
/** Minutes that are kept as they are in memory, so that the next report adds to them without reading. */
const MOST_CACHED = 4_000;

interface Minute {
  requests: number;
  readonly latency: SketchSum;
}

/** A row of {@link eachMinute}. */
export interface MinuteRow {
  readonly minute: number;
  readonly version: string;
  readonly kind: InvocationKind;
  readonly statusClass: number;
  readonly outcome: Outcome;
  readonly requests: number;
  readonly isError: boolean;
  readonly latency: Uint8Array;
}

/** What was counted, by minute. */
export class Counts {
  readonly #file: ArchiveFile;
  readonly #cached = new Map<string, Minute>();
  /** Reports are dated by a clock that goes on where it was, and only while this process runs: nobody sets it. */
  #clockBegan: number | undefined;

  constructor(file: ArchiveFile) {
    this.#file = file;
  }

  /** Adds what an edge counted, unless this very report was added before. To be called in a transaction. */
  addReport({ boot, sequence, counts, cpu }: EdgeReportOfUse): void {
    const { changes } = this.#file
      .prepared('insert into reports (boot, sequence, at) values (?, ?, ?) on conflict do nothing')
      .run(boot, sequence, this.#now);
    if (changes === 0) return;
    this.add(counts);
    for (const each of cpu) this.#addCpu(each);
  }

  /** To be called in a transaction. */
  add(counts: readonly Count[]): void {
    const changed = new Map<string, { readonly count: Count; readonly minute: Minute }>();
    for (const count of counts) {
      const key = keyOf(count);
      const minute = changed.get(key)?.minute ?? this.#cached.get(key) ?? this.#stored(key, count);
      minute.requests += count.requests;
      minute.latency.addBins(count.latency);
      changed.set(key, { count, minute });
    }
    for (const { count, minute } of changed.values()) this.#store(count, minute);
    addToSlots(this.#file, counts);
  }

  /** What is in memory may be ahead of what is stored after a transaction that failed. */
  forget(): void {
    this.#cached.clear();
  }

  forgetReports(): void {
    this.#file.prepared('delete from reports where at < ?').run(this.#now - REPORTS_KEPT_MS);
  }

  get #now(): number {
    this.#clockBegan ??= Number(this.#file.prepared('select max(at) as at from reports').get()?.['at'] ?? 0) - performance.now();
    return Math.floor(this.#clockBegan + performance.now());
  }

  *eachMinute(script: string, since: number, until: number): Generator<MinuteRow> {
    const rows = this.#file
      .prepared(
        'select minute, version, kind, status, outcome, requests, latency from minutes where script = ? and minute >= ? and minute < ? order by minute',
      )
      .iterate(script, since, until);
    for (const row of rows) {
      const outcome = row['outcome'] as Outcome;
      const statusClass = Number(row['status']);
      yield {
        minute: Number(row['minute']),
        version: String(row['version']),
        kind: row['kind'] as InvocationKind,
        statusClass,
        outcome,
        requests: Number(row['requests']),
        isError: isError(outcome, statusClass * 100),
        latency: row['latency'] as Uint8Array,
      };
    }
  }

  cpu(script: string, since: number, until: number): readonly CpuCount[] {
    return this.#file
      .prepared('select minute, version, cpu_ms from cpu where script = ? and minute >= ? and minute < ?')
      .all(script, since, until)
      .map((row) => ({ script, minute: Number(row['minute']), versionId: String(row['version']), cpuMs: Number(row['cpu_ms']) }));
  }

  /** How some Workers do, in the order they are asked for. */
  glances(question: GlanceQuestion): Promise<readonly Glance[]> {
    return glancesAt(() => this.#file, question);
  }

  /** What each version did, of each of these windows. */
  counted(windows: readonly CountsWindow[]): readonly (readonly VersionCounts[])[] {
    return windows.map((window) => countsIn(this.#file, window));
  }

  /** Minutes since 1970; undefined where nothing is stored. */
  get oldestMinute(): number | undefined {
    const oldest = this.#file.prepared('select min(minute) as minute from minutes').get()?.['minute'];
    return typeof oldest === 'number' ? oldest : undefined;
  }

  /** To be called in a transaction. */
  removeOldest(most: number): number {
    const { changes } = this.#file
      .prepared(
        `delete from minutes where (script, minute, version, kind, status, outcome) in
         (select script, minute, version, kind, status, outcome from minutes order by minute limit ?)`,
      )
      .run(most);
    const oldest = this.oldestMinute;
    if (oldest !== undefined) {
      this.#file.prepared('delete from cpu where minute < ?').run(oldest);
      removeSlotsBefore(this.#file, oldest);
    }
    this.#cached.clear();
    return Number(changes);
  }

  #addCpu({ script, minute, versionId, cpuMs }: CpuCount): void {
    this.#file
      .prepared(
        'insert into cpu (script, minute, version, cpu_ms) values (?, ?, ?, ?) on conflict do update set cpu_ms = cpu_ms + excluded.cpu_ms',
      )
      .run(script, minute, versionId, cpuMs);
  }

  #stored(key: string, { script, minute, versionId, kind, statusClass, outcome }: Count): Minute {
    const row = this.#file
      .prepared(
        'select requests, latency from minutes where script = ? and minute = ? and version = ? and kind = ? and status = ? and outcome = ?',
      )
      .get(script, minute, versionId, kind, statusClass, outcome);
    const latency = new SketchSum();
    if (row !== undefined) latency.addBytes(row['latency'] as Uint8Array);
    const found = { requests: Number(row?.['requests'] ?? 0), latency };
    this.#cached.set(key, found);
    const [oldest] = this.#cached.keys();
    if (this.#cached.size > MOST_CACHED && oldest !== undefined) this.#cached.delete(oldest);
    return found;
  }

  #store({ script, minute, versionId, kind, statusClass, outcome }: Count, value: Minute): void {
    this.#file
      .prepared(
        `insert into minutes (script, minute, version, kind, status, outcome, requests, latency) values (?, ?, ?, ?, ?, ?, ?, ?)
         on conflict do update set requests = excluded.requests, latency = excluded.latency`,
      )
      .run(script, minute, versionId, kind, statusClass, outcome, value.requests, sketchBytes(value.latency.toBins()));
  }
}

const keyOf = ({ script, minute, versionId, kind, statusClass, outcome }: Count): string =>
  `${minute} ${versionId} ${kind} ${statusClass} ${outcome} ${script}`;
