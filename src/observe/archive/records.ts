import type { InvocationRecord } from '../record.ts';
import { isError, type InvocationKind, type Outcome } from '../words.ts';
import type { ArchiveFile } from './archive-file.ts';
import { packedTogether, unpackedTogether } from './packed.ts';

export const RECORDS_STEPS: readonly string[] = [
  `create table records (
     seq integer primary key, at integer not null, script text not null, id text not null, version text not null, kind text not null,
     outcome text not null, status integer, wall_ms real not null, is_error integer not null, pack integer not null, place integer not null
   );
   create table packs (id integer primary key, body blob not null);
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

/** A record as it is to be written, with all of it as JSON. */
export interface RecordRow {
  readonly script: string;
  readonly columns: readonly (string | number | null)[];
  readonly text: string;
}

export const rowOf = (record: InvocationRecord): RecordRow => {
  const { at, script, id, version, kind, outcome, status, wallMs } = record;
  const isBad = isFailure(record) ? 1 : 0;
  const columns = [Math.floor(at), script, id, version.id, kind, outcome, status ?? null, wallMs, isBad];
  return { script, columns, text: JSON.stringify(record) };
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
/** Records of one Worker that come together are packed together, which takes a tenth of the time and a fifth of the room. */
const MOST_TOGETHER = 32;
const MOST_CHARACTERS_TOGETHER = 65_536;
/** Those of one page are in few packs. */
const KEPT_PACKS = 8;

/** Sampled records, the oldest of which go first. */
export class Records {
  readonly #file: ArchiveFile;
  /** What was unpacked last. A pack never changes, and its number comes again only after all are gone. */
  readonly #unpacked = new Map<number, readonly InvocationRecord[]>();

  constructor(file: ArchiveFile) {
    this.#file = file;
  }

  /** To be called in a transaction. */
  add(rows: readonly RecordRow[]): void {
    for (const ofOne of Map.groupBy(rows, ({ script }) => script).values()) for (const pack of packsOf(ofOne)) this.#addPack(pack);
  }

  #addPack(rows: readonly RecordRow[]): void {
    const { lastInsertRowid: pack } = this.#file
      .prepared('insert into packs (body) values (?)')
      .run(packedTogether(rows.map(({ text }) => text)));
    const insert = this.#file.prepared(
      `insert into records (at, script, id, version, kind, outcome, status, wall_ms, is_error, pack, place) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const [place, { columns }] of rows.entries()) insert.run(...columns, pack, place);
  }

  /** Newest first. It may be short, or empty, and still have a cursor: then it was looked for long enough, and goes on from there. */
  page(script: string, filter: RecordFilter, most: number, after: Cursor | undefined): RecordPage {
    const enough = performance.now() + LOOKED_FOR_MS;
    const records: InvocationRecord[] = [];
    let cursor = after ?? { at: filter.until, seq: 0 };
    for (;;) {
      const rows = this.#rows(script, filter, cursor);
      for (const { at, seq, pack, place } of rows) {
        cursor = { at, seq };
        const record = pack === null ? undefined : this.#read(pack, place);
        if (record !== undefined && has(record, filter.search) && records.push(record) === most) return { records, cursor };
        if (record !== undefined && performance.now() > enough) return { records, cursor };
      }
      if (rows.length < ROWS_AT_ONCE) return { records };
      if (performance.now() > enough) return { records, cursor };
    }
  }

  /** The newest of that id. */
  byId(script: string, id: string): InvocationRecord | undefined {
    const row = this.#file
      .prepared('select pack, place from records where id = ? and script = ? order by seq desc limit 1')
      .get(id, script);
    return row === undefined ? undefined : this.#read(Number(row['pack']), Number(row['place']));
  }

  /** Milliseconds since 1970. */
  get oldestAt(): number | undefined {
    const at = this.#file.prepared('select at from records order by seq limit 1').get()?.['at'];
    return typeof at === 'number' ? at : undefined;
  }

  /** To be called in a transaction. */
  removeOldest(most: number): number {
    const { changes } = this.#file.prepared('delete from records where seq in (select seq from records order by seq limit ?)').run(most);
    // Both are numbered in the order in which they came.
    const kept = this.#file.prepared('select pack from records order by seq limit 1').get()?.['pack'];
    this.#file.prepared('delete from packs where id < ?').run(kept === undefined ? Number.MAX_SAFE_INTEGER : Number(kept));
    this.#unpacked.clear();
    return Number(changes);
  }

  #read(pack: number, place: number): InvocationRecord | undefined {
    let records = this.#unpacked.get(pack);
    if (records === undefined) {
      const body = this.#file.prepared('select body from packs where id = ?').get(pack)?.['body'];
      records = body === undefined ? [] : unpackedTogether(body as Uint8Array);
      const [oldest] = this.#unpacked.keys();
      if (this.#unpacked.size >= KEPT_PACKS && oldest !== undefined) this.#unpacked.delete(oldest);
      this.#unpacked.set(pack, records);
    }
    return records[place];
  }

  /** The next rows by age, those that fit with where they are: what is rare is not looked for beyond them. */
  #rows(script: string, filter: RecordFilter, { at, seq }: Cursor): readonly Row[] {
    const { since, versionId, outcome, kind, status, leastWallMs, ray } = filter;
    const [least, most] = status === undefined ? [null, null] : status < 10 ? [status * 100, status * 100 + 99] : [status, status];
    return this.#file
      .prepared(
        `select at, seq, iif(
           (:version is null or version = :version) and (:outcome is null or outcome = :outcome) and (:kind is null or kind = :kind)
           and (:least is null or status between :least and :most) and (:wall is null or wall_ms >= :wall)
           and (:error is null or is_error = 1) and (:ray is null or id = :ray), pack, null) as pack, place
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
      .map(({ at: rowAt, seq: rowSeq, pack, place }) => ({
        at: Number(rowAt),
        seq: Number(rowSeq),
        pack: pack === null ? null : Number(pack),
        place: Number(place),
      }));
  }
}

interface Row {
  readonly at: number;
  readonly seq: number;
  readonly pack: number | null;
  readonly place: number;
}

const has = (record: InvocationRecord, search: string | undefined): boolean =>
  search === undefined || JSON.stringify(record).toLowerCase().includes(search.toLowerCase());

const packsOf = (rows: readonly RecordRow[]): readonly (readonly RecordRow[])[] => {
  const packs: RecordRow[][] = [];
  let characters = Infinity;
  for (const row of rows) {
    const last = packs.at(-1);
    characters += row.text.length;
    if (last !== undefined && last.length < MOST_TOGETHER && characters <= MOST_CHARACTERS_TOGETHER) last.push(row);
    else {
      packs.push([row]);
      characters = row.text.length;
    }
  }
  return packs;
};
