import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { script } from './scripts.ts';
import { nothing, shownBinding, usageModel, WORKERS } from './shapes.ts';
import { subdomainState } from './triggers.ts';
import { route } from './zones.ts';

const SERVICE = `${WORKERS}/services/:script_name` as const;
const ENVIRONMENT = `${SERVICE}/environments/:environment` as const;

/** Times of a Worker in its one environment. */
const inProduction = { environment: z.literal('production'), created_on: z.string(), modified_on: z.string() };

const environment = z.object({ ...inProduction, script }).meta({ id: 'Environment' });

const service = z
  .object({
    id: z.string(),
    created_on: z.string(),
    modified_on: z.string(),
    usage_model: usageModel,
    default_environment: environment,
    environments: z.array(z.object(inProduction)),
  })
  .meta({ id: 'Service' });

export const serviceEndpoints = {
  getService: { method: 'GET', path: SERVICE, tag: 'Services', summary: 'The Worker, as wrangler looks it up', result: service },
  deleteService: {
    method: 'DELETE',
    path: SERVICE,
    tag: 'Services',
    summary: 'Delete the Worker',
    query: z.object({ force: z.string().optional() }),
    result: nothing,
  },
  getEnvironment: { method: 'GET', path: ENVIRONMENT, tag: 'Services', summary: 'The Worker in its one environment', result: environment },
  getEnvironmentBindings: {
    method: 'GET',
    path: `${ENVIRONMENT}/bindings`,
    tag: 'Services',
    summary: 'Bindings of what serves',
    result: z.array(shownBinding),
  },
  getEnvironmentRoutes: {
    method: 'GET',
    path: `${ENVIRONMENT}/routes`,
    tag: 'Services',
    summary: 'Routes of the Worker',
    query: z.object({ show_zonename: z.string().optional() }),
    result: z.array(route.extend({ zone_name: z.string() })),
  },
  getEnvironmentSubdomain: {
    method: 'GET',
    path: `${ENVIRONMENT}/subdomain`,
    tag: 'Services',
    summary: 'Whether it answers under workers.dev',
    result: subdomainState,
  },
  getEnvironmentContent: {
    method: 'GET',
    path: `${ENVIRONMENT}/content/v2`,
    tag: 'Services',
    summary: 'The modules that serve',
    result: nothing,
    raw: 'modules',
  },
  listTailsByConsumer: {
    method: 'GET',
    path: `${WORKERS}/tails/by-consumer/:script_name`,
    tag: 'Services',
    summary: 'Workers that send their tail here: none',
    result: z.array(z.never()),
  },
} as const satisfies Record<string, Endpoint>;
