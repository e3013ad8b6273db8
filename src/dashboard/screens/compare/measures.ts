import { errorsVerdict, latencyVerdict, type Compared, type Verdict } from '../../words/verdicts.ts';
import { duration, rate } from '../../words/index.ts';
import type { Comparison } from './compare.tsx';
import { whiskerOf, type Whisker } from './whisker.ts';

/** One line of the table: a measure of both, how they differ, and what is known of that. */
export interface Measure {
  readonly name: string;
  readonly what: string;
  readonly baseline: string;
  readonly version: string;
  readonly difference: string;
  readonly whisker: Whisker | undefined;
  readonly verdict: Verdict;
}

/** A gap of errors that fills the line, in parts of one request; of latency in parts of the baseline's. */
const WIDE_RATE = 0.002;
const WIDE_LATENCY = 0.25;

const shown = (value: number | null, say: (value: number) => string): string => (value === null ? '–' : say(value));

const signed = (value: number, say: (value: number) => string): string =>
  `${value > 0 ? '+' : value < 0 ? '−' : ''}${say(Math.abs(value))}`;

const points = (value: number): string => `${(value * 100).toFixed(2)} points`;

/** What is known stands on a line of its own here. */
const apart = ({ more, ...verdict }: Verdict): Verdict => ({ ...verdict, more: more.replace(/^by /, 'By ') });

const QUANTILES = [
  [0.5, 'p50'],
  [0.9, 'p90'],
  [0.99, 'p99'],
] as const;

export const measuresOf = ({ error_rate: errors, latency }: Comparison, compared: Compared): readonly Measure[] => [
  {
    name: 'Errors',
    what: 'share of requests',
    baseline: shown(errors.baseline, rate),
    version: shown(errors.version, rate),
    difference: shown(errors.difference, (value) => signed(value, points)),
    whisker: whiskerOf(errors, WIDE_RATE),
    verdict: apart(errorsVerdict(errors, compared)),
  },
  ...QUANTILES.flatMap(([quantile, name]) => {
    const measured = latency.find((each) => each.quantile === quantile);
    if (measured === undefined) return [];
    return [
      {
        name: `Latency ${name}`,
        what: '',
        baseline: shown(measured.baseline, duration),
        version: shown(measured.version, duration),
        difference: shown(measured.difference, (value) => signed(value, duration)),
        whisker: whiskerOf(measured, Math.max(1, (measured.baseline ?? 0) * WIDE_LATENCY)),
        verdict: apart(latencyVerdict([measured], compared, quantile)),
      },
    ];
  }),
];
