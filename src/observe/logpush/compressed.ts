import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { LogpushOutput } from '../../domain/index.ts';

export interface Compressed {
  readonly size: number;
  /** In hex. */
  readonly sha256: string;
  readonly rows: number;
}

/** Rows are counted from 0; `end` is the first one that is left out. */
interface Range {
  readonly first: number;
  readonly end: number;
}

/**
 * Writes the rows of a file, one JSON object a line, as a gzip file with what is to stand around them. A line without its end was
 * being written when the process was killed: it is left out. Answers undefined, and writes nothing, where there is no whole line. The
 * same rows give the same bytes.
 */
export const compressRows = async (
  rows: string,
  to: string,
  output: LogpushOutput,
  range: Range = { first: 0, end: Infinity },
): Promise<Compressed | undefined> => {
  const hash = createHash('sha256');
  const found = { size: 0, rows: 0 };
  const measure = new Transform({
    transform: (chunk: Buffer, _, done) => {
      hash.update(chunk);
      found.size += chunk.length;
      done(null, chunk);
    },
  });
  const beside = `${to}.part`;
  try {
    await pipeline(Readable.from(rendered(rows, output, range, found)), createGzip(), measure, createWriteStream(beside, { mode: 0o600 }));
  } catch (error) {
    // On a disk that is full nothing may stay that is of no use.
    await rm(beside, { force: true });
    throw error;
  }
  if (found.rows === 0) {
    await rm(beside);
    return undefined;
  }
  const file = await open(beside, 'r');
  await file.sync().finally(() => file.close());
  await rename(beside, to);
  return { size: found.size, sha256: hash.digest('hex'), rows: found.rows };
};

const rendered = async function* (
  path: string,
  output: LogpushOutput,
  { first, end }: Range,
  found: { rows: number },
): AsyncGenerator<string> {
  const { batchPrefix, batchSuffix, recordPrefix, recordSuffix, recordDelimiter } = output;
  yield batchPrefix;
  let rest = '';
  let passed = 0;
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 256 * 1024 }) as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    // The braces of the row are what the prefix and the suffix are by default.
    const rows = lines.filter(isRow);
    const wanted = rows.slice(Math.max(0, first - passed), Math.max(0, end - passed));
    passed += rows.length;
    const records = wanted.map((line) => `${recordPrefix}${line.slice(1, -1)}${recordSuffix}`);
    if (records.length === 0) continue;
    yield (found.rows === 0 ? '' : recordDelimiter) + records.join(recordDelimiter);
    found.rows += records.length;
  }
  yield batchSuffix;
};

/** A machine that lost its power may have left a file longer than what was written to it. */
const isRow = (line: string): boolean => line.startsWith('{') && line.endsWith('}');
