import type { Job } from './logpush.tsx';

/** What somebody fills in. */
export interface Draft {
  readonly name: string;
  readonly destination: string;
  readonly fields: readonly string[];
  readonly timestampFormat: string;
  /** In per cent. */
  readonly sample: string;
  readonly filter: string;
}

export const TIMESTAMPS = [
  ['rfc3339', 'RFC 3339: 2026-11-21T08:00:00Z'],
  ['unix', 'Seconds since 1970'],
  ['unixnano', 'Nanoseconds since 1970'],
] as const;

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** What a job has, whichever of the two ways it was asked for; else what is usual: all fields. */
export const draftOf = (job: Job | undefined, allFields: readonly string[]): Draft => {
  const pull = new URLSearchParams(job?.logpull_options ?? '');
  const options = job?.output_options ?? {};
  const names = options['field_names'];
  const sample = Number(options['sample_rate'] ?? pull.get('sample') ?? 1);
  return {
    name: job?.name ?? '',
    destination: job?.destination_conf ?? '',
    fields: Array.isArray(names) ? names.map(String) : (pull.get('fields')?.split(',') ?? allFields),
    timestampFormat: text(options['timestamp_format']) ?? pull.get('timestamps') ?? 'rfc3339',
    sample: String(Number((sample * 100).toPrecision(12))),
    filter: job?.filter ?? '',
  };
};

/** What is sent. A destination that was not typed anew stays, whatever is hidden of it. */
export const bodyOf = (draft: Draft, job: Job | undefined) => ({
  name: draft.name.trim() === '' ? null : draft.name.trim(),
  output_options: {
    ...job?.output_options,
    field_names: draft.fields,
    timestamp_format: draft.timestampFormat,
    sample_rate: Number(draft.sample) / 100,
  },
  filter: draft.filter.trim() === '' ? null : draft.filter,
});

/** What is sent of a job that is there: what was typed, so that what somebody else changed meanwhile stays. */
export const changesIn = (typed: Partial<Draft>, draft: Draft, job: Job): Partial<ReturnType<typeof bodyOf>> => {
  const { name, output_options: options, filter } = bodyOf(draft, job);
  const hasOptions = [typed.fields, typed.timestampFormat, typed.sample].some((value) => value !== undefined);
  return {
    ...(typed.name === undefined ? {} : { name }),
    ...(hasOptions ? { output_options: options } : {}),
    ...(typed.filter === undefined ? {} : { filter }),
  };
};

/** Why it cannot be sent as it is. */
export const faultIn = ({ destination, fields, sample }: Draft): string | undefined => {
  if (destination.trim() === '') return 'It needs a destination.';
  if (fields.length === 0) return 'It needs a field.';
  const share = Number(sample);
  return share > 0 && share <= 100 ? undefined : 'The share is above 0 and up to 100.';
};
