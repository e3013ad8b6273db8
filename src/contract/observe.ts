import { z } from 'zod';
import { durationMs } from '../base/index.ts';
import { INVOCATION_KINDS, OUTCOMES } from '../domain/index.ts';
import type { Endpoint } from './endpoint.ts';
import { moment } from './shapes.ts';

/** So long ago, or when. */
const time = z
  .string()
  .refine(
    (text) => durationMs(text) !== undefined || moment.safeParse(text).success,
    'must be a date, a time such as 2026-11-21T08:00:00Z, or how long ago: 90m, 12h, 1d or 2w',
  );

const window = z.object({
  since: time.default('1h').describe('`90m`, `12h`, `1d`, `2w` are so long ago; else a date or a time.'),
  until: time.optional().describe('The same. If not given, now.'),
});

const p50p90p99 = z.object({ p50: z.number(), p90: z.number(), p99: z.number() });
const LATENCY = 'To 1 %, without WebSockets, which last as long as their visitors stay. Null where there is nothing.';

const quantiles = p50p90p99.nullable().describe(LATENCY);

const quantilesWithInterval = p50p90p99
  .extend({
    p99_interval: z
      .object({ lower: z.number(), upper: z.number().nullable() })
      .describe('Where p99 may be in truth, 95 times in 100; `upper` is null where there are too few requests to tell.'),
  })
  .nullable()
  .describe(LATENCY);

const measured = {
  requests: z.number().describe('Invocations of every kind.'),
  errors: z.number().describe('Those that failed, and answers of 500 and above.'),
  error_rate: z.number().nullable().describe('0 to 1; null without requests.'),
  latency_ms: quantilesWithInterval,
  cpu_ms: z.number().nullable().describe('Of its processes, so that it is known of versions only.'),
};

const versionFacts = z.object({
  id: z.string(),
  number: z.number().nullable(),
  tag: z.string().nullable(),
  message: z.string().nullable(),
});

const metrics = z
  .object({
    worker: z.string(),
    since: z.string(),
    until: z.string(),
    step_seconds: z.number(),
    group: z.enum(['version', 'status', 'outcome', 'kind']),
    groups: z.array(
      z.object({
        key: z.string().describe("A version's id, a status class such as `2xx`, an outcome or a kind."),
        version: versionFacts.nullable(),
        ...measured,
        series: z.array(z.object({ at: z.string(), ...measured })).describe('Where there was nothing there is no point.'),
      }),
    ),
  })
  .meta({ id: 'Metrics' });

const invocation = z
  .object({
    id: z.string().describe('The ray of a request.'),
    at: z.string(),
    worker: z.string(),
    version: z.object({ id: z.string(), tag: z.string().nullable(), message: z.string().nullable() }),
    kind: z.enum(INVOCATION_KINDS),
    entrypoint: z.string().nullable(),
    object_id: z.string().nullable().describe('Of the Durable Object that it ran in.'),
    outcome: z.enum(OUTCOMES),
    status: z.number().nullable(),
    wall_ms: z.number(),
    cpu_ms: z.number().nullable().describe("Its process's, apportioned to those that ran meanwhile."),
    why: z.string().nullable().describe('Why the request went to this version.'),
    client_ip: z.string().nullable(),
    method: z.string().nullable(),
    url: z.string().nullable().describe('Host and path.'),
    event: z.record(z.string(), z.unknown()).nullable().describe('As the runtime tells of it; null where it told nothing.'),
    logs: z.array(z.object({ at: z.string(), level: z.string(), message: z.unknown() })),
    exceptions: z.array(z.object({ at: z.string(), name: z.string(), message: z.string(), stack: z.string().nullable() })),
    is_truncated: z.boolean(),
  })
  .meta({ id: 'Invocation' });

