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
} as const satisfies Record<string, Endpoint>;
