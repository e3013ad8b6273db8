import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { annotations, json, nothing, nullish, paging, SCRIPT } from './shapes.ts';

const share = z.object({ version_id: z.string(), percentage: z.number() });

/** A deployment: which versions serve, and how much of the traffic each of them gets. */
export const deployment = z
  .object({
    id: z.string(),
    source: z.string(),
    strategy: z.literal('percentage'),
    author_email: z.string(),
    created_on: z.string(),
    annotations,
    versions: z.array(share),
  })
  .meta({ id: 'Deployment' });

const deploymentRequest = z
  .looseObject({
    strategy: z.literal('percentage').optional(),
    versions: z.array(share).describe('One or two; the percentages total 100.'),
    annotations: nullish(annotations),
  })
  .meta({ id: 'DeploymentRequest' });

const ACTIVE = 'The active deployment; `"none"` where there is none.';

/** A deployment is made over the one that the client knows. */
export const deploymentHeaders = {
  etag: ACTIVE,
  headers: z.object({
    'if-match': z.string().optional().describe('The id of the deployment that must be active, in quotes; `"none"` where none must be.'),
  }),
};

export const deploymentEndpoints = {
  listDeployments: {
    method: 'GET',
    path: `${SCRIPT}/deployments`,
    tag: 'Deployments',
    summary: 'Deployments, newest first; the first one is active',
    query: paging,
    etag: ACTIVE,
    result: z.object({ deployments: z.array(deployment) }),
  },
  createDeployment: {
    method: 'POST',
    path: `${SCRIPT}/deployments`,
    tag: 'Deployments',
    summary: 'Make one or two versions serve; with If-Match only while the named deployment is active',
    query: z.object({ force: z.string().optional().describe('`true`: also where secrets changed since the version last served.') }),
    ...deploymentHeaders,
    body: json(deploymentRequest),
    result: deployment,
  },
  getDeployment: {
    method: 'GET',
    path: `${SCRIPT}/deployments/:deployment_id`,
    tag: 'Deployments',
    summary: 'One deployment',
    result: deployment,
  },
  deleteDeployment: {
    method: 'DELETE',
    path: `${SCRIPT}/deployments/:deployment_id`,
    tag: 'Deployments',
    summary: 'Take a deployment that is not active out of the history',
    result: nothing,
  },
} as const satisfies Record<string, Endpoint>;
