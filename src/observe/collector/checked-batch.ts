import { z } from 'zod';
import { MOST_TRACE_CHARACTERS, type Trace, type TraceBatch, type TraceException, type TraceLog } from '../trace.ts';
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
  traces: z.array(trace).max(MOST_TRACES),
  dropped: z.int().min(0),
});

/**
 * A batch as a tracer sends it; undefined for anything else. Tracers are ours, but each runs beside a tenant's code: nothing is
 * believed that cannot be so, and what is longer than a tracer sends is cut as it should have been.
 */
export const checkedBatch = (body: string): TraceBatch | undefined => {
  const { data } = batch.safeParse(parsed(body));
  if (data === undefined || data.traces.some(({ v }) => v >= data.versions.length)) return undefined;
  return { ...data, traces: data.traces.map((each) => (charactersOf(each) > MOST_TRACE_CHARACTERS ? cut(each) : each)) };
};

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

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
