import { z } from 'zod';
import { deployment, deploymentHeaders } from './deployments.ts';
import type { Endpoint } from './endpoint.ts';
import { json, nullish } from './shapes.ts';

const rollback = z
  .strictObject({
    version_id: z.string().describe('Whose code comes back.'),
    message: nullish(z.string()).describe('At most 1000 bytes. Of the deployment.'),
  })
  .meta({ id: 'RenewedRollback' });

const madeVersion = z.object({ version_id: z.string(), number: z.number() });

const rolledBack = z
  .object({
    version: madeVersion.describe('That was made, and has all traffic.'),
    of: madeVersion.describe('Whose code it has. That one stays as it is.'),
    deployment,
  })
  .meta({ id: 'RolledBackRenewed' });

export const rollbackEndpoints = {
  rollBackRenewed: {
    method: 'POST',
    path: '/workers/:name/rollbacks',
    tag: 'Overview',
    summary: 'Back to the code and bindings of a version with the secrets of today: makes a version of both, and gives it all traffic',
    ...deploymentHeaders,
    body: json(rollback),
    result: rolledBack,
  },
} as const satisfies Record<string, Endpoint>;
