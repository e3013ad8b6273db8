import type { InvocationRecord } from '../record.ts';
import type { TraceException } from '../trace.ts';
import type { ArchiveFile } from './archive-file.ts';
import { fingerprintOf, plainMessage, topFrame } from './fingerprint.ts';
import { packed, unpacked } from './packed.ts';

const MINUTE_MS = 60_000;
/** Unlike ones of one Worker: of more the one that was not seen for longest is forgotten. */
const MOST_GROUPS = 500;
/** Of one invocation. */
const MOST_OF_A_RECORD = 16;

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
  /** An invocation that it happened in, stacks, logs and all. */
  readonly sample: InvocationRecord;
}

/** Exceptions by what is wrong, counted by version and minute. */
export class Exceptions {
  readonly #file: ArchiveFile;
  readonly #onForgotten: () => void;

  constructor(file: ArchiveFile, onForgotten: () => void) {
    this.#file = file;
    this.#onForgotten = onForgotten;
  }

  /** To be called in a transaction. */
  add(record: InvocationRecord): void {
    const { script, version, at } = record;
    for (const exception of thrownIn(record)) {
      const id = this.#seen(fingerprintOf(script, exception), record, exception);
      this.#file
        .prepared(
          `insert into exception_minutes (exception, version, minute, count) values (?, ?, ?, 1)
           on conflict do update set count = count + 1`,
        )
        .run(id, version.id, Math.floor(at / MINUTE_MS));
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

  /** To be called in a transaction. */
  removeOlderThan(minute: number): void {
    this.#file.prepared('delete from exception_minutes where minute < ?').run(minute);
    this.#file.prepared('delete from exceptions where last_seen < ?').run(minute * MINUTE_MS);
  }

  /** To be called in a transaction. */
  removeOldest(most: number): number {
    const oldest = 'select id from exceptions order by last_seen limit ?';
    this.#file.prepared(`delete from exception_minutes where exception in (${oldest})`).run(most);
    return Number(this.#file.prepared(`delete from exceptions where id in (${oldest})`).run(most).changes);
  }

  /** Its row, made where it is the first. */
  #seen(fingerprint: string, record: InvocationRecord, { name, message, stack }: TraceException): number {
    const { script, at } = record;
    const known = this.#file
      .prepared(
        `update exceptions set count = count + 1, last_seen = max(last_seen, ?), first_seen = min(first_seen, ?) where fingerprint = ? returning id`,
      )
      .get(at, at, fingerprint)?.['id'];
    if (known !== undefined) return Number(known);
    this.#makeRoom(script);
    const { lastInsertRowid } = this.#file
      .prepared(
        `insert into exceptions (fingerprint, script, name, message, frame, first_seen, last_seen, count, sample)
         values (?, ?, ?, ?, ?, ?, ?, 1, ?)`,
      )
      .run(fingerprint, script, name, plainMessage(message), topFrame(stack), at, at, packed(record));
    return Number(lastInsertRowid);
  }

  #makeRoom(script: string): void {
    const { groups } = this.#file.prepared('select count(*) as groups from exceptions where script = ?').get(script) ?? {};
    if (Number(groups) < MOST_GROUPS) return;
    const oldest = this.#file.prepared('select id from exceptions where script = ? order by last_seen limit 1').get(script)?.['id'] ?? 0;
    this.#file.prepared('delete from exception_minutes where exception = ?').run(oldest);
    this.#file.prepared('delete from exceptions where id = ?').run(oldest);
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
  sample: unpacked(row['sample'] as Uint8Array),
});

/** Ways to end of which a client or a deployment is the reason, not the code. */
const NO_FAULTS = new Set(['ok', 'canceled', 'responseStreamDisconnected', 'unknown', 'scriptNotFound', 'loadShed']);

/** What was thrown; of an invocation that was ended from outside, or whose exception nobody saw, how it ended. */
const thrownIn = ({ exceptions, outcome, at }: InvocationRecord): readonly TraceException[] => {
  if (exceptions.length > 0) return exceptions.slice(0, MOST_OF_A_RECORD);
  return NO_FAULTS.has(outcome) ? [] : [{ name: outcome, message: ENDINGS[outcome] ?? '', timestamp: at }];
};

const ENDINGS: Readonly<Record<string, string>> = {
  exception: 'It threw, and what is not known: its process was not traced.',
  exceededCpu: 'It exceeded its processor time.',
  exceededMemory: 'It exceeded its memory.',
  exceededWallTime: 'It took too long.',
};
