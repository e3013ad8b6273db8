import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { paging, WORKERS } from './shapes.ts';

const namespace = z
  .object({
    id: z.string(),
    name: z.string().describe('`<Worker>_<class>`.'),
    script: z.string(),
    class: z.string(),
    use_sqlite: z.boolean(),
  })
  .meta({ id: 'DurableObjectNamespace' });

/** https://developers.cloudflare.com/api/resources/durable_objects/subresources/namespaces/ */
export const durableObjectEndpoints = {
  listDurableObjectNamespaces: {
    method: 'GET',
    path: `${WORKERS}/durable_objects/namespaces`,
    tag: 'Durable Objects',
    summary: 'The namespaces, one for each class that has objects',
    query: paging,
    result: z.array(namespace),
  },
  listDurableObjects: {
    method: 'GET',
    path: `${WORKERS}/durable_objects/namespaces/:namespace_id/objects`,
    tag: 'Durable Objects',
    summary: 'The objects of a namespace in the order of their ids; the cursor of result_info leads on, and is empty at the end',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(10_000).optional(),
      cursor: z
        .string()
        .regex(/^(?:[0-9a-f]{64})?$/, 'is none that a list answered')
        .optional(),
    }),
    result: z.array(z.object({ id: z.string(), hasStoredData: z.boolean() })),
  },
} as const satisfies Record<string, Endpoint>;
