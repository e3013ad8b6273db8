import { z } from 'zod';
import { compareEndpoints } from './compare.ts';
import { differenceEndpoints } from './differences.ts';
import type { Endpoint } from './endpoint.ts';
import { edgeStatus, eventEndpoints } from './events.ts';
import { observeEndpoints } from './observe.ts';
import { overviewEndpoints } from './overview.ts';
import { revisionEndpoints } from './revisions.ts';
import { rollbackEndpoints } from './rollbacks.ts';
import { sessionEndpoints } from './sessions.ts';
import { historyEndpoints } from './histories.ts';
import { moment, paging } from './shapes.ts';
import { deployment } from './deployments.ts';

const processState = z.enum(['cold', 'starting', 'ready', 'draining', 'backing_off']);

const processStatus = z.object({
  edge: z.string(),
  state: processState,
  pid: z.number().nullable(),
  started_on: z.string().nullable(),
  restarts: z.number().describe('How many of its processes ended without being asked to.'),
  resident_bytes: z.number().nullable(),
  broken_on: z.string().nullable().describe('Since when its breaker is open: it keeps failing, and its requests are refused.'),
  reason: z.string().nullable().describe('Why it is not ready.'),
});

const versionStatus = z.object({
  version_id: z.string(),
  number: z.number().nullable(),
  percentage: z.number(),
  tag: z.string().nullable(),
  message: z.string().nullable(),
  state: processState.describe('Of its process on the edge that is furthest along.'),
  pid: z.number().nullable(),
  reason: z.string().nullable().describe('Why it is not ready.'),
  processes: z.array(processStatus).describe('One for each edge that tells of it; two while one drains and its successor is there.'),
});

const workerStatus = z.object({
  name: z.string(),
  url: z.string().nullable().describe('The address that opens; null while workers.dev is off.'),
  deployment: deployment.extend({ author: z.string(), versions: z.array(versionStatus) }).nullable(),
});

const status = z
  .object({
    running: z.literal(true),
    control_url: z.string(),
    edge_url: z.string().nullable(),
    generation: z.number().describe('Of the routing table.'),
    behind: z.string().nullable().describe('Why the newest generation is stored and cannot be told to the edges; null while all is well.'),
    edges: z.array(edgeStatus),
    workers: z.array(workerStatus),
  })
  .meta({ id: 'Status' });

const auditEntry = z
  .object({
    id: z.string(),
    at: z.string(),
    actor: z.object({ id: z.string(), email: z.string(), ip: z.string().optional() }),
    action: z.string(),
    target: z.string(),
    detail: z.record(z.string(), z.unknown()),
    zone: z.string().optional(),
  })
  .meta({ id: 'AuditEntry' });

/** Switchback's own calls, under `/switchback/v1`. */
export const ownEndpoints = {
  ...compareEndpoints,
  ...observeEndpoints,
  ...overviewEndpoints,
  ...historyEndpoints,
  ...differenceEndpoints,
  ...revisionEndpoints,
  ...rollbackEndpoints,
  ...sessionEndpoints,
  ...eventEndpoints,
  getStatus: { method: 'GET', path: '/status', tag: 'Switchback', summary: 'What runs and serves, on every edge', result: status },
  listAudit: {
    method: 'GET',
    path: '/audit',
    tag: 'Switchback',
    summary: 'The log of changes, newest first',
    query: paging.extend({
      target: z.string().optional().describe('Only changes of this, such as `worker/hello`.'),
      action: z.string().optional().describe('An action, or the first word of several: `deployment`.'),
      actor: z.string().optional().describe('An e-mail address, the name of a token that has none, or a token’s id.'),
      since: moment.optional().describe('A date or a time; from then on.'),
      until: moment.optional().describe('A date or a time; until then.'),
    }),
    result: z.array(auditEntry),
  },
} as const satisfies Record<string, Endpoint>;
