import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { ACCOUNT, moment, paging } from './shapes.ts';

/** The log of changes as Cloudflare's clients read it (cloudflare-typescript, resources/audit-logs). */
const auditLog = z
  .object({
    id: z.string(),
    action: z.object({
      type: z.string().describe('`deployment.create`, `version.upload`, …'),
      result: z.literal(true).describe('What was refused changed nothing, and is not logged.'),
      info: z.string().describe('What its author said of it.'),
    }),
    actor: z.object({
      id: z.string(),
      email: z.string().describe('Of a token without one, its name.'),
      ip: z.string().optional(),
      type: z.enum(['user', 'Cloudflare']).describe('`Cloudflare` is the server itself: an edge that gave a version up.'),
    }),
    interface: z.string().describe('The client: `wrangler`, `cli`, `terraform` or `api`.'),
    metadata: z.record(z.string(), z.unknown()),
    newValue: z.literal('').describe('Values are not logged.'),
    oldValue: z.literal(''),
    owner: z.object({ id: z.string().describe('The account.') }),
    resource: z.object({ id: z.string(), type: z.string() }),
    when: z.string(),
  })
  .meta({ id: 'AuditLog' });

export const auditEndpoints = {
  listAuditLogs: {
    method: 'GET',
    path: `${ACCOUNT}/audit_logs`,
    tag: 'Account',
    summary: 'The log of changes',
    query: paging.extend({
      id: z.string().optional(),
      'actor.email': z.string().optional(),
      'actor.ip': z
        .union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'must be an address or a range of them, such as 10.0.0.0/8')
        .optional(),
      'action.type': z.string().optional().describe('An action, or the first word of several: `deployment`.'),
      'zone.name': z.string().optional(),
      since: moment.optional().describe('A date or a time; from then on.'),
      before: moment.optional().describe('A date or a time; until then.'),
      direction: z.enum(['desc', 'asc']).optional(),
      hide_user_logs: z.enum(['true', 'false']).optional().describe('Changes nothing: every change is one of the account.'),
      export: z.literal('false', 'is not offered: the log is told as JSON').optional(),
    }),
    result: z.array(auditLog),
  },
} as const satisfies Record<string, Endpoint>;
