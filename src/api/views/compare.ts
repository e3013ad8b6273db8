import type { Comparison, Interval, LatencyComparison, RateComparison, Verdict } from '../../domain/index.ts';

/** JSON has no infinity: what is open at one end is null there. */
const finite = (value: number | undefined): number | null => (value === undefined || !Number.isFinite(value) ? null : value);

const intervalView = ({ lower, upper }: Interval) => ({ lower: finite(lower), upper: finite(upper) });

const verdictView = (told: Verdict) => {
  if (told.verdict !== 'too_early') return { verdict: told.verdict, missing: null };
  const { version, baseline, ms } = told.missing;
  return { verdict: told.verdict, missing: { version, baseline, seconds: ms === undefined ? null : Math.ceil(ms / 1000) } };
};

const measuredView = (told: RateComparison | LatencyComparison) => ({
  version: finite(told.version),
  baseline: finite(told.baseline),
  difference: finite(told.difference),
  interval: intervalView(told.interval),
  shows_from: finite(told.showsFrom),
  ...verdictView(told),
});

const rateView = (told: RateComparison) => ({ ...measuredView(told), hits: told.hits });

export const comparisonView = ({ verdict, errorRate, latency, exceptions }: Comparison) => ({
  verdict,
  error_rate: rateView(errorRate),
  latency: latency.map((told) => ({
    quantile: told.quantile,
    ...measuredView(told),
    ratio: finite(told.ratio),
    ratio_interval: intervalView(told.ratioInterval),
  })),
  exceptions: exceptions.map((told) => ({
    id: told.id,
    name: told.name,
    message: told.message,
    ...rateView(told),
  })),
});
