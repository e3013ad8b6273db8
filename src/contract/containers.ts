import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { ACCOUNT } from './shapes.ts';

/** Containers are not offered; wrangler asks which there are before it deletes a Worker with Durable Objects. */
export const containerEndpoints = {
  listContainerApplications: {
    method: 'GET',
    path: `${ACCOUNT}/containers/applications`,
    tag: 'Containers',
    summary: 'The applications of Containers: there are none here',
    result: z.array(z.never()),
  },
} as const satisfies Record<string, Endpoint>;
