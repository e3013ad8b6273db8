import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Rows that wait to be sent together. */
export interface Segment {
  readonly sequence: number;
  readonly path: string;
  /** When its first row was taken, and its last one. */
  readonly from: number;
  to: number;
  bytes: number;
  rows: number;
}

/** A segment that is compressed and can be sent. */
export interface Batch {
  readonly sequence: number;
  readonly path: string;
  readonly size: number;
  /** In hex. */
  readonly sha256: string;
  readonly from: number;
  readonly to: number;
}

/** How a job does, beside what waits. */
export const STATUS_FILE = 'status.json';

const ROWS = /^(\d{12})-(\d+)\.rows$/;
const BATCH = /^(\d{12})-(\d+)-(\d+)-([0-9a-f]{64})\.gz$/;

const digits = (sequence: number): string => String(sequence).padStart(12, '0');

export const rowsFile = (sequence: number, from: number): string => `${digits(sequence)}-${from}.rows`;

export const batchFile = ({ sequence, from, to }: Segment, sha256: string): string => `${digits(sequence)}-${from}-${to}-${sha256}.gz`;

/** What an earlier process left, in order; what it left half done is removed. */
export const segmentsIn = (folder: string): { readonly waiting: Segment[]; readonly ready: Batch[] } => {
  const names = readdirSync(folder).toSorted();
  const ready = names.flatMap((name) => batchFrom(join(folder, name), BATCH.exec(name)));
  const compressed = new Set(ready.map(({ sequence }) => sequence));
  const waiting: Segment[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const [, sequence, from] = ROWS.exec(name) ?? [];
    // Rows whose batch is there were only not removed yet.
    if (sequence !== undefined && !compressed.has(Number(sequence))) {
      const { size, mtimeMs } = statSync(path);
      waiting.push({ sequence: Number(sequence), path, from: Number(from), to: Math.round(mtimeMs), bytes: size, rows: 0 });
    } else if (!BATCH.test(name) && name !== STATUS_FILE) rmSync(path, { force: true });
  }
  return { waiting, ready };
};

const batchFrom = (path: string, named: RegExpExecArray | null): Batch[] => {
  const [, sequence, from, to, sha256] = named ?? [];
  if (sha256 === undefined) return [];
  return [{ sequence: Number(sequence), path, size: statSync(path).size, sha256, from: Number(from), to: Number(to) }];
};
