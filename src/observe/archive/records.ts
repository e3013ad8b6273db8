import type { InvocationRecord } from '../record.ts';
import { isError, type InvocationKind, type Outcome } from '../words.ts';
import type { ArchiveFile } from './archive-file.ts';
import { packed, unpacked } from './packed.ts';

export const RECORDS_STEPS: readonly string[] = [
  `create table records (
     seq integer primary key, at integer not null, script text not null, id text not null, version text not null, kind text not null,
     outcome text not null, status integer, wall_ms real not null, is_error integer not null, body blob not null
   );
   create index records_of on records (script, at, seq);
   create index records_by_id on records (id)`,
];

/** Which records are asked for. Members that are absent hold nothing back. */
export interface RecordFilter {
  /** Milliseconds since 1970, the second one not included. */
  readonly since: number;
  readonly until: number;
  readonly versionId?: string | undefined;
  readonly outcome?: Outcome | undefined;
  readonly kind?: InvocationKind | undefined;
  /** A status, or the first digit of several. */
  readonly status?: number | undefined;
  readonly leastWallMs?: number | undefined;
  readonly isError?: true | undefined;
  /** A text that is anywhere in it, in whatever case. */
  readonly search?: string | undefined;
  readonly ray?: string | undefined;
}

/** A record as it is written; until then it is small. */
export interface RecordRow {
  readonly columns: readonly (string | number | null)[];
  readonly body: Buffer;
}

export const rowOf = (record: InvocationRecord): RecordRow => {
  const { at, script, id, version, kind, outcome, status, wallMs } = record;
  const isBad = isFailure(record) ? 1 : 0;
  return { columns: [Math.floor(at), script, id, version.id, kind, outcome, status ?? null, wallMs, isBad], body: packed(record) };
};

/** It failed, or threw what it caught itself. */
export const isFailure = ({ outcome, status, exceptions }: InvocationRecord): boolean => exceptions.length > 0 || isError(outcome, status);

/** Behind which record a page goes on. */
export interface Cursor {
  readonly at: number;
  readonly seq: number;
}

export interface RecordPage {
  readonly records: readonly InvocationRecord[];
  /** Absent where there are no more. */
  readonly cursor?: Cursor;
}

/** So long one page is looked for: a text that is nowhere would be looked for in millions of records. */
const LOOKED_FOR_MS = 100;
const ROWS_AT_ONCE = 500;

/** Sampled records, the oldest of which go first. */
export class Records {
  readonly #file: ArchiveFile;

  constructor(file: ArchiveFile) {
    this.#file = file;
  }

  /** To be called in a transaction. */
  add({ columns, body }: RecordRow): void {
    this.#file
      .prepared(
        `insert into records (at, script, id, version, kind, outcome, status, wall_ms, is_error, body) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(...columns, body);
  }

  /** Newest first. It may be short, or empty, and still have a cursor: then it was looked for long enough, and goes on from there. */
  page(script: string, filter: RecordFilter, most: number, after: Cursor | undefined): RecordPage {
    const enough = performance.now() + LOOKED_FOR_MS;
    const records: InvocationRecord[] = [];
    let cursor = after ?? { at: filter.until, seq: 0 };
    for (;;) {
      const rows = this.#rows(script, filter, cursor);
      for (const { at, seq, body } of rows) {
        cursor = { at, seq };
        const record = body === null ? undefined : found(body, filter.search);
        if (record !== undefined && records.push(record) === most) return { records, cursor };
      }
      if (rows.length < ROWS_AT_ONCE) return { records };
      if (performance.now() > enough) return { records, cursor };
    }
  }

  /** The newest of that id. */
  byId(script: string, id: string): InvocationRecord | undefined {
    const row = this.#file.prepared('select body from records where id = ? and script = ? order by seq desc limit 1').get(id, script);
    return row === undefined ? undefined : unpacked(row['body'] as Uint8Array);
  }

  /** Milliseconds since 1970. */
  get oldestAt(): number | undefined {
    const at = this.#file.prepared('select at from records order by seq limit 1').get()?.['at'];
    return typeof at === 'number' ? at : undefined;
  }

  /** To be called in a transaction. */
  removeOldest(most: number): number {
    return Number(this.#file.prepared('delete from records where seq in (select seq from records order by seq limit ?)').run(most).changes);
  }

  /** The next rows by age, those that fit with their bodies: what is rare is not looked for beyond them. */
  #rows(script: string, filter: RecordFilter, { at, seq }: Cursor): readonly Row[] {
    const { since, versionId, outcome, kind, status, leastWallMs, ray } = filter;
    const [least, most] = status === undefined ? [null, null] : status < 10 ? [status * 100, status * 100 + 99] : [status, status];
    return this.#file
      .prepared(
        `select at, seq, iif(
           (:version is null or version = :version) and (:outcome is null or outcome = :outcome) and (:kind is null or kind = :kind)
           and (:least is null or status between :least and :most) and (:wall is null or wall_ms >= :wall)
           and (:error is null or is_error = 1) and (:ray is null or id = :ray), body, null) as body
         from records where script = :script and at >= :since and (at, seq) < (:at, :seq)
         order by at desc, seq desc limit ${ROWS_AT_ONCE}`,
      )
      .all({
        ':script': script,
        ':since': since,
        ':at': at,
        ':seq': seq,
        ':version': versionId ?? null,
        ':outcome': outcome ?? null,
        ':kind': kind ?? null,
        ':least': least,
        ':most': most,
        ':wall': leastWallMs ?? null,
        ':error': filter.isError === true ? 1 : null,
        ':ray': ray ?? null,
      })
      .map((row) => ({ at: Number(row['at']), seq: Number(row['seq']), body: row['body'] as Uint8Array | null }));
  }
}

interface Row {
  readonly at: number;
  readonly seq: number;
  readonly body: Uint8Array | null;
}

const found = (body: Uint8Array, search: string | undefined): InvocationRecord | undefined => {
  const record = unpacked(body);
  return search === undefined || JSON.stringify(record).toLowerCase().includes(search.toLowerCase()) ? record : undefined;
};
