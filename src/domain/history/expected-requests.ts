import { WHOLE, type VersionShare } from '../split.ts';

/**
 * How many of so many requests a minute each version of a split will get, in its order: whole numbers that add up to the rounded total. What
 * rounding leaves over goes to those that lost most by it.
 */
export const expectedRequests = (split: readonly Pick<VersionShare, 'share'>[], requestsPerMinute: number): readonly number[] => {
  const total = Math.round(requestsPerMinute);
  const exact = split.map(({ share }) => (total * share) / WHOLE);
  const whole = exact.map(Math.floor);
  const left = total - whole.reduce((sum, each) => sum + each, 0);
  const byLoss = exact.map((value, at) => ({ at, loss: value - Math.floor(value) })).toSorted((a, b) => b.loss - a.loss || a.at - b.at);
  const rounded = new Set(byLoss.slice(0, left).map(({ at }) => at));
  return whole.map((each, at) => (rounded.has(at) ? each + 1 : each));
};
