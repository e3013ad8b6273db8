import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';

export const edgeStatus = z.object({
  id: z.string(),
  url: z.string(),
  generation: z.number(),
  connected: z.boolean(),
  pending: z.boolean().describe('Connected, and has not confirmed the newest generation yet.'),
});

const change = z
  .object({
    id: z.string().describe('Of its row in the audit log.'),
    at: z.string(),
    action: z.string(),
    target: z.string(),
    worker: z.string().nullable().describe('The name of the Worker that it was done to, or for.'),
    actor: z.object({ id: z.string(), email: z.string() }),
    source: z.string().nullable().describe('The client: `wrangler`, `dash`, `cli`, `terraform` or `api`; null where it was none.'),
    generation: z.number().describe('Of the routing table that holds it.'),
  })
  .meta({ id: 'ChangeEvent', description: 'The data of an event `change`: one change, as the audit log has it.' });

const edges = z
  .object({ generation: z.number().describe('The newest.'), edges: z.array(edgeStatus) })
  .meta({ id: 'EdgesEvent', description: 'The data of an event `edges`: which edges there are, and what each has confirmed.' });

export const eventEndpoints = {
  watchEvents: {
    method: 'GET',
    path: '/events',
    tag: 'Switchback',
    summary:
      'What is changed, as server-sent events: `edges` first and whenever edges follow, `change` after each change. It cannot be resumed: whoever connects (again) reads what it shows anew',
    result: z.unknown(),
    raw: 'events',
    event: z.union([change, edges]),
  },
} as const satisfies Record<string, Endpoint>;
