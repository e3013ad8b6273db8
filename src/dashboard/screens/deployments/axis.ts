import { roundTimes } from '../../charts/scale.ts';
import { clockOf, dayAndClock } from '../../words/index.ts';
import type { Column, Scale, Window } from './timeline.ts';

interface Tick {
  readonly x: number;
  readonly text: string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TICK_ROOM = 92;
/** What the word at the right end takes. */
const NOW_ROOM = 40;

const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short' });
const month = new Intl.DateTimeFormat('en-GB', { month: 'short' });

/** Where the words of the axis stand: days or hours by the clock of whoever looks; by change, when each of them came. */
export const ticksOf = (columns: readonly Column[], window: Window, scale: Scale, width: number): readonly Tick[] =>
  scale === 'time' ? ticksOfTime(window, width) : ticksOfChange(columns, window, width);

const ticksOfTime = ({ from, to }: Window, width: number): readonly Tick[] => {
  const most = Math.max(1, Math.floor(width / TICK_ROOM));
  const isHours = to - from <= DAY_MS;
  const needed = (to - from) / most;
  const step = isHours ? ([1, 2, 3, 4, 6, 12].find((hours) => hours * HOUR_MS >= needed) ?? 24) : Math.max(1, Math.ceil(needed / DAY_MS));
  const times = to - from < SHORT_MS ? minutesFrom(from, to, most) : isHours ? hoursFrom(from, to, step) : daysFrom(from, to, step);
  return times
    .map((at, index) => ({ x: ((at.getTime() - from) / (to - from)) * width, text: textAt(at, times[index - 1]) }))
    .filter(({ x }) => x <= width - NOW_ROOM - TICK_ROOM / 2);
};

/** Shorter than this, whole hours are too few. */
const SHORT_MS = 6 * HOUR_MS;

const minutesFrom = (from: number, to: number, most: number): readonly Date[] =>
  roundTimes(from / 1_000, to / 1_000, -new Date(from).getTimezoneOffset() * 60, Math.min(most, 8)).map((at) => new Date(at * 1_000));

const daysFrom = (from: number, to: number, step: number): readonly Date[] => {
  const first = new Date(from);
  const count = Math.ceil((to - from) / DAY_MS / step) + 1;
  return Array.from({ length: count }, (_, at) => new Date(first.getFullYear(), first.getMonth(), first.getDate() + at * step)).filter(
    (at) => at.getTime() >= from && at.getTime() < to,
  );
};

const hoursFrom = (from: number, to: number, step: number): readonly Date[] => {
  const start = new Date(from);
  const hour = Math.ceil((start.getHours() + (start.getTime() % HOUR_MS === 0 ? 0 : 1)) / step) * step;
  return Array.from(
    { length: 24 / step + 1 },
    (_, at) => new Date(start.getFullYear(), start.getMonth(), start.getDate(), hour + at * step),
  ).filter((at) => at.getTime() >= from && at.getTime() < to);
};

/** `09:00`, `Tue 17`; the month where it is the first that is named, or another one. */
const textAt = (at: Date, before: Date | undefined): string => {
  if (at.getHours() !== 0 || at.getMinutes() !== 0) return clockOf(at);
  const day = `${weekday.format(at)} ${at.getDate()}`;
  return before !== undefined && before.getMonth() === at.getMonth() ? day : `${day} ${month.format(at)}`;
};

const ticksOfChange = (columns: readonly Column[], { to }: Window, width: number): readonly Tick[] => {
  const ticks: Tick[] = [];
  for (const { of, x } of columns) {
    if (x <= width - NOW_ROOM - TICK_ROOM && x >= (ticks.at(-1)?.x ?? -TICK_ROOM) + TICK_ROOM)
      ticks.push({ x, text: dayAndClock(new Date(of.at), new Date(to)).replace('today ', '') });
  }
  return ticks;
};
