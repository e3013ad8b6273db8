import { z } from 'zod';
import { STORY_KINDS } from '../domain/index.ts';
import type { Endpoint } from './endpoint.ts';
import { deed, look, or, story, toldDeployment, versionShare } from './history.ts';
import { paging } from './shapes.ts';

const hosts = z
  .object({
    workers_dev: or(z.string()).describe('The address that opens; null while workers.dev is off.'),
    domains: z.array(z.string()),
    routes: z.array(z.string()).describe('Patterns.'),
    crons: z.array(z.string()),
    queues: z.array(z.string()).describe('Names of those whose messages it gets.'),
    callers: z.array(z.string()).describe('Workers that bind it in a version that serves. Asked only where nothing else reaches it.'),
  })
  .meta({ id: 'WorkerHosts' });

const counted = {
  requests: z.number(),
  errors: z.number(),
  error_rate: or(z.number()).describe('0 to 1; null without requests.'),
  requests_per_minute: z.number().describe('Over the last minutes.'),
};

const servingVersion = versionShare.extend({
  measured: or(z.object(counted)).describe('null where the process that observes does not answer.'),
});

const comparison = z
  .object({
    version_id: z.string(),
    baseline_id: z.string(),
    since: z.string(),
    error_rate: z.object({
      version: or(z.number()),
      baseline: or(z.number()),
      verdict: z.enum(['better', 'worse', 'no_clear_difference', 'too_early']),
    }),
  })
  .describe('Of errors alone, over the time and by the statistics of `compare`.')
  .meta({ id: 'ErrorComparison' });

const lastChange = z
  .object({
    kind: z
      .enum([...STORY_KINDS, 'saved', 'created'])
      .describe('`saved`: a version without traffic. `created`: the Worker, that has none.'),
    ...deed,
    author: or(deed.author),
    source: or(deed.source),
    message: or(z.string()),
    version_id: or(z.string()),
    number: or(z.number()),
    story: or(story).describe('Of a deployment.'),
  })
  .meta({ id: 'LastChange' });

const metrics = z
  .object({
    ...counted,
    series: z.array(z.number()).describe('Requests of each step, the oldest first; the last step is under way.'),
  })
  .meta({ id: 'WorkerMetrics' });

const row = z
  .object({
    id: z.string(),
    name: z.string(),
    created_on: z.string(),
    hosts,
    version_count: z.number(),
    newest_version: or(
      z.object({ version_id: z.string(), number: z.number(), ...deed, message: or(z.string()), tag: or(z.string()), look }),
    ),
    deployment: or(z.object({ id: z.string(), ...deed, versions: z.array(servingVersion) })).describe('The active one.'),
    last_change: lastChange,
    is_recent: z.boolean().describe('Traffic is split, or something was changed in the last 24 hours.'),
    metrics: or(metrics).describe('null where the process that observes does not answer.'),
    comparison: or(comparison).describe('Of what is split or was changed in the last 24 hours; null of others, and where nobody can tell.'),
    is_failing_more: z.boolean().describe('Its new version fails more often than the one it is compared with.'),
  })
  .meta({ id: 'WorkerRow' });

const window = z
  .object({ since: z.string(), until: z.string(), step_seconds: z.number(), recent_since: z.string() })
  .describe('Which time the numbers are of: those of a minute are from `recent_since` on.')
  .meta({ id: 'OverviewWindow' });

const list = z
  .object({
    workers: z.array(row),
    totals: z
      .object({ all: z.number(), found: z.number(), split: z.number(), recent: z.number(), failing_more: z.number() })
      .describe('`found`: those that the search leaves, over all pages. The others are of all Workers.'),
    window: or(window),
  })
  .meta({ id: 'WorkersOverview' });

const edges = z
  .object({ connected: z.number(), generation: z.number(), pending: z.array(z.string()).describe('Those that do not follow yet.') })
  .meta({ id: 'EdgesConfirming' });

const one = row
  .extend({
    deployment: or(toldDeployment.extend({ versions: z.array(servingVersion) })),
    previous_deployment: or(toldDeployment),
    looks: z.record(z.string(), look).describe('Of the 500 versions that were deployed last, by their ids.'),
    window: or(window),
    edges,
  })
  .meta({ id: 'WorkerOverview' });

export const overviewEndpoints = {
  listWorkersOverview: {
    method: 'GET',
    path: '/workers',
    tag: 'Overview',
    summary: 'The Workers with what serves of them and how it does; those that changed lately first',
    query: paging.extend({
      search: z
        .string()
        .max(200)
        .optional()
        .describe('In the name, a host name, the number, tag or message of a version that serves or is the newest, or who changed it.'),
      only: z.enum(['split', 'failing_more']).optional(),
    }),
    result: list,
  },
  getWorkerOverview: {
    method: 'GET',
    path: '/workers/:name',
    tag: 'Overview',
    summary: 'One Worker: what serves of it, since when, how it does, and which edges follow',
    result: one,
  },
} as const satisfies Record<string, Endpoint>;
