import type { Compared } from '../../words/verdicts.ts';
import { count, counted, duration, perTenThousand } from '../../words/index.ts';
import type { Comparison } from './compare.tsx';

type Exception = Comparison['exceptions'][number];

const errorsSentence = ({ error_rate: errors }: Comparison, name: string): string => {
  switch (errors.verdict) {
    case 'worse':
      return `${name} fails more often.`;
    case 'better':
      return `${name} fails less often.`;
    case 'no_clear_difference':
      return 'No clear difference in errors.';
    case 'too_early':
      return 'Too early to say whether it fails more often.';
  }
};

const latencySentence = ({ latency }: Comparison, name: string): string => {
  const slowest = latency.find(({ quantile }) => quantile === 0.99);
  const by = duration(Math.abs(slowest?.difference ?? 0));
  switch (slowest?.verdict) {
    case 'worse':
      return `The slowest 1% of requests take ${by} longer on ${name}.`;
    case 'better':
      return `The slowest 1% of requests take ${by} less on ${name}.`;
    case 'no_clear_difference':
      return 'Latency is about the same.';
    default:
      return '';
  }
};

/** The comparison in a sentence or two. */
export const headline = (comparison: Comparison, { version }: Compared): string =>
  [errorsSentence(comparison, version.name), latencySentence(comparison, version.name)].filter(Boolean).join(' ');

/** What it is said from. `when` is in words. */
export const basis = ({ version, baseline }: Compared, when: string): string =>
  `From ${counted(version.requests, 'request')} to ${version.name} and ${count(baseline.requests)} to ${baseline.name}, ${when}.`;

/** Exceptions that happened to the new version only. */
export const newExceptions = ({ exceptions }: Comparison): readonly Exception[] =>
  exceptions.filter(({ hits }) => hits.version > 0 && hits.baseline === 0);

/** `TypeError: no such hat`, to stand within a sentence. */
export const exceptionName = ({ name, message }: Exception): string => (message === '' ? name : `${name}: ${message.replace(/\.$/, '')}`);

const times = (rate: number | null): string => perTenThousand((rate ?? 0) * 10_000);

/** `5.9 per 10,000 requests on v42, 2.0 on v41`; where only one of them has it, the tag beside it says which. */
export const exceptionRates = ({ version, baseline, hits }: Exception, names: Compared): string => {
  if (hits.version === 0) return `${times(baseline)} per 10,000 requests`;
  if (hits.baseline === 0) return `${times(version)} per 10,000 requests`;
  return `${times(version)} per 10,000 requests on ${names.version.name}, ${times(baseline)} on ${names.baseline.name}`;
};
