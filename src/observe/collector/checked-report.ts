import { z } from 'zod';
import type { EdgeReportOfUse } from '../report.ts';
import { INVOCATION_KINDS, OUTCOMES } from '../words.ts';

/** Counts of thousands of versions, and facts of a second. */
export const MOST_REPORT_BYTES = 32 * 1024 * 1024;
const MOST_NAME = 1_024;

const name = z.string().max(MOST_NAME);
const amount = z.number().min(0);

const count = z.object({
  minute: z.int().min(0),
  script: name,
  versionId: name,
  kind: z.enum(INVOCATION_KINDS),
  statusClass: z.int().min(0).max(9),
  outcome: z.enum(OUTCOMES),
  requests: z.int().min(0),
  latency: z.object({ bins: z.array(z.int()), zeros: z.int().min(0), sum: amount, min: amount, max: amount }),
});

const cpu = z.object({ minute: z.int().min(0), script: name, versionId: name, cpuMs: amount });

const fact = z.object({
  ray: name,
  script: name,
  versionId: name,
  kind: z.enum(INVOCATION_KINDS),
  at: amount,
  wallMs: amount,
  cpuMs: amount.optional(),
  outcome: z.enum(OUTCOMES),
  status: z.int().optional(),
  method: z.string().optional(),
  url: z.string().optional(),
  clientIp: name.optional(),
  // Written by an edge of the same release: why a version was picked has words of its own.
  why: z.custom<EdgeReportOfUse['facts'][number]['why']>((value) => value === undefined || typeof value === 'string').optional(),
  isTraced: z.boolean(),
});

const rule = z.object({
  script: name,
  sampleRate: z.number().min(0).max(1),
  isKept: z.boolean(),
  logpush: z.boolean(),
  isSplit: z.literal(true).optional(),
});

const report = z.object({
  edge: name,
  boot: name,
  sequence: z.int().min(0),
  counts: z.array(count),
  cpu: z.array(cpu),
  facts: z.array(fact),
  rules: z.array(rule).optional(),
  attached: z.array(name),
  droppedFacts: z.int().min(0),
});

/** A report as an edge sends it; undefined for anything else. */
export const checkedReport = (body: string): EdgeReportOfUse | undefined => {
  try {
    const { rules, ...rest } = report.parse(JSON.parse(body));
    return rules === undefined ? rest : { ...rest, rules };
  } catch {
    return undefined;
  }
};
