import { accept, refuse, type Result } from '../../base/index.ts';
import type { LogpushRefusal } from './refusal.ts';
import { LOGPUSH_DATASET } from './fields.ts';
import { readLogpushFilter, type LogpushFilter } from './filter.ts';
import { readLogpullOptions, readOutputOptions, USUAL_OUTPUT, type LogpushOutput } from './options.ts';

/** What a job says beside its destination, as it was asked for. */
export interface LogpushSettings {
  readonly name: string | null;
  readonly isEnabled: boolean;
  readonly logpullOptions: string | null;
  readonly outputOptions: Readonly<Record<string, unknown>> | null;
  readonly filter: string | null;
  readonly frequency: 'high' | 'low' | null;
  readonly maxUploadBytes: number | null;
  readonly maxUploadIntervalSeconds: number | null;
  readonly maxUploadRecords: number | null;
}

export const USUAL_LOGPUSH: LogpushSettings = {
  name: null,
  // As at Cloudflare: a job that does not say so is not.
  isEnabled: false,
  logpullOptions: null,
  outputOptions: null,
  filter: null,
  frequency: null,
  maxUploadBytes: null,
  maxUploadIntervalSeconds: null,
  maxUploadRecords: null,
};

/** When a batch is full. */
export interface BatchLimits {
  readonly bytes: number;
  readonly seconds: number;
  readonly records: number;
}

/** What the process that sends goes by. */
export interface LogpushPlan {
  readonly output: LogpushOutput;
  readonly filter: LogpushFilter | null;
  readonly limits: BatchLimits;
}

/** Cloudflare's where nothing is asked for: 30 seconds and 100,000 records. */
const USUAL_LIMITS: BatchLimits = { bytes: 100_000_000, seconds: 30, records: 100_000 };
const SECONDS_OF_LOW = 300;

/** 0 is "none", too. */
const RANGES = {
  maxUploadBytes: ['max_upload_bytes', 5_000_000, 1_000_000_000],
  maxUploadIntervalSeconds: ['max_upload_interval_seconds', 30, 300],
  maxUploadRecords: ['max_upload_records', 1_000, 1_000_000],
} as const;

const MOST_NAME_CHARACTERS = 512;
const MOST_OPTIONS_CHARACTERS = 16_384;

/** What a job's settings come to, or all that is wrong with them. */
export const planLogpush = (settings: LogpushSettings): Result<LogpushPlan, LogpushRefusal> => {
  const faults: string[] = [];
  const { logpullOptions, outputOptions, filter } = settings;
  const output = readOptions(outputOptions, logpullOptions, faults);
  const read = filter === null || filter.trim() === '' ? accept(null) : readLogpushFilter(filter);
  if (!read.ok) faults.push(...read.refusal.map((fault) => `filter: ${fault}`));
  if (settings.name !== null && /\p{Cc}/u.test(settings.name)) faults.push('name holds control characters');
  if (settings.name !== null && settings.name.length > MOST_NAME_CHARACTERS)
    faults.push(`name has more than ${MOST_NAME_CHARACTERS} characters`);
  for (const [name, text] of [
    ['logpull_options', logpullOptions],
    ['output_options', JSON.stringify(outputOptions)],
  ] as const) {
    if (text !== null && text.length > MOST_OPTIONS_CHARACTERS) faults.push(`${name} has more than ${MOST_OPTIONS_CHARACTERS} characters`);
  }
  for (const [member, [name, least, most]] of Object.entries(RANGES)) {
    const value = settings[member as keyof typeof RANGES];
    if (value !== null && value !== 0 && !(Number.isInteger(value) && value >= least && value <= most)) {
      faults.push(`${name} must be a whole number from ${least} to ${most}, or 0 for none`);
    }
  }
  if (!read.ok || faults.length > 0) return refuse({ code: 'logpush_invalid', faults });
  return accept({ output, filter: read.value, limits: limitsOf(settings) });
};

/** `logpull_options` are ignored where there are `output_options`. */
const readOptions = (outputOptions: LogpushSettings['outputOptions'], logpullOptions: string | null, faults: string[]): LogpushOutput => {
  const hasOutput = outputOptions !== null;
  const read = hasOutput ? readOutputOptions(outputOptions) : readLogpullOptions(logpullOptions ?? '');
  if (read.ok) return read.value;
  faults.push(...read.refusal.map((fault) => `${hasOutput ? 'output_options' : 'logpull_options'}: ${fault}`));
  return USUAL_OUTPUT;
};

const limitsOf = (settings: LogpushSettings): BatchLimits => ({
  bytes: settings.maxUploadBytes || USUAL_LIMITS.bytes,
  seconds: settings.maxUploadIntervalSeconds || (settings.frequency === 'low' ? SECONDS_OF_LOW : USUAL_LIMITS.seconds),
  records: settings.maxUploadRecords || USUAL_LIMITS.records,
});

export const checkDataset = (dataset: string): Result<undefined, LogpushRefusal> =>
  dataset === LOGPUSH_DATASET ? accept(undefined) : refuse({ code: 'logpush_dataset_unknown', dataset });
