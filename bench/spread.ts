/** What several measurements of one thing say together. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly samples: number;
}

export const spreadOf = (values: readonly number[]): Spread => {
  if (values.length === 0) throw new Error('There is nothing to summarise: no round gave a value.');
  const sorted = values.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0, samples: sorted.length };
};

/** Each of ours against the peer's value of the same round, so that what both suffered cancels out. */
export const pairedRatios = (ours: readonly number[], peers: readonly number[]): Spread =>
  spreadOf(ours.flatMap((value, at) => (peers[at] === undefined ? [] : [value / peers[at]])));

export const pairedDifferences = (ours: readonly number[], peers: readonly number[]): Spread =>
  spreadOf(ours.flatMap((value, at) => (peers[at] === undefined ? [] : [value - peers[at]])));

export const percentile = (values: readonly number[], percent: number): number =>
  quantile(
    values.toSorted((a, b) => a - b),
    percent / 100,
  );

/** Nearest rank from above: of 50 values, the 99th percentile is the largest. */
const quantile = (sorted: readonly number[], share: number): number => {
  if (share === 0.5 && sorted.length % 2 === 0) return ((sorted[sorted.length / 2 - 1] ?? 0) + (sorted[sorted.length / 2] ?? 0)) / 2;
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0;
};
