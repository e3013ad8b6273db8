import { z } from 'zod';
import { MOST_TRACE_CHARACTERS, MOST_TRACE_DEPTH, type Trace, type TraceBatch, type TraceException, type TraceLog } from '../trace.ts';
import { INVOCATION_KINDS } from '../words.ts';

const MOST_VERSIONS = 64;
const MOST_TRACES = 20_000;
const MOST_NAME = 1_024;

const name = z.string().max(MOST_NAME);
const time = z.number().min(0).max(8.64e15);

const log = z.object({ message: z.unknown(), level: z.enum(['debug', 'info', 'log', 'warn', 'error']), timestamp: time });

const exception = z.object({ name: z.string(), message: z.string(), stack: z.string().optional(), timestamp: time });

const trace = z.object({
  v: z.int().min(0).max(MOST_VERSIONS),
  kind: z.enum(INVOCATION_KINDS),
  outcome: name,
  eventTimestamp: time.nullable(),
  endedAt: time,
  event: z.record(z.string(), z.unknown()).nullable(),
  entrypoint: name.optional(),
  executionModel: name.optional(),
  durableObjectId: name.optional(),
  logs: z.array(log),
  exceptions: z.array(exception),
  truncated: z.literal(true).optional(),
});

const version = z.object({
  id: name,
  script: name,
  tag: name.optional(),
  message: name.optional(),
  sourceMaps: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)).optional(),
});

const batch = z.object({
  versions: z.array(version).max(MOST_VERSIONS),
  traces: z.array(z.unknown()).max(MOST_TRACES),
  dropped: z.int().min(0),
});

export interface CheckedBatch {
  readonly batch: TraceBatch;
  /** Traces in it that could not be so. */
  readonly refused: number;
}

/**
 * A batch as a tracer sends it; undefined for anything else. Tracers are ours, but each runs beside a tenant's code: nothing is
 * believed that cannot be so, what is longer than a tracer sends is cut as it should have been, and one trace that is malformed takes
 * no other with it.
 */
export const checkedBatch = (body: string): CheckedBatch | undefined => {
  try {
    const { traces: all, ...rest } = batch.parse(JSON.parse(body));
    const traces = all.flatMap((each) => checkedTrace(each, rest.versions.length) ?? []);
    return { batch: { ...rest, traces }, refused: all.length - traces.length };
  } catch {
    return undefined;
  }
};

/** What a trace nests beside what was logged: its list, the log, and its arguments. */
const OF_TRACE = 10;

const checkedTrace = (value: unknown, versions: number): Trace | undefined => {
  const { data } = trace.safeParse(value);
  if (data === undefined || data.v >= versions) return undefined;
  // Whatever reads it further, or writes it, does so by functions that call themselves.
  if (isDeeper(data.event, MOST_TRACE_DEPTH + OF_TRACE) || isDeeper(data.logs, MOST_TRACE_DEPTH + OF_TRACE)) return undefined;
  return charactersOf(data) > MOST_TRACE_CHARACTERS ? cut(data) : data;
};

const isDeeper = (value: unknown, depth: number): boolean =>
  typeof value === 'object' && value !== null && (depth === 0 || Object.values(value).some((each) => isDeeper(each, depth - 1)));

/** What a tracer's own arithmetic may differ by: it counts the texts, not how they are written down. */
const OF_WRITING = 2;

const lengthOf = (value: unknown): number => JSON.stringify(value).length / OF_WRITING;

const charactersOf = ({ logs, exceptions }: Pick<Trace, 'logs' | 'exceptions'>): number =>
  logs.length + exceptions.length === 0 ? 0 : lengthOf(logs) + lengthOf(exceptions);

/** Exceptions first: they say why. */
const cut = (whole: Trace): Trace => {
  let left = MOST_TRACE_CHARACTERS;
  const fits = (each: TraceException | TraceLog): boolean => (left -= lengthOf(each)) >= 0;
  const exceptions = whole.exceptions.filter(fits);
  return { ...whole, exceptions, logs: whole.logs.filter(fits), truncated: true };
};
