/** Steps that are read at a glance. */
const NICE = [1, 2, 2.5, 3, 5, 10] as const;

/** Gridlines above the floor, at most. */
const MOST_LINES = 3;

/** From 0 on, in at most three even steps that are read at a glance; the last is at or above `most`. */
export const levels = (most: number): readonly number[] => {
  const wanted = (most > 0 ? most : 1) / MOST_LINES;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = (NICE.find((each) => each * power >= wanted * (1 - Number.EPSILON * 8)) ?? 10) * power;
  const lines = Math.max(1, Math.ceil(most / step - 1e-9));
  // Multiplied, not added up: 0.3 is not 0.1 + 0.1 + 0.1.
  return Array.from({ length: lines + 1 }, (_, line) => Number((line * step).toPrecision(12)));
};

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE);
const LONG_STEPS = [1, 2, 3, 6, 12, 24, 48, 96].map((hours) => hours * HOUR);

const MOST_TIMES = 5;

/** Round times of somebody's clock between two, in seconds since 1970: at most five. `offset`: what their clock is ahead, in seconds. */
export const roundTimes = (since: number, until: number, offset: number, most = MOST_TIMES): readonly number[] => {
  const step = [...STEPS, ...LONG_STEPS].find((each) => (until - since) / each <= most) ?? 7 * DAY;
  const first = Math.ceil((since + offset) / step) * step - offset;
  return Array.from({ length: Math.max(0, Math.floor((until - first) / step) + 1) }, (_, at) => first + at * step);
};

/** What the share of a whole that something happened to may be in truth (Wilson, 1927). `z`: how sure; 1.96 is right 95 times in 100. */
export const shareBetween = (hits: number, of: number, z = 1.96): readonly [lower: number, upper: number] | undefined => {
  if (of <= 0) return undefined;
  const [share, z2] = [Math.min(1, hits / of), z * z];
  const middle = (share + z2 / (2 * of)) / (1 + z2 / of);
  const reach = (z / (1 + z2 / of)) * Math.sqrt((share * (1 - share)) / of + z2 / (4 * of * of));
  return [Math.max(0, middle - reach), Math.min(1, middle + reach)];
};
