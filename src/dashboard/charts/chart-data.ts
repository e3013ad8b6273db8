import type { Look } from '../../domain/index.ts';
import { levels } from './scale.ts';

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
  /** The axis reaches so far at least: what stands above the chart, or what makes zeros read as such. */
  readonly atLeast?: number;
  /** How one that was measured is said, if otherwise. */
  readonly sayMeasured?: (value: number) => string;
}

/** What is drawn for each line: itself, or on top of those below it. */
export const drawnValues = ({ lines, isStacked = false, times }: ChartData): (number | null)[][] => {
  if (!isStacked) return lines.map(({ values }) => values.slice());
  const sums = times.map(() => 0);
  // Where there is nothing, nothing is drawn: a line on the floor would say that there is. But what is beside it rises from the floor
  // and falls to it, or what came in one step alone would have no width.
  return lines.map(({ values }) =>
    values.map((value, at) => (value || values[at - 1] || values[at + 1] ? (sums[at] = (sums[at] ?? 0) + (value ?? 0)) : null)),
  );
};

/** So many times as high as the lines a band may reach: where less is known than that, it would be louder than they are. */
const MOST_BAND = 2;

const topOf = (data: ChartData): number => Math.max(0, ...drawnValues(data).flatMap((values) => values.map((value) => value ?? 0)));

export type Band = Pick<Line, 'look'> & { readonly between: NonNullable<Line['between']> };

/** What is shown of certainty: nothing where there is no upper bound, or none that says anything. */
export const bandsOf = (data: ChartData): readonly Band[] => {
  if (data.isStacked === true) return [];
  const most = MOST_BAND * topOf(data);
  return data.lines.flatMap(({ between, look }) =>
    between === undefined ? [] : [{ look, between: between.map((each) => (each !== undefined && each[1] <= most ? each : undefined)) }],
  );
};

/** Half of what is known of certainty fits below it; the rest goes on beyond the top of the picture, for the lines to be read. */
const middle = (values: readonly number[]): number => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

/** The highest value that has to be seen: all of the lines, and most of what surrounds them. */
export const highest = (data: ChartData): number =>
  Math.max(
    topOf(data),
    data.atLeast ?? 0,
    ...bandsOf(data).map(({ between }) => middle(between.flatMap((each) => (each === undefined ? [] : [each[1]])))),
  );

/** At how many steps a line may in truth be higher than the axis goes. */
export const stepsBeyond = (data: ChartData, { between = [] }: Line): number => {
  const top = levels(highest(data)).at(-1) ?? 0;
  return between.filter((each) => each !== undefined && each[1] > top).length;
};
