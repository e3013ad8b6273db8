import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { moment, nothing } from './shapes.ts';

const or = <Value extends z.ZodType>(value: Value) => z.union([value, nothing]);
const number = or(z.number());

const verdict = z.enum(['better', 'worse', 'no_clear_difference', 'too_early']);

const interval = z
  .object({ lower: number, upper: number })
  .describe('What the difference may be. Right for all that is compared and however often it is asked, in 95 % of rollouts; null is open.');

const measured = {
  version: number,
  baseline: number,
  difference: number.describe('The version’s minus the baseline’s; null where one had no request.'),
  interval,
  verdict,
  missing: or(
    z.object({
      version: z.number(),
      baseline: z.number(),
      seconds: number.describe('How long they take at this traffic; null where a side had none.'),
    }),
  ).describe('Where it is too early: how many more requests each side needs until a gap that matters would show.'),
};

const rate = {
  ...measured,
  shows_from: number.describe('From which difference on it would already show; null where none would.'),
  hits: z.object({ version: z.number(), baseline: z.number() }).describe('How many requests it happened to.'),
};

const side = z.object({
  version_id: z.string(),
  number: z.number(),
  tag: or(z.string()),
  message: or(z.string()),
  requests: z.number(),
});

const comparison = z
  .object({
    worker: z.string(),
    since: z.string(),
    until: z.string(),
    version: side,
    baseline: side,
    verdict: z.enum([...verdict.options, 'mixed']),
    error_rate: z
      .object(rate)
      .describe(
        'In parts of one request: an exception, a limit that was exceeded, or a status of 500 and above. A visitor who leaves is no error.',
      ),
    latency: z
      .array(
        z.object({
          quantile: z.number(),
          ...measured,
          ratio: number.describe('The version’s divided by the baseline’s.'),
          ratio_interval: interval,
          shows_from: number.describe('From which ratio on it would already show; null where none would.'),
        }),
      )
      .describe('Of requests over HTTP, in milliseconds.'),
    exceptions: z
      .array(z.object({ id: z.string(), name: z.string(), message: z.string(), ...rate }))
      .describe('In parts of one request, the most frequent first.'),
  })
  .meta({ id: 'Comparison' });

export const compareEndpoints = {
  compareVersions: {
    method: 'GET',
    path: '/workers/:name/compare',
    tag: 'Switchback',
    summary: 'What one version of a Worker does beside another: errors, exceptions and latency, with a verdict on each',
    query: z.object({
      version: z.string().optional().describe('An id or its first 8 digits. If not given, the newer of those that serve.'),
      baseline: z
        .string()
        .optional()
        .describe('What it is compared with. If not given, the other one that serves, or the one that did before.'),
      since: moment.optional().describe('If not given, since the active deployment began, where both serve: 7 days at most.'),
      until: moment.optional().describe('If not given, now.'),
    }),
    result: comparison,
  },
} as const satisfies Record<string, Endpoint>;
