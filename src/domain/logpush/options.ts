import { accept, refuse, type Result } from '../../base/index.ts';
import { isLogpushField, LOGPUSH_FIELD_NAMES, type LogpushField } from './fields.ts';

/** What of each invocation is sent, and what stands around it. */
export interface LogpushOutput {
  readonly fields: readonly LogpushField[];
  /** More than 0, at most 1. */
  readonly sampleRate: number;
  /** Of CVE-2021-44228: `${` is sent as `x{`. */
  readonly isDefused: boolean;
  readonly recordPrefix: string;
  readonly recordSuffix: string;
  readonly recordDelimiter: string;
  readonly batchPrefix: string;
  readonly batchSuffix: string;
}

export const USUAL_OUTPUT: LogpushOutput = {
  fields: LOGPUSH_FIELD_NAMES,
  sampleRate: 1,
  isDefused: false,
  recordPrefix: '{',
  recordSuffix: '}\n',
  recordDelimiter: '',
  batchPrefix: '',
  batchSuffix: '',
};

/**
 * They are taken, and change nothing: no field of the dataset is a timestamp, those in milliseconds are integers, as at Cloudflare
 * (its fields `int`).
 */
const TIMESTAMP_FORMATS: readonly string[] = ['unixnano', 'unix', 'rfc3339', 'rfc3339ms', 'rfc3339ns'];
const MOST_AROUND = 1_000;

/** Every fault of the options, each with the name it is written under. */
type Read = Result<LogpushOutput, readonly string[]>;

/**
 * The options as they were once: the query of a call, or its whole address, `fields=…&timestamps=rfc3339&sample=0.1`. The range of
 * the call that they were copied from means nothing here.
 */
export const readLogpullOptions = (text: string): Read => {
  const faults: string[] = [];
  const params = new URLSearchParams(text.slice(text.indexOf('?') + 1));
  const known = new Set(['fields', 'timestamps', 'sample', 'CVE-2021-44228', 'start', 'end', 'count']);
  for (const name of new Set(params.keys())) if (!known.has(name)) faults.push(`${shown(name)} is none of its options`);
  const fields = params.get('fields');
  const sample = params.get('sample');
  const format = params.get('timestamps');
  const defused = params.get('CVE-2021-44228');
  const output: LogpushOutput = {
    ...USUAL_OUTPUT,
    ...(fields === null ? {} : { fields: fieldsIn(fields.split(','), 'fields', faults) }),
    ...(sample === null ? {} : { sampleRate: rateIn(/^[\d.]+(e-?\d+)?$/i.test(sample) ? Number(sample) : NaN, 'sample', faults) }),
    isDefused: defused === 'true',
  };
  if (format !== null) checkFormat(format, 'timestamps', faults);
  if (defused !== null && defused !== 'true' && defused !== 'false') faults.push('CVE-2021-44228 must be true or false');
  return faults.length === 0 ? accept(output) : refuse(faults);
};

/** Members of `output_options` that are known and not offered, with what to do. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  record_template: 'is not supported: records are JSON objects of the fields',
  merge_subrequests: 'is not supported: it belongs to the dataset http_requests',
};

const TEXTS = {
  record_prefix: 'recordPrefix',
  record_suffix: 'recordSuffix',
  record_delimiter: 'recordDelimiter',
  batch_prefix: 'batchPrefix',
  batch_suffix: 'batchSuffix',
} as const;

/** Today's options. Clients write null for what they do not set. */
export const readOutputOptions = (asked: Readonly<Record<string, unknown>>): Read => {
  const faults: string[] = [];
  const given = Object.entries(asked).filter(([, value]) => value !== null && value !== undefined);
  const output: LogpushOutput = Object.assign({}, USUAL_OUTPUT, ...given.map(([name, value]) => readMember(name, value, faults)));
  return faults.length === 0 ? accept(output) : refuse(faults);
};

const readMember = (name: string, value: unknown, faults: string[]): Partial<LogpushOutput> => {
  const isUnset = value === '' || value === false;
  if (name in UNSUPPORTED) {
    if (!isUnset) faults.push(`${name} ${UNSUPPORTED[name]}`);
    return {};
  }
  if (name in TEXTS) {
    if (typeof value === 'string' && value.length <= MOST_AROUND) return { [TEXTS[name as keyof typeof TEXTS]]: value };
    faults.push(`${name} must be a text of at most ${MOST_AROUND} characters`);
    return {};
  }
  switch (name) {
    case 'field_names':
      if (Array.isArray(value)) return { fields: fieldsIn(value.map(String), name, faults) };
      faults.push(`${name} must be a list of fields`);
      return {};
    case 'sample_rate':
      // Terraform's provider sends 0 for what is not set.
      return value === 0 ? {} : { sampleRate: rateIn(typeof value === 'number' ? value : NaN, name, faults) };
    case 'timestamp_format':
      checkFormat(value, name, faults);
      return {};
    case 'CVE-2021-44228':
      if (typeof value === 'boolean') return { isDefused: value };
      faults.push(`${name} must be true or false`);
      return {};
    case 'output_type':
      if (value !== 'ndjson') faults.push(`${name} ${shown(value)} is not supported, only "ndjson" is`);
      return {};
    case 'field_delimiter':
      if (value !== ',' && value !== '')
        faults.push(`${name} ${shown(value)} is not supported: fields of JSON objects stand between commas`);
      return {};
    default:
      faults.push(`${shown(name)} is none of its members`);
      return {};
  }
};

const fieldsIn = (names: readonly string[], where: string, faults: string[]): readonly LogpushField[] => {
  const trimmed = [...new Set(names.map((name) => name.trim()))];
  if (trimmed.every((name) => name === '')) faults.push(`${where} names no field`);
  else
    for (const name of trimmed)
      if (!isLogpushField(name))
        faults.push(
          `${where} names ${shown(name)}, which is no field of workers_trace_events (they are ${LOGPUSH_FIELD_NAMES.join(', ')})`,
        );
  return trimmed.filter(isLogpushField);
};

const rateIn = (rate: number, where: string, faults: string[]): number => {
  if (rate > 0 && rate <= 1) return rate;
  faults.push(`${where} must be a number greater than 0 and at most 1`);
  return 1;
};

const checkFormat = (format: unknown, where: string, faults: string[]): void => {
  if (!TIMESTAMP_FORMATS.some((each) => each === format)) faults.push(`${where} must be one of ${TIMESTAMP_FORMATS.join(', ')}`);
};

const shown = (value: unknown): string => JSON.stringify(value).slice(0, 100);
