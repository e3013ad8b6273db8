import type { InvocationRecord } from '../record.ts';
import type { TraceException, TraceLog } from '../trace.ts';
import { packed } from './packed.ts';

/** There are hundreds of groups of each Worker, and each has one. */
const MOST_BYTES = 4_096;
const MOST_EXCEPTIONS = 4;
const MOST_LOG_CHARACTERS = 4_000;

/** The record of a group, packed: whole where it is small enough, and else without what says least of why it failed. */
export const sampleOf = (record: InvocationRecord): Buffer => {
  for (const smaller of [(whole: InvocationRecord) => whole, withoutMuch]) {
    const bytes = packed(smaller(record));
    if (bytes.length <= MOST_BYTES) return bytes;
  }
  return packed(bare(record));
};

const withoutMuch = (record: InvocationRecord): InvocationRecord => ({
  ...record,
  event: null,
  logs: firstLogs(record.logs),
  exceptions: record.exceptions.slice(0, MOST_EXCEPTIONS).map((each) => cut(each, 2_000)),
  isTruncated: true,
});

const bare = (record: InvocationRecord): InvocationRecord => ({
  ...record,
  event: null,
  logs: [],
  exceptions: record.exceptions.slice(0, 1).map((each) => cut(each, 500)),
  isTruncated: true,
});

const cut = ({ name, message, stack, timestamp }: TraceException, most: number): TraceException => ({
  name: name.slice(0, 200),
  message: message.slice(0, most),
  ...(stack === undefined ? {} : { stack: stack.slice(0, most) }),
  timestamp,
});

const firstLogs = (logs: readonly TraceLog[]): readonly TraceLog[] => {
  let left = MOST_LOG_CHARACTERS;
  return logs.filter((log) => (left -= JSON.stringify(log).length) >= 0);
};
