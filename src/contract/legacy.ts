import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { annotations, WORKERS } from './shapes.ts';
import { resources } from './versions.ts';

const LOG = `${WORKERS}/deployments/by-script/:script_tag` as const;

const entry = z
  .object({
    id: z.string(),
    number: z.number(),
    metadata: z.object({
      created_on: z.string(),
      modified_on: z.string(),
      source: z.string(),
      author_id: z.string(),
      author_email: z.string(),
    }),
    annotations,
  })
  .meta({ id: 'LegacyDeployment' });

/** The log of wrangler 2.x to 3.34, from when a deployment was a snapshot of a Worker. */
export const legacyEndpoints = {
  listLegacyDeployments: {
    method: 'GET',
    path: LOG,
    tag: 'Legacy',
    summary: 'The ten latest, oldest first: the last is active',
    query: z.object({ order: z.string().optional() }),
    result: z.object({ items: z.array(entry), latest: entry }),
  },
  getLegacyDeployment: {
    method: 'GET',
    path: `${LOG}/detail/:deployment_id`,
    tag: 'Legacy',
    summary: 'One entry, by the id of a deployment or a version',
    result: entry.extend({ resources }),
  },
} as const satisfies Record<string, Endpoint>;
