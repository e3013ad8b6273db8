import type { InvocationRecord } from '../record.ts';
import type { TraceException } from '../trace.ts';
import { UNSEEN } from '../unseen.ts';
import type { ArchiveFile } from './archive-file.ts';
import { fingerprintOf, plainMessage, topFrame } from './fingerprint.ts';
import { KnownGroups, type KnownGroup } from './known-groups.ts';
import { unpacked } from './packed.ts';
import { sampleOf } from './sample.ts';

const MINUTE_MS = 60_000;
/** Unlike ones of one Worker: of more the one that was not seen for longest is forgotten. */
const MOST_GROUPS = 500;
/** Of one invocation. */
const MOST_OF_A_RECORD = 16;
const MOST_NAME = 200;
/** What a group takes beside its sample. */
const GROUP_BYTES = 1_000;

/** Exceptions that are one fault, over the minutes that were asked for. */
export interface ExceptionGroup {
  readonly id: string;
  readonly name: string;
  /** Without what differs each time. */
  readonly message: string;
  /** Where it was thrown, as the sources have it. */
  readonly frame: string;
  /** Milliseconds since 1970, of all versions and times. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Of all versions and times. */
  readonly count: number;
  /** Within the time that was asked for. */
  readonly versions: readonly { readonly versionId: string; readonly count: number }[];
  /** An invocation that it happened in, with stacks and logs as far as there is room. Absent where nothing of the Worker's is to be kept. */
  readonly sample?: InvocationRecord;
}

/** How often each of some versions threw what is one fault, over the minutes that were asked for. */
export type CountedException = Pick<ExceptionGroup, 'id' | 'name' | 'message' | 'versions'>;

/** Exceptions by what is wrong, counted by version and minute. */
export class Exceptions {
  readonly #file: ArchiveFile;
  readonly #known: KnownGroups;
  readonly #onForgotten: () => void;
  #bytes: number | undefined;

  constructor(file: ArchiveFile, onForgotten: () => void) {
    this.#file = file;
    this.#known = new KnownGroups(file);
    this.#onForgotten = onForgotten;
  }

