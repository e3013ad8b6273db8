import { z } from 'zod';
import { LOGPUSH_FIELDS, type LogpushPlan } from '../../domain/index.ts';
import type { LogpushOrder, OrderedJob } from './wire.ts';

/** What is kept of an order while the control plane is away: all but the destinations, in which credentials stand. */
export interface Kept {
  readonly jobs: readonly Omit<OrderedJob, 'destination'>[];
  readonly scripts: LogpushOrder['scripts'];
}

const fieldName = z.string().refine((name) => Object.hasOwn(LOGPUSH_FIELDS, name));
const value = z.union([z.string(), z.number()]);
const filter: z.ZodType = z.lazy(() =>
  z.union([
    z.object({ and: z.array(filter) }),
    z.object({ or: z.array(filter) }),
    z.object({ key: fieldName, operator: z.string(), value: z.union([value, z.array(value)]) }),
  ]),
);

const kept = z.object({
  jobs: z.array(
    z.object({
      id: z.int().positive(),
      isEnabled: z.boolean(),
      plan: z.object({
        output: z.object({
          fields: z.array(fieldName),
          sampleRate: z.number(),
          isDefused: z.boolean(),
          recordPrefix: z.string(),
          recordSuffix: z.string(),
          recordDelimiter: z.string(),
          batchPrefix: z.string(),
          batchSuffix: z.string(),
        } satisfies Record<keyof LogpushPlan['output'], unknown>),
        filter: filter.nullable(),
        limits: z.object({ bytes: z.number(), seconds: z.number(), records: z.number() }),
      }),
    }),
  ),
  scripts: z.record(z.string(), z.array(z.string())),
});

/** Throws where it is not what this release writes. */
export const keptFrom = (text: string): Kept => {
  const read: unknown = JSON.parse(text);
  const { success } = kept.safeParse(read);
  if (!success) throw new Error('it has another shape');
  // Just checked.
  return read as Kept;
};