const exceptionGroup = z
  .object({
    id: z.string(),
    name: z.string(),
    message: z.string().describe('Numbers and ids in it are `#`.'),
    frame: z.string().describe('Where it was thrown, as the sources have it.'),
    first_seen: z.string(),
    last_seen: z.string(),
    total: z.number().describe('Since it was first seen.'),
    count: z.number().describe('In the time that was asked for.'),
    versions: z.array(
      z.object({
        version_id: z.string(),
        number: z.number().nullable(),
        count: z.number(),
        per_10k_requests: z.number().nullable().describe("Of the version's own requests."),
      }),
    ),
    sample: invocation.nullable().describe('Without its query, and cut where it is large; null where nothing of the Worker is to be kept.'),
  })
  .meta({ id: 'ExceptionGroup' });

const liveCounts = z
  .object({
    at: z.string(),
    versions: z
      .array(z.object({ version_id: z.string(), requests: z.number(), errors: z.number(), latency_ms: quantiles }))
      .describe('Those that did something.'),
  })
  .meta({ id: 'LiveCounts', description: 'The data of one event, as JSON: what came since the last.' });

const observability = z
  .object({
    archive: z.object({
      most_bytes: z.number(),
      counts_bytes: z.number(),
      records_bytes: z.number(),
      oldest_counts: z.string().nullable(),
      oldest_record: z.string().nullable(),
    }),
    dropped: z.record(z.string(), z.number()).describe('What was lost, by cause, since the process started.'),
    since: z.string().describe('When the process that collects started.'),
  })
  .meta({ id: 'ObservabilityStatus' });

const tag = 'Observability';

export const observeEndpoints = {
  getMetrics: {
    method: 'GET',
    path: '/workers/:name/metrics',
    tag,
    summary: 'Requests, errors and latency of a Worker, by version',
    query: window.extend({
      step: z
        .string()
        .regex(/^\d{1,4}[mhd]$/, 'must be minutes, hours or days, such as 5m')
        .optional()
        .describe('How long one point of the series is. If not given, such that there are at most about 100.'),
      group: z.enum(['version', 'status', 'outcome', 'kind']).default('version'),
    }),
    result: metrics,
  },
  listInvocations: {
    method: 'GET',
    path: '/workers/:name/invocations',
    tag,
    summary: 'What was kept of single invocations, newest first',
    query: window.extend({
      version: z.string().optional().describe('An id, or its first 8 digits.'),
      outcome: z.enum(OUTCOMES).optional(),
      kind: z.enum(INVOCATION_KINDS).optional(),
      status: z
        .string()
        .regex(/^[1-5](xx|\d\d)$/, 'must be a status such as 404, or a class such as 5xx')
        .optional(),
      min_ms: z.coerce.number().min(0).optional().describe('Those that took at least so long.'),
      errors: z.enum(['true', 'false']).optional().describe('`true`: only what failed or threw.'),
      search: z.string().min(1).max(200).optional().describe('A text anywhere in it: logs, exceptions, address, headers.'),
      ray: z.string().max(200).optional(),
      limit: z.coerce.number().int().min(1).max(100).default(50),
      cursor: z
        .string()
        .regex(/^\d{1,16}-\d{1,16}$/, 'must be the cursor of the page before')
        .optional(),
    }),
    result: z
      .array(invocation)
      .describe('`result_info.cursor` leads on; a page may be short, or empty, and still have one: `looked_back_to` says how far it went.'),
  },
  getInvocation: {
    method: 'GET',
    path: '/workers/:name/invocations/:ray',
    tag,
    summary: 'One invocation, by the ray that its answer had in `cf-ray`',
    result: invocation,
  },
  listExceptions: {
    method: 'GET',
    path: '/workers/:name/exceptions',
    tag,
    summary: 'Exceptions that are one fault, with their rates in each version, the most frequent first',
    query: window,
    result: z.array(exceptionGroup),
  },
  watchLive: {
    method: 'GET',
    path: '/workers/:name/live',
    tag,
    summary: 'Counts per version as they come, as server-sent events, one each second',
    result: z.unknown(),
    raw: 'events',
    event: liveCounts,
  },
  getObservability: {
    method: 'GET',
    path: '/observability',
    tag,
    summary: 'What is kept of what was observed, and what was lost',
    result: observability,
  },
} as const satisfies Record<string, Endpoint>;
