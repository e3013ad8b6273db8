export type LogpushRefusal =
  | { readonly code: 'logpush_job_not_found'; readonly id: string }
  | { readonly code: 'logpush_dataset_unknown'; readonly dataset: string }
  | { readonly code: 'logpush_invalid'; readonly faults: readonly string[] }
  | { readonly code: 'logpush_destination_invalid'; readonly fault: string }
  /** It is inside, where only an operator may let logs go. */
  | { readonly code: 'logpush_destination_private'; readonly what: string }
  /** It was tried, and did not take a small file. */
  | { readonly code: 'logpush_destination_fails'; readonly reason: string }
  | { readonly code: 'too_many_logpush_jobs'; readonly limit: number };
