import { accept, type Result } from '../../base/index.ts';
import type { BucketIndex } from './bucket-index.ts';
import { fault, type Fault } from './fault.ts';
import { LIMITS } from './limits.ts';
import type { R2RequestOf } from './request.ts';
import { objectJson, type ObjectJson } from './wire.ts';

export interface Listed {
  readonly objects: readonly ObjectJson[];
  readonly delimitedPrefixes: readonly string[];
  readonly truncated: boolean;
  readonly cursor?: string;
}

/** Keys are UTF-8, in which this byte is never found. */
const AFTER_ALL = Buffer.from([0xff]);

/**
 * A page of a bucket: objects, and in place of those whose keys go on behind a delimiter, each such prefix once. What lies under a
 * prefix is skipped, not read.
 */
export const listObjects = (index: BucketIndex, bucket: number, wanted: R2RequestOf<'list'>): Result<Listed, Fault> => {
  const { limit = LIMITS.listed, include } = wanted;
  if (limit < 1 || limit > LIMITS.listed) return fault('invalidLimit');
  const prefix = Buffer.from(wanted.prefix);
  const delimiter = Buffer.from(wanted.delimiter);
  const cursor = wanted.cursor === undefined ? undefined : readCursor(wanted.cursor);
  if (wanted.cursor !== undefined && cursor === undefined) return fault('invalidArgument', 'The cursor is not one of a list.');
  const before = prefix.length === 0 ? AFTER_ALL : successor(prefix);
  let from = latest([prefix, cursor, wanted.startAfter === undefined ? undefined : following(Buffer.from(wanted.startAfter))]);
  const [objects, prefixes]: [ObjectJson[], string[]] = [[], []];
  let bytes = 0;
  let page = delimiter.length === 0 ? MOST_ROWS : FEW_ROWS;
  for (;;) {
    const left = limit - objects.length - prefixes.length;
    const rows = index.objectsFrom(bucket, from, before, Math.min(left, page) + 1);
    page = Math.min(MOST_ROWS, page * 4);
    if (rows.length === 0) return accept({ objects, delimitedPrefixes: prefixes, truncated: false });
    for (const row of rows) {
      if (objects.length + prefixes.length === limit || bytes > LIMITS.listBytes)
        return accept({ objects, delimitedPrefixes: prefixes, truncated: true, cursor: from.toString('base64url') });
      const key = Buffer.from(row.key);
      const at = delimiter.length === 0 ? -1 : key.indexOf(delimiter, prefix.length);
      if (at === -1) {
        const shown = objectJson(row, { http: include.includes(0), custom: include.includes(1) });
        bytes += Buffer.byteLength(JSON.stringify(shown));
        objects.push(shown);
        from = following(key);
      } else {
        const group = key.subarray(0, at + delimiter.length);
        bytes += group.length;
        prefixes.push(group.toString());
        from = successor(group);
        page = FEW_ROWS;
        break;
      }
    }
  }
};

/**
 * Rows that are read at once beside the one that follows: few behind a prefix, where another prefix is likely and makes the rest
 * useless, and more and more of them while keys are plain.
 */
const FEW_ROWS = 1;
const MOST_ROWS = 250;

const latest = (keys: readonly (Buffer | undefined)[]): Buffer =>
  keys.reduce<Buffer>((last, key) => (key !== undefined && Buffer.compare(key, last) > 0 ? key : last), Buffer.alloc(0));

/** The first key after this one. */
const following = (key: Buffer): Buffer => Buffer.concat([key, Buffer.from([0])]);

/** The first that does not begin with these bytes: UTF-8 has no byte that could overflow. */
const successor = (start: Buffer): Buffer => {
  const next = Buffer.from(start);
  next[next.length - 1] = (next.at(-1) ?? 0) + 1;
  return next;
};

/** A cursor is the key to go on from. */
const readCursor = (cursor: string): Buffer | undefined => {
  const key = Buffer.from(cursor, 'base64url');
  return key.toString('base64url') === cursor && key.length <= LIMITS.keyBytes + 1 ? key : undefined;
};
