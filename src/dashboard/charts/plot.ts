import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { bandsOf, drawnValues, highest, type ChartData, type Line, type Mark } from './chart-data.ts';
import type { Colours } from './colours.ts';
import { levels, roundTimes } from './scale.ts';

/** Above the plot for the words of marks, below for the times, right for the values: px. */
const ABOVE = 24;
const BELOW = 22;
export const GUTTER = 48;
const PLOT = 144;
export const CHART_HEIGHT = ABOVE + PLOT + BELOW;

const LINE = 1.75;

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric' });
const DAY_S = 24 * 60 * 60;

interface PlotOptions {
  /** What is drawn: asked anew for each drawing, so that values may come without another plot. Its lines stay the same ones. */
  readonly current: () => ChartData;
  readonly width: number;
  readonly colours: Colours;
  /** Charts with the same key share one crosshair. */
  readonly group: string;
  /** The step under the pointer, and where it is. */
  readonly onPointer: (step: number | undefined, left: number) => void;
}

/** Draws a chart into the element. Another theme, or other lines, are another plot. */
export const plotIn = (element: HTMLElement, options: PlotOptions): uPlot =>
  new uPlot(optionsOf(options), alignedOf(options.current()), element);

/** What uPlot draws: the edges of bands, which lie below all lines, then the lines, the newest last: in front. */
export const alignedOf = (data: ChartData): uPlot.AlignedData => {
  const edges = bandsOf(data).flatMap(({ between }) => [between.map((each) => each?.[1]), between.map((each) => each?.[0])]);
  return [[...data.times], ...edges, ...drawnValues(data).toReversed()];
};

const optionsOf = ({ current, width, colours, group, onPointer }: PlotOptions): uPlot.Options => {
  const { lines, isStacked = false } = current();
  const bands = bandsOf(current());
  const splits = (): number[] => [...levels(highest(current()))];
  const font = `11px ${colours.font}`;
  const series = lines.map((line) => (isStacked ? areaOf(line, colours) : lineOf(line, colours))).toReversed();
  return {
    width,
    height: CHART_HEIGHT,
    padding: [ABOVE, 0, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      sync: { key: group, scales: ['x', null] },
      points: { size: 7, width: 1.5, stroke: () => colours.of('--page'), fill: (_, at) => pointColour(current(), at, colours) },
    },
    scales: { x: { time: true, range: () => rangeOf(current()) }, y: { range: () => [0, splits().at(-1) ?? 1] } },
    series: [{}, ...bands.flatMap(() => [EDGE, EDGE]), ...series],
    bands: bands.map(({ look }, at) => ({
      series: [2 * at + 1, 2 * at + 2],
      fill: colours.of(look === 'new' ? '--new-soft' : '--stable-soft'),
    })),
    axes: [
      {
        size: BELOW,
        gap: 4,
        font,
        stroke: colours.of('--ink-3'),
        grid: { show: false },
        ticks: { show: false },
        splits: (plot) => timesIn(...rangeOf(current())).filter((time) => hasRoom(plot, time)),
        values: (_, at) => at.map((time) => timeName(time, current())),
      },
      {
        side: 1,
        size: GUTTER,
        gap: 8,
        font,
        align: 1,
        stroke: colours.of('--ink-3'),
        grid: { stroke: colours.of('--line'), width: 1 },
        ticks: { show: false },
        splits,
        values: (_, at) => at.map((value) => current().say(value)),
      },
    ],
    hooks: {
      draw: [(plot) => drawMarks(plot, current().marks, colours)],
      setCursor: [({ cursor: { idx, left = -1 } }) => onPointer(left < 0 || idx == null ? undefined : idx, left)],
    },
  };
};

const rangeOf = ({ times }: ChartData): [first: number, last: number] => {
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  return [first, Math.max(last, first + 1)];
};

const timesIn = (first: number, last: number) => roundTimes(first, last, -new Date(first * 1000).getTimezoneOffset() * 60);

/** So much a time takes on each side, px: one that is cut off cannot be read. */
const HALF_A_TIME = 16;

const hasRoom = (plot: uPlot, time: number): boolean => plot.valToPos(time, 'x') >= HALF_A_TIME;

const timeName = (time: number, data: ChartData): string => {
  const [first, last] = rangeOf(data);
  return (last - first > 2 * DAY_S ? day : clock).format(new Date(time * 1000));
};

const FILLS = { new: '--new', stable: '--stable-soft', past: '--past-2', back: '--past-2', idle: '--past-2' } as const;
const STROKES = { new: '--new', stable: '--stable', past: '--past-1', back: '--past-1', idle: '--past-1' } as const;

const areaOf = ({ look }: Line, colours: Colours): uPlot.Series => ({
  stroke: colours.of(STROKES[look]),
  fill: colours.of(FILLS[look]),
  width: LINE,
  points: lonelyPoints(colours.of(STROKES[look])),
});

/** A band is two lines that are not drawn, with what is between them. */
const EDGE: uPlot.Series = { width: 0, points: { show: false } };

const lineOf = ({ look }: Line, colours: Colours): uPlot.Series => {
  const stroke = colours.of(STROKES[look]);
  return { stroke, width: LINE, points: lonelyPoints(stroke) };
};

/** A line has no length where there is one step alone: a dot stands for it. */
const lonelyPoints = (colour: string): uPlot.Series.Points => ({
  show: true,
  size: 4,
  width: 0,
  fill: colour,
  filter: (plot, at) => {
    const values = plot.data[at] ?? [];
    return [...values.keys()].filter((step) => values[step] != null && values[step - 1] == null && values[step + 1] == null);
  },
});

/** Only on the lines themselves, not on the edges of a band. */
const pointColour = (data: ChartData, at: number, colours: Colours): string => {
  const look = data.lines.toReversed()[at - 1 - 2 * bandsOf(data).length]?.look;
  return look === undefined ? 'transparent' : colours.of(STROKES[look]);
};

const drawMarks = (plot: uPlot, marks: readonly Mark[], colours: Colours): void => {
  const { ctx, bbox } = plot;
  const pixels = uPlot.pxRatio;
  ctx.save();
  ctx.font = `600 ${11 * pixels}px ${colours.font}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'alphabetic';
  let free = Infinity;
  // The latest are said where there is no room for all.
  for (const { at, text } of marks.toReversed()) {
    const x = plot.valToPos(at, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = colours.of('--ink-3');
    ctx.lineWidth = pixels;
    ctx.setLineDash([2 * pixels, 3 * pixels]);
    ctx.beginPath();
    ctx.moveTo(Math.round(x) + 0.5, bbox.top - 2 * pixels);
    ctx.lineTo(Math.round(x) + 0.5, bbox.top + bbox.height);
    ctx.stroke();
    const half = ctx.measureText(text).width / 2;
    const middle = Math.min(bbox.left + bbox.width - half, Math.max(bbox.left + half, x));
    if (middle + half > free) continue;
    free = middle - half - 6 * pixels;
    ctx.fillStyle = colours.of('--ink-2');
    ctx.fillText(text, middle, bbox.top - 6 * pixels);
  }
  ctx.restore();
};
