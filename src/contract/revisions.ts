import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { or } from './history.ts';
import { STATE } from './settings.ts';
import { anyBinding, ifMatch, json, limits, nullish, placement, usageModel } from './shapes.ts';

const binding = anyBinding.omit({ name: true }).loose().meta({ id: 'UnnamedBinding' });

const revision = z
  .strictObject({
    env: z
      .record(z.string(), binding.nullable())
      .optional()
      .describe('Bindings by name, each as in an upload; null takes one away. Those that are not named stay, secrets too.'),
    compatibility_date: nullish(z.string()),
    compatibility_flags: nullish(z.array(z.string())),
    usage_model: nullish(usageModel),
    limits: nullish(limits).describe('All of them: one that is left out has none.'),
    placement: placement.nullish().describe('null takes it away.'),
    message: nullish(z.string()).describe('At most 1000 bytes. Of the versions, and of the deployment.'),
    tag: nullish(z.string()).describe('At most 100 bytes.'),
    deploy: z
      .boolean()
      .default(false)
      .describe(
        'If not, a version is made from the newest one and gets no traffic. If so, one from each version that serves, and each gets the share of its own; the newest one is changed too where it does not serve.',
      ),
  })
  .meta({ id: 'Revision' });

const revised = z
  .object({
    versions: z
      .array(z.object({ version_id: z.string(), number: z.number() }))
      .describe('Those that were made, in the order of their origins.'),
    deployment: or(
      z.object({ id: z.string(), versions: z.array(z.object({ version_id: z.string(), number: z.number(), percentage: z.number() })) }),
    ),
  })
  .meta({ id: 'Revised' });

export const revisionEndpoints = {
  createRevision: {
    method: 'POST',
    path: '/workers/:name/revisions',
    tag: 'Overview',
    summary: 'The same code with other bindings or configuration: saved without traffic, or deployed',
    body: json(revision),
    ...ifMatch(STATE),
    result: revised,
  },
} as const satisfies Record<string, Endpoint>;
