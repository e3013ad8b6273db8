import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { ACCOUNT, json, nullish } from './shapes.ts';

/** Logpush jobs as cloudflare-typescript (resources/logpush) and Terraform's provider ask for them. */
const LOGPUSH = `${ACCOUNT}/logpush` as const;
const JOBS = `${LOGPUSH}/jobs` as const;
const JOB = `${JOBS}/:job_id` as const;
const DATASET = `${LOGPUSH}/datasets/:dataset_id` as const;
const tag = 'Logpush';

/** Its members are the rules' to say: one that is not offered is answered by its name. */
const outputOptions = z.record(z.string(), z.unknown());

const job = z
  .object({
    id: z.number(),
    dataset: z.string(),
    name: z.string().nullable(),
    enabled: z.boolean(),
    kind: z.literal(''),
    destination_conf: z.string().describe('What may let one in is hidden. Sent back so, it changes nothing.'),
    logpull_options: z.string().nullable(),
    output_options: outputOptions.nullable(),
    filter: z.string().nullable(),
    frequency: z.enum(['high', 'low']).nullable(),
    max_upload_bytes: z.number().nullable(),
    max_upload_interval_seconds: z.number().nullable(),
    max_upload_records: z.number().nullable(),
    last_complete: z.string().nullable().describe('Up to when invocations were sent.'),
    last_error: z.string().nullable().describe('When it last failed; null while it does not.'),
    error_message: z.string().nullable(),
    spool: z
      .object({ batches: z.number(), bytes: z.number(), dropped_records: z.number(), rejected_records: z.number() })
      .nullable()
      .describe('What waits to be sent, what found no room, and what its destination would not take; null while nothing is known of it.'),
  })
  .meta({ id: 'LogpushJob' });

const settings = {
  name: z.string().nullish(),
  enabled: z.boolean().nullish(),
  logpull_options: z.string().nullish().describe('`fields=Event,Outcome&sample=0.1`; ignored where there are output_options.'),
  output_options: outputOptions.nullish(),
  filter: z.string().nullish().describe('JSON: `{"where":{"key":"Outcome","operator":"eq","value":"exception"}}`.'),
  frequency: z.enum(['high', 'low']).nullish(),
  kind: nullish(z.literal('', 'must be empty: jobs of the kind "edge" are not offered')),
  max_upload_bytes: z.number().nullish(),
  max_upload_interval_seconds: z.number().nullish(),
  max_upload_records: z.number().nullish(),
  ownership_challenge: z.string().nullish().describe('Taken and not needed.'),
  filter_attack_traffic: z.literal(false, 'is not offered: it belongs to other datasets').optional(),
};

const destination = json(z.object({ destination_conf: z.string() }));
const validity = z.object({ valid: z.boolean(), message: z.string() });

export const logpushEndpoints = {
  listLogpushJobs: { method: 'GET', path: JOBS, tag, summary: 'Logpush jobs', result: z.array(job) },
  createLogpushJob: {
    method: 'POST',
    path: JOBS,
    tag,
    summary: 'Send invocations of Workers with logpush = true to a destination, which is tried first',
    body: json(z.object({ ...settings, dataset: z.string(), destination_conf: z.string() })),
    result: job,
  },
  getLogpushJob: { method: 'GET', path: JOB, tag, summary: 'One job', result: job },
  putLogpushJob: {
    method: 'PUT',
    path: JOB,
    tag,
    summary: 'Change a job; what is not named stays',
    body: json(z.object({ ...settings, dataset: nullish(z.string()), destination_conf: z.string().optional() })),
    result: job,
  },
  deleteLogpushJob: {
    method: 'DELETE',
    path: JOB,
    tag,
    summary: 'Delete a job, and what waits to be sent by it',
    result: z.object({ id: z.number() }),
  },
  listDatasetJobs: { method: 'GET', path: `${DATASET}/jobs`, tag, summary: 'Jobs of a dataset', result: z.array(job) },
  getDatasetFields: {
    method: 'GET',
    path: `${DATASET}/fields`,
    tag,
    summary: 'Fields of a dataset, each with its type and meaning',
    result: z.record(z.string(), z.string()),
  },
  validateLogpushDestination: {
    method: 'POST',
    path: `${LOGPUSH}/validate/destination`,
    tag,
    summary: 'Whether a destination takes a small test file',
    body: destination,
    result: validity,
    isContent: true,
  },
  findLogpushDestination: {
    method: 'POST',
    path: `${LOGPUSH}/validate/destination/exists`,
    tag,
    summary: 'Whether a job sends to this destination',
    body: destination,
    result: z.object({ exists: z.boolean() }),
    isContent: true,
  },
  validateLogpullOptions: {
    method: 'POST',
    path: `${LOGPUSH}/validate/origin`,
    tag,
    summary: 'Whether logpull_options are valid',
    body: json(z.object({ logpull_options: z.string(), dataset: nullish(z.string()) })),
    result: validity,
    isContent: true,
  },
  createLogpushOwnership: {
    method: 'POST',
    path: `${LOGPUSH}/ownership`,
    tag,
    summary: 'Write a challenge to a destination; no job needs it',
    body: destination,
    result: validity.extend({ filename: z.string() }),
    isContent: true,
  },
  validateLogpushOwnership: {
    method: 'POST',
    path: `${LOGPUSH}/ownership/validate`,
    tag,
    summary: 'Whether this is what the challenge said',
    body: json(z.object({ destination_conf: z.string(), ownership_challenge: z.string() })),
    result: z.object({ valid: z.boolean() }),
    isContent: true,
  },
} as const satisfies Record<string, Endpoint>;
