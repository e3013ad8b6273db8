import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Rows on disk that were taken together. */
export interface Segment {
  readonly sequence: number;
  readonly path: string;
  /** When its first row was taken, and its last one. */
  readonly from: number;
  to: number;
  bytes: number;
  /** 0 where an earlier process counted them. */
  rows: number;
}

/** Compressed rows that can be sent. */
export interface Batch {
  readonly sequence: number;
  /** Which row of its segment it begins with. */
  readonly first: number;
  readonly path: string;
  readonly size: number;
  /** In hex. */
  readonly sha256: string;
  readonly from: number;
  readonly to: number;
  readonly rows: number;
}

/** Rows of a segment that are one batch: all of them, or some where all were too much at once. */
export interface Portion {
  readonly segment: Segment;
  /** The first one, and the first one that is none of them. */
  readonly first: number;
  readonly end: number;
  batch: Batch | undefined;
}

/** How a job does, beside what waits. */
export const STATUS_FILE = 'status.json';
/** Where batches are that no destination would take. */
export const REJECTED_FOLDER = 'rejected';

const ROWS = /^(\d{12})-(\d+)\.rows$/;
const BATCH = /^(\d{12})-(\d+)-(\d+)-(\d+)-([0-9a-f]{64})\.gz$/;

const digits = (sequence: number): string => String(sequence).padStart(12, '0');

export const rowsFile = (sequence: number, from: number): string => `${digits(sequence)}-${from}.rows`;

export const isRowsFile = (path: string): boolean => ROWS.test(basename(path));

/** A part of a segment has a name that no later process knows: that one sends all of it again. */
export const batchFile = ({ segment, first, end }: Portion, rows: number, sha256: string): string => {
  const { sequence, from, to } = segment;
  const isWhole = first === 0 && end === Infinity;
  return isWhole ? `${digits(sequence)}-${from}-${to}-${rows}-${sha256}.gz` : `${digits(sequence)}.${first}.gz`;
};

/** What an earlier process left, in order; what it left half done is removed. */
export const portionsIn = (folder: string): Portion[] => {
  const names = readdirSync(folder).toSorted();
  const batches = new Map(names.flatMap((name) => batchFrom(folder, name)).map((batch) => [batch.sequence, batch]));
  const portions = new Map<number, Portion>();
  // Rows whose batch was sent are removed before it.
  for (const [sequence, batch] of batches) {
    const segment = {
      sequence,
      path: join(folder, rowsFile(sequence, batch.from)),
      from: batch.from,
      to: batch.to,
      bytes: 0,
      rows: batch.rows,
    };
    portions.set(sequence, { segment, first: 0, end: Infinity, batch });
  }
  for (const name of names) {
    const path = join(folder, name);
    const [, digitsOf, from] = ROWS.exec(name) ?? [];
    if (digitsOf !== undefined) {
      const sequence = Number(digitsOf);
      const { size, mtimeMs } = statSync(path);
      const compressed = portions.get(sequence);
      if (compressed === undefined) {
        const segment = { sequence, path, from: Number(from), to: Math.round(mtimeMs), bytes: size, rows: 0 };
        portions.set(sequence, { segment, first: 0, end: Infinity, batch: undefined });
      } else compressed.segment.bytes = size;
    } else if (!BATCH.test(name) && name !== STATUS_FILE && name !== REJECTED_FOLDER) rmSync(path, { recursive: true, force: true });
  }
  return [...portions.values()].toSorted((one, other) => one.segment.sequence - other.segment.sequence);
};

const batchFrom = (folder: string, name: string): Batch[] => {
  const [, sequence, from, to, rows, sha256] = BATCH.exec(name) ?? [];
  if (sha256 === undefined) return [];
  const path = join(folder, name);
  return [
    {
      sequence: Number(sequence),
      first: 0,
      path,
      size: statSync(path).size,
      sha256,
      from: Number(from),
      to: Number(to),
      rows: Number(rows),
    },
  ];
};
