import { Fragment, useEffect, useRef, useState } from 'react';
import type uPlot from 'uplot';
import type { ChartData } from './chart-data.ts';
import { coloursIn, onTheme } from './colours.ts';
import { alignedOf, CHART_HEIGHT, GUTTER, plotIn } from './plot.ts';
import { clockOf, dayAndClock } from '../words/index.ts';
import './charts.css';

export interface ChartProps {
  readonly data: ChartData;
  /** The chart in words, for who does not see it. */
  readonly sentence: string;
  /** Charts with the same key share one crosshair. */
  readonly group: string;
}

interface Pointed {
  readonly step: number;
  readonly left: number;
}

/** Lines or stacked areas over time. Its height is always the same, so that nothing moves when it comes. */
export const Chart = ({ data, sentence, group }: ChartProps) => {
  const element = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<Pointed>();
  const latest = useRef(data);
  const plot = useRef<uPlot>(undefined);
  const shape = `${data.isStacked} ${data.lines.map(({ name, look, between }) => `${name} ${look} ${between !== undefined}`).join()}`;
  useEffect(() => {
    latest.current = data;
    if (plot.current?.root.dataset['shape'] === shape) plot.current.setData(alignedOf(data));
  }, [data, shape]);
  useEffect(() => {
    const { current } = element;
    if (current === null) return undefined;
    const draw = (): void => {
      plot.current?.destroy();
      plot.current = plotIn(current, {
        current: () => latest.current,
        group,
        width: current.clientWidth,
        colours: coloursIn(current),
        onPointer: (step, left) => setPointed(step === undefined ? undefined : { step, left }),
      });
      plot.current.root.dataset['shape'] = shape;
    };
    draw();
    const size = new ResizeObserver(() => plot.current?.setSize({ width: current.clientWidth, height: CHART_HEIGHT }));
    size.observe(current);
    const leaveTheme = onTheme(draw);
    return () => {
      size.disconnect();
      leaveTheme();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape, group]);
  return (
    <div className="chart">
      <div ref={element} className="chart-plot" role="img" aria-label={sentence} />
      {pointed !== undefined && <Tooltip data={data} {...pointed} width={element.current?.clientWidth ?? 0} />}
    </div>
  );
};

const DAY_S = 24 * 60 * 60;
const WIDTH = 144;
const APART = 12;

/** Beside the line, on the side where there is room, and not over what the axis says. */
const Tooltip = ({ data, step, left, width }: Pointed & { readonly data: ChartData; readonly width: number }) => {
  const { times, lines, say, sayMeasured = say } = data;
  const [middle = 0, half = 0] = [times[step], ((times[1] ?? 0) - (times[0] ?? 0)) / 2];
  const isLong = (times.at(-1) ?? 0) - (times[0] ?? 0) > DAY_S;
  const sayFrom = (at: Date): string => (isLong ? dayAndClock(at, new Date()) : clockOf(at));
  const isRight = left + APART + WIDTH <= width - GUTTER;
  return (
    <div className="chart-tip" aria-hidden style={{ width: WIDTH, left: isRight ? left + APART : Math.max(0, left - APART - WIDTH) }}>
      <p className="third">
        {sayFrom(new Date((middle - half) * 1000))} to {clockOf(new Date((middle + half) * 1000))}
      </p>
      {lines.map(({ name, look, values, between }) => (
        <Fragment key={name}>
          <p>
            <span className={`chip look-${look}`}>{name}</span>
            <span className="num">{saidOf(values[step], sayMeasured)}</span>
          </p>
          {between?.[step] !== undefined && <p className="third chart-sure">{sureOf(between[step], sayMeasured)}</p>}
        </Fragment>
      ))}
    </div>
  );
};

/** What it may be in truth, also where the band goes on above the chart. */
const sureOf = ([lower, upper]: readonly [number, number], say: ChartData['say']): string =>
  upper === Infinity ? `at least ${say(lower)}` : `${say(lower)} to ${say(upper)}`;

const saidOf = (value: number | null | undefined, say: ChartData['say']): string => (value == null ? 'none' : say(value));
