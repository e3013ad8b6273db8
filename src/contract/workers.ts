import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { json, nothing, observability, paging, WORKERS } from './shapes.ts';

export const WORKER = `${WORKERS}/workers/:worker` as const;

const workerRequest = z
  .looseObject({
    name: z.string().optional(),
    tags: z.array(z.string()).nullish(),
    logpush: z.boolean().nullish(),
    observability: observability.nullish(),
    subdomain: z.looseObject({ enabled: z.boolean().optional(), previews_enabled: z.boolean().optional() }).nullish(),
    tail_consumers: z.array(z.unknown()).nullish(),
  })
  .meta({ id: 'WorkerRequest' });

const worker = z
  .object({
    id: z.string().describe('The immutable id.'),
    name: z.string(),
    created_on: z.string(),
    updated_on: z.string(),
    deployed_on: z.string().nullable(),
    tags: z.array(z.string()),
    logpush: z.boolean(),
    observability,
    tail_consumers: z.array(z.never()),
    references: z.object({
      dispatch_namespace_outbounds: z.array(z.never()),
      domains: z.array(
        z.object({ id: z.string(), hostname: z.string(), zone_id: z.string(), zone_name: z.string(), certificate_id: z.literal('') }),
      ),
      durable_objects: z.array(
        z.object({ namespace_id: z.string(), namespace_name: z.string(), worker_id: z.string(), worker_name: z.string() }),
      ),
      queues: z.array(z.object({ queue_consumer_id: z.string(), queue_id: z.string(), queue_name: z.string() })),
      workers: z.array(z.object({ id: z.string(), name: z.string() })),
    }),
    subdomain: z.object({ enabled: z.boolean(), previews_enabled: z.boolean(), url: z.string(), preview_url_suffix: z.string() }),
  })
  .meta({ id: 'Worker' });

/** The newer Worker resource, which names a Worker by its id or its name. */
export const workerEndpoints = {
  listWorkers: {
    method: 'GET',
    path: `${WORKERS}/workers`,
    tag: 'Workers',
    summary: 'The Workers, as the newer resource',
    query: paging.extend({
      order: z.enum(['asc', 'desc']).optional(),
      order_by: z.enum(['deployed_on', 'updated_on', 'created_on', 'name']).optional(),
    }),
    result: z.array(worker),
  },
  createWorker: {
    method: 'POST',
    path: `${WORKERS}/workers`,
    tag: 'Workers',
    summary: 'A Worker without code',
    body: json(workerRequest.extend({ name: z.string() })),
    result: worker,
  },
  getWorker: { method: 'GET', path: WORKER, tag: 'Workers', summary: 'One Worker, by id or name', result: worker },
  putWorker: {
    method: 'PUT',
    path: WORKER,
    tag: 'Workers',
    summary: 'Replace all settings that are not versioned; those left out get their defaults',
    body: json(workerRequest),
    result: worker,
  },
  patchWorker: {
    method: 'PATCH',
    path: WORKER,
    tag: 'Workers',
    summary: 'Change settings that are not versioned',
    body: json(workerRequest),
    result: worker,
  },
  deleteWorker: {
    method: 'DELETE',
    path: WORKER,
    tag: 'Workers',
    summary: 'Delete the Worker; by force also while others refer to it',
    query: z.object({ force: z.string().optional() }),
    result: nothing,
  },
} as const satisfies Record<string, Endpoint>;
