import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { json, nullish, SCRIPT, shownBinding } from './shapes.ts';

const tail = z
  .object({
    id: z.string(),
    url: z.string().describe('Of a WebSocket with the protocol `trace-v1`. Whoever knows it may read.'),
    expires_at: z.string(),
  })
  .meta({ id: 'Tail' });

/** What wrangler knows of outcomes; a failure of another kind is found under `unknown`. */
export const tailOutcome = z.enum(['ok', 'canceled', 'exception', 'exceededCpu', 'exceededMemory', 'unknown']);

const some = <T extends z.ZodType>(element: T) => z.array(element).min(1, 'names none').max(100);

const filter = z
  .strictObject({
    sampling_rate: z.number().gt(0).max(1).optional().describe('The share of events that is shown.'),
    outcome: some(tailOutcome).optional(),
    method: some(z.string().min(1)).optional(),
    header: z
      .strictObject({ key: z.string().min(1), query: z.string().optional() })
      .optional()
      .describe('A request header and, where it is given, a text in its value.'),
    client_ip: some(z.union([z.ipv4(), z.ipv6(), z.literal('self')], 'must be an address or "self"'))
      .optional()
      .describe('`self` is the address that asks for the tail.'),
    query: z.string().min(1).optional().describe('A text in what was logged.'),
    scriptVersion: z.uuid('must be the id of a version').optional(),
  })
  .refine((each) => Object.values(each).some((value) => value !== undefined), 'filters by nothing')
  .meta({ id: 'TailFilter' });

export const tailEndpoints = {
  listTails: { method: 'GET', path: `${SCRIPT}/tails`, tag: 'Tails', summary: 'Who tails a Worker’s log', result: z.array(tail) },
  getScriptBindings: {
    method: 'GET',
    path: `${SCRIPT}/bindings`,
    tag: 'Tails',
    summary: 'Bindings of what serves, which older wranglers read before they tail',
    result: z.array(shownBinding),
  },
  createTail: {
    method: 'POST',
    path: `${SCRIPT}/tails`,
    tag: 'Tails',
    summary: 'Tail a Worker’s log; filters are joined by "and"',
    // Cloudflare's SDK sends none.
    body: { ...json(z.looseObject({ filters: nullish(z.array(filter).max(20)) })), mayBeEmpty: true },
    result: tail,
    isContent: true,
  },
  deleteTail: {
    method: 'DELETE',
    path: `${SCRIPT}/tails/:tail_id`,
    tag: 'Tails',
    summary: 'End a tail',
    result: z.null(),
    isContent: true,
  },
} as const satisfies Record<string, Endpoint>;
