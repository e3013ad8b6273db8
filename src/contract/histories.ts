import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { or, reason, toldDeployment, versionFacts } from './history.ts';
import { paging } from './shapes.ts';

const served = z
  .object({
    since: z.string().describe('When it first got traffic.'),
    from: z.string().describe('When it began to serve the last time.'),
    until: or(z.string()).describe('When it left; null of one that serves.'),
    percentage: z.number().describe('What it has, or had last.'),
    held_all: z.boolean().describe('Whether it ever had all traffic.'),
    held_all_until: or(z.string()).describe('When it last ceased to have all of it; null of one that has, or never had.'),
  })
  .meta({ id: 'VersionService', description: 'When a version served.' });

const servedFacts = { ...versionFacts, served: or(served).describe('null of one that never had traffic.') };

const listedVersion = z
  .object({
    ...servedFacts,
    alias: or(z.string()),
    triggered_by: z.string(),
    startup_ms: z.number(),
    modules: z.object({ count: z.number(), bytes: z.number().describe('Of what is loaded: source maps are not.') }),
    assets: z.number().describe('Files.'),
    bindings: z.number(),
    compatibility_date: or(z.string()),
    is_deployable: z.boolean().describe('It is new enough, or serves.'),
    url: or(z.string()).describe('The address that opens this version alone; null where there is none.'),
  })
  .meta({ id: 'ListedVersion' });

const target = z
  .object({
    ...servedFacts,
    is_last_whole: z.boolean().describe('The last version that had all traffic, beside the one that serves.'),
    blockers: z.array(reason).describe('What a rollback to it would be refused for, whatever is forced.'),
    warnings: z.array(reason.extend({ needs_force: z.boolean() })),
    secrets_changed: z
      .array(
        z.object({
          name: z.string(),
          change: z.enum(['added', 'removed', 'changed']).describe('What became of it since.'),
          by: or(z.string()),
          on: or(z.string()),
        }),
      )
      .describe(
        'Secrets that have other values in what serves. Who changed one last, and when, as the audit log has it; null where it does not.',
      ),
  })
  .meta({ id: 'RollbackTarget' });

const NAME = '/workers/:name';
const tag = 'Overview';

export const historyEndpoints = {
  listDeploymentHistory: {
    method: 'GET',
    path: `${NAME}/deployments`,
    tag,
    summary: 'Deployments, newest first, with what each of them did',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(500).default(100),
      cursor: z.string().regex(/^\d+$/, 'must be the cursor of the page before').optional(),
    }),
    result: z.array(toldDeployment).describe('`result_info.cursor` leads on; `total_count` is how many there are.'),
  },
  listVersionHistory: {
    method: 'GET',
    path: `${NAME}/versions`,
    tag,
    summary: 'Versions, newest first, with when each of them served',
    query: paging.extend({
      tag: z.string().max(200).optional().describe('A part of the tag; so of the others.'),
      author: z.string().max(200).optional(),
      message: z.string().max(200).optional(),
      search: z
        .string()
        .max(200)
        .optional()
        .describe('In the tag, the message, who made it, the beginning of the id, or its number, as `v42` or `42`.'),
      deployable: z.enum(['true', 'false']).optional().describe('`true`: only those that may be deployed.'),
    }),
    result: z.array(listedVersion),
  },
  listRollbackTargets: {
    method: 'GET',
    path: `${NAME}/rollback-targets`,
    tag,
    summary: 'The versions that served, the one that left last first, with what speaks against going back to each',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(50).default(10),
      cursor: z.string().regex(/^\d+$/, 'must be the cursor of the page before').optional(),
    }),
    result: z.array(target).describe('`result_info.cursor` leads on; `total_count` is how many there are.'),
  },
} as const satisfies Record<string, Endpoint>;
