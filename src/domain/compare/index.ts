export {
  compareErrors,
  compareSides,
  type Comparison,
  type ExceptionComparison,
  type LatencyComparison,
  type RateComparison,
} from './compare.ts';
export type { Interval } from './evidence.ts';
export { FALSE_ALARMS, type ExceptionGroup, type Side, type Sides } from './gaps.ts';
export type { LatencyBucket } from './quantiles.ts';
export type { Missing, OverallVerdict, Verdict } from './verdict.ts';
