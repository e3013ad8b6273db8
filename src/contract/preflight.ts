import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { limits, nothing, placement, SCRIPT } from './shapes.ts';

const names = z.array(z.string());
const changes = z.object({ added: names, removed: names, changed: names });
const pair = <Value extends z.ZodType>(value: Value) => z.object({ before: value, after: value });
const or = <Value extends z.ZodType>(value: Value) => z.union([value, nothing]);

const differences = z
  .object({
    version_id: z.string(),
    compared_to: z.string().describe('The newest version that serves.'),
    bindings: changes,
    secrets: changes.describe('By name only.'),
    modules: changes,
    code_size: pair(z.number()).describe('Bytes.'),
    assets: z
      .object({
        files: pair(z.number()),
        differing: z.number().describe('How many files came, went or changed.'),
        ...changes.shape,
        settings: changes.describe('How they are served, by the names of the settings.'),
      })
      .describe('Of each list the first 100 paths.'),
    classes: changes.describe('Durable Object classes.'),
    compatibility_date: or(pair(or(z.string()))).describe('null where it stays.'),
    compatibility_flags: z.object({ added: names, removed: names }),
    limits: or(pair(limits)).describe('null where they stay.'),
    placement: or(pair(or(placement))).describe('null where it stays.'),
  })
  .meta({ id: 'VersionDifferences' });

const reason = { code: z.number(), message: z.string(), version_id: or(z.string()) };

const preflight = z
  .object({
    allowed: z.boolean().describe('Nothing blocks it.'),
    needs_force: z.boolean().describe('It must be made with ?force=true.'),
    active_deployment: or(z.string()),
    versions: z.array(z.object({ version_id: z.string(), number: or(z.number()), percentage: z.number() })),
    blockers: z
      .array(z.object({ ...reason, bindings: z.array(z.string()).describe('Names of bindings that reach nothing any more.') }))
      .describe('What it would be refused for, whatever is forced.'),
    warnings: z.array(z.object({ ...reason, needs_force: z.boolean() })),
    differences: z.array(differences),
  })
  .meta({ id: 'Preflight' });

export const preflightEndpoints = {
  preflightDeployment: {
    method: 'GET',
    path: `${SCRIPT}/deployments/preflight`,
    tag: 'Deployments',
    summary: 'What speaks against a deployment or a rollback, and what it would change; nothing is done',
    query: z.object({
      versions: z
        .string()
        .optional()
        .describe(
          'The split as `wrangler versions deploy` takes it: `<version>@90,<version>@10`. The first 8 digits of an id will do where no other begins with them.',
        ),
      rollback_to: z.string().optional().describe('In place of `versions`: the version that would get all traffic.'),
    }),
    result: preflight,
  },
} as const satisfies Record<string, Endpoint>;
