import type { Look } from '../../domain/index.ts';

/** One version in a chart: a value for each step; null where there was nothing. */
export interface Line {
  readonly name: string;
  readonly look: Look;
  readonly values: readonly (number | null)[];
  /** What the value may be in truth. */
  readonly between?: readonly (readonly [lower: number, upper: number] | undefined)[];
}

/** Something that happened, as a dotted line with a word on top. */
export interface Mark {
  readonly at: number;
  readonly text: string;
}

export interface ChartData {
  /** The middle of each step, in seconds since 1970. */
  readonly times: readonly number[];
  /** The newest first: it is on the floor of a stack, in front of other lines, and on top of a list. */
  readonly lines: readonly Line[];
  readonly marks: readonly Mark[];
  /** Stacked areas: parts of a whole. Else lines, each from the floor. */
  readonly isStacked?: boolean;
  /** How a value is said on the axis. */
  readonly say: (value: number) => string;
  /** How one that was measured is said, if otherwise. */
  readonly sayMeasured?: (value: number) => string;
}

/** What is drawn for each line: itself, or on top of those below it. */
export const drawnValues = ({ lines, isStacked = false, times }: ChartData): (number | null)[][] => {
  if (!isStacked) return lines.map(({ values }) => values.slice());
  const sums = times.map(() => 0);
  // Where there is nothing, nothing is drawn: a line on the floor would say that there is.
  return lines.map(({ values }) => values.map((value, at) => (value ? (sums[at] = (sums[at] ?? 0) + value) : null)));
};

/** Of certainty not much more is shown than the lines need: one unsure point would flatten all else. */
const MOST_BAND = 1.25;

/** The highest value that has to be seen. */
export const highest = (data: ChartData): number => {
  const drawn = Math.max(0, ...drawnValues(data).flatMap((values) => values.map((value) => value ?? 0)));
  const bands = data.lines.flatMap(({ between = [] }) => between.map((each) => each?.[1] ?? 0));
  return Math.max(drawn, Math.min(Math.max(0, ...bands), MOST_BAND * drawn));
};
