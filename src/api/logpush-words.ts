import type { Refusal } from '../domain/index.ts';
import type { Spoken } from './refusals.ts';

type Of<Code extends Refusal['code']> = Extract<Refusal, { readonly code: Code }>;

const said = (status: number, code: number, message: string): Spoken => ({ status, code, message });

/** What refusals about Logpush say. Nothing of them repeats a destination: its credentials stand in it. */
export const logpushWords = {
  logpush_job_not_found: ({ id }: Of<'logpush_job_not_found'>) => said(404, 100410, `There is no Logpush job ${JSON.stringify(id)}.`),
  logpush_dataset_unknown: ({ dataset }: Of<'logpush_dataset_unknown'>) =>
    said(400, 100411, `There is no dataset ${JSON.stringify(dataset)}; Switchback has "workers_trace_events".`),
  logpush_invalid: ({ faults }: Of<'logpush_invalid'>) => said(400, 100412, `The Logpush job is malformed: ${faults.join('; ')}.`),
  logpush_destination_invalid: ({ fault }: Of<'logpush_destination_invalid'>) =>
    said(400, 100413, `The destination (destination_conf) cannot be used: ${fault}.`),
  logpush_destination_private: ({ what }: Of<'logpush_destination_private'>) =>
    said(
      400,
      100414,
      `The destination (destination_conf) cannot be used: ${what}. Start the server with --allow-private-destinations to send logs there.`,
    ),
  logpush_destination_fails: ({ reason }: Of<'logpush_destination_fails'>) =>
    said(
      400,
      100415,
      `The destination (destination_conf) did not take a small test file, so nothing was changed (error validating destination): ${reason}.`,
    ),
  too_many_logpush_jobs: ({ limit }: Of<'too_many_logpush_jobs'>) =>
    said(400, 100416, `There are ${limit} Logpush jobs already, and there can be no more. Delete one first.`),
};