  /** About as much as all groups take. */
  get bytes(): number {
    this.#bytes ??= Number(
      this.#file.prepared(`select total(length(sample)) + ${GROUP_BYTES} * count(*) as bytes from exceptions`).get()?.['bytes'],
    );
    return this.#bytes;
  }

  /** What is in memory may be ahead of what is stored after a transaction that failed. */
  forget(): void {
    this.#known.forget();
    this.#bytes = undefined;
  }

  /** To be called in a transaction. Without `hasSample` nothing of the record is kept but what was thrown. */
  add(record: InvocationRecord, hasSample: boolean): void {
    let sample: Buffer | undefined;
    const sampled = (): Buffer => (sample ??= hasSample ? sampleOf(record) : Buffer.alloc(0));
    for (const exception of thrownIn(record)) {
      const id = this.#seen(fingerprintOf(record.script, exception), record, exception, sampled, hasSample);
      if (id === undefined) this.#onForgotten();
      else this.#count(id, record);
    }
  }

  /** The most frequent first; minutes since 1970, the second one not included. */
  groups(script: string, since: number, until: number, most: number): readonly ExceptionGroup[] {
    const rows = this.#file
      .prepared(
        `select id, fingerprint, name, message, frame, first_seen, last_seen, count, sample, version, found
         from exceptions join (
           select exception, version, sum(exception_minutes.count) as found, sum(sum(exception_minutes.count)) over (partition by exception) as total
           from exception_minutes where exception in (select id from exceptions where script = ?) and minute >= ? and minute < ?
           group by exception, version
         ) on exception = id order by total desc, id, version`,
      )
      .all(script, since, until);
    const groups = new Map<unknown, ExceptionGroup & { readonly versions: { versionId: string; count: number }[] }>();
    for (const row of rows) {
      const version = { versionId: String(row['version']), count: Number(row['found']) };
      const known = groups.get(row['id']);
      if (known !== undefined) known.versions.push(version);
      else if (groups.size === most) break;
      else groups.set(row['id'], { ...groupOf(row), versions: [version] });
    }
    return [...groups.values()];
  }

  /** Every group that was thrown by one of these versions. */
  countedOf(versions: readonly string[], script: string, since: number, until: number): readonly CountedException[] {
    const rows = this.#file
      .prepared(
        `select fingerprint, name, message, version, sum(exception_minutes.count) as found
         from exceptions join exception_minutes on exception = id
         where script = ? and version in (select value from json_each(?)) and minute >= ? and minute < ? group by exception, version`,
      )
      .all(script, JSON.stringify(versions), since, until);
    return [...Map.groupBy(rows, ({ fingerprint }) => String(fingerprint))].map(([id, found]) => ({
      id,
      name: String(found[0]?.['name']),
      message: String(found[0]?.['message']),
      versions: found.map((row) => ({ versionId: String(row['version']), count: Number(row['found']) })),
    }));
  }

  /** To be called in a transaction. */
  removeOlderThan(minute: number): void {
    this.#file.prepared('delete from exception_minutes where minute < ?').run(minute);
    this.#remove('last_seen < ?', minute * MINUTE_MS);
  }

  /** To be called in a transaction. */
  removeOldest(most: number): number {
    return this.#remove('id in (select id from exceptions order by last_seen limit ?)', most);
  }

  #remove(which: string, value: string | number): number {
    const bytes = this.bytes;
    const removed = this.#file
      .prepared(`delete from exceptions where ${which} returning id, script, fingerprint, length(sample) as bytes`)
      .all(value);
    for (const row of removed) {
      this.#file.prepared('delete from exception_minutes where exception = ?').run(Number(row['id']));
      this.#known.of(String(row['script'])).delete(String(row['fingerprint']));
    }
    this.#bytes = removed.reduce((left, row) => left - Number(row['bytes']) - GROUP_BYTES, bytes);
    return removed.length;
  }

  /** Its row, made where it is the first; undefined where there are too many unlike ones. */
  #seen(
    fingerprint: string,
    { script, at }: InvocationRecord,
    { name, message, stack }: TraceException,
    sampled: () => Buffer,
    hasSample: boolean,
  ): number | undefined {
    const known = this.#known.of(script).get(fingerprint);
    if (known !== undefined) {
      this.#file
        .prepared('update exceptions set count = count + 1, last_seen = max(last_seen, ?), first_seen = min(first_seen, ?) where id = ?')
        .run(at, at, known.id);
      if (hasSample && !known.hasSample) this.#giveSample(known, sampled());
      return known.id;
    }
    if (!this.#known.admits(script)) return undefined;
    this.#makeRoom(script);
    const sample = sampled();
    const bytes = this.bytes;
    const { lastInsertRowid } = this.#file
      .prepared(
        `insert into exceptions (fingerprint, script, name, message, frame, first_seen, last_seen, count, sample)
         values (?, ?, ?, ?, ?, ?, ?, 1, ?)`,
      )
      .run(fingerprint, script, name.slice(0, MOST_NAME), plainMessage(message), topFrame(stack), at, at, sample);
    this.#bytes = bytes + sample.length + GROUP_BYTES;
    this.#known.of(script).set(fingerprint, { id: Number(lastInsertRowid), hasSample });
    return Number(lastInsertRowid);
  }

  #giveSample(known: KnownGroup, sample: Buffer): void {
    const bytes = this.bytes;
    this.#file.prepared('update exceptions set sample = ? where id = ?').run(sample, known.id);
    this.#bytes = bytes + sample.length;
    known.hasSample = true;
  }

  #count(id: number, { version, at }: InvocationRecord): void {
    this.#file
      .prepared(
        `insert into exception_minutes (exception, version, minute, count) values (?, ?, ?, 1)
         on conflict do update set count = count + 1`,
      )
      .run(id, version.id, Math.floor(at / MINUTE_MS));
  }

  #makeRoom(script: string): void {
    if (this.#known.of(script).size < MOST_GROUPS) return;
    this.#remove('id = (select id from exceptions where script = ? order by last_seen limit 1)', script);
    this.#onForgotten();
  }
}

type Row = Readonly<Record<string, unknown>>;

const groupOf = (row: Row): Omit<ExceptionGroup, 'versions'> => ({
  id: String(row['fingerprint']),
  name: String(row['name']),
  message: String(row['message']),
  frame: String(row['frame']),
  firstSeen: Number(row['first_seen']),
  lastSeen: Number(row['last_seen']),
  count: Number(row['count']),
  ...sampleIn(row['sample'] as Uint8Array),
});

const sampleIn = (bytes: Uint8Array): Pick<ExceptionGroup, 'sample'> => (bytes.length === 0 ? {} : { sample: unpacked(bytes) });

/** Ways to end of which a client or a deployment is the reason, not the code. */
const NO_FAULTS = new Set(['ok', 'canceled', 'responseStreamDisconnected', 'unknown', 'scriptNotFound', 'loadShed']);

/** What was thrown; of an invocation that was ended from outside, or whose exception nobody saw, how it ended. */
const thrownIn = ({ exceptions, outcome, at }: InvocationRecord): readonly TraceException[] => {
  if (exceptions.length > 0) return exceptions.slice(0, MOST_OF_A_RECORD);
  return NO_FAULTS.has(outcome) ? [] : [{ name: outcome, message: ENDINGS[outcome] ?? '', timestamp: at }];
};

const ENDINGS: Readonly<Record<string, string>> = {
  exception: UNSEEN,
  exceededCpu: 'It exceeded its processor time.',
  exceededMemory: 'It exceeded its memory.',
  exceededWallTime: 'It took too long.',
};
