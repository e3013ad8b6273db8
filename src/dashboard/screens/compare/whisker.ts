/** Where a difference and what it may be stand on a line of width 1, of which the middle is "the same". */
export interface Whisker {
  readonly dot: number;
  readonly from: number;
  readonly to: number;
  /** The interval leaves zero out: only then is anything established. */
  readonly isClear: boolean;
}

interface Measured {
  readonly difference: number | null;
  readonly interval: { readonly lower: number | null; readonly upper: number | null };
}

const MARGIN = 0.06;

/** `least` is a difference that fills the line if nothing is larger. An open end reaches the edge. Undefined where nothing was measured. */
export const whiskerOf = ({ difference, interval: { lower, upper } }: Measured, least: number): Whisker | undefined => {
  if (difference === null) return undefined;
  const extent = Math.max(least, ...[difference, lower ?? 0, upper ?? 0].map(Math.abs));
  const place = (value: number): number => 0.5 + (value / extent) * (0.5 - MARGIN);
  return {
    dot: place(difference),
    from: lower === null ? 0 : place(lower),
    to: upper === null ? 1 : place(upper),
    isClear: (lower !== null && lower > 0) || (upper !== null && upper < 0),
  };
};
