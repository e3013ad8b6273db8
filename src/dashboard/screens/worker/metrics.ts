import type { Look } from '../../../domain/index.ts';
import type { Result } from '../../api/index.ts';
import { shareBetween, stepsBeyond, type ChartData, type Line, type Mark } from '../../charts/index.ts';
import { versionName } from '../../parts/index.ts';
import { count, duration, rate } from '../../words/index.ts';
import type { Tail } from './live-counts.ts';

export type Metrics = Result<'getMetrics'>;
type Group = Metrics['groups'][number];
type Point = Group['series'][number];

/** A version whose line is drawn. */
export interface Drawn {
  readonly version_id: string;
  readonly number: number | null;
  readonly look: Look;
}

/** Of a step that has only begun, or of which little is in the window, too little is known. */
const LEAST_OF_A_STEP = 0.2;

/** The steps of a window, each with how much of it has passed. */
interface Steps {
  readonly starts: readonly number[];
  readonly minutes: readonly number[];
}

const stepsOf = ({ since, until, step_seconds: seconds, groups }: Metrics, extra: number): Steps => {
  const [stepMs, endMs] = [seconds * 1_000, Date.parse(until) + extra * 1_000];
  // Points lie on whole steps, and the window may begin within one.
  const known = groups.flatMap(({ series }) => series.slice(0, 1)).map(({ at }) => Date.parse(at));
  const anchor = known[0] ?? Math.floor(Date.parse(since) / stepMs) * stepMs;
  const first = anchor + Math.ceil((Date.parse(since) - anchor - stepMs + 1) / stepMs) * stepMs;
  const starts = Array.from({ length: Math.max(0, Math.ceil((endMs - first) / stepMs)) }, (_, at) => first + at * stepMs);
  const lengthOf = (start: number): number => Math.min(start + stepMs, endMs) - Math.max(start, Date.parse(since));
  const whole = starts.filter((start) => lengthOf(start) >= LEAST_OF_A_STEP * stepMs);
  return { starts: whole, minutes: whole.map((start) => lengthOf(start) / 60_000) };
};

export interface Charts {
  readonly requests: ChartData;
  readonly errors: ChartData;
  readonly latency: ChartData;
}

/** Where nothing failed the axis is of rates that would matter. */
const AXIS_OF_NO_ERRORS = 0.01;

const hasErrors = (lines: readonly { readonly points: readonly (Seen | undefined)[] }[]): boolean =>
  lines.some(({ points }) => points.some((point) => (point?.errors ?? 0) > 0));

/** The three charts of a window. `slowest`: what is said above the last one, ms. The versions come newest first; what else served in it is one line of requests, for the sum to be right. */
export const chartsOf = (
  metrics: Metrics,
  versions: readonly Drawn[],
  marks: readonly Mark[],
  tail: Tail | undefined,
  slowest: number,
): Charts => {
  const steps = stepsOf(metrics, tail?.seconds ?? 0);
  const times = steps.starts.map((start) => start / 1_000 + metrics.step_seconds / 2);
  const lines = versions.map((version) => ({ version, points: pointsOf(metrics, version.version_id, steps, tail) }));
  const common = { times, marks };
  const line = ({ version }: (typeof lines)[number], values: Line['values']): Line => ({
    name: versionName(version.number),
    look: version.look,
    values,
  });
  const requests = lines.map((each) =>
    line(
      each,
      each.points.map((point, at) => (point?.requests ?? 0) / (steps.minutes[at] ?? 1)),
    ),
  );
  return {
    requests: { ...common, isStacked: true, lines: [...requests, ...othersOf(metrics, versions, steps)], say: count },
    errors: {
      ...common,
      lines: lines.map((each) =>
        withBand(
          line(
            each,
            each.points.map((point) => rateOf(point)),
          ),
          each.points.map((point) => point && shareBetween(point.errors, point.requests)),
        ),
      ),
      ...(hasErrors(lines) ? {} : { atLeast: AXIS_OF_NO_ERRORS }),
      say: sayRate,
      sayMeasured: rate,
    },
    latency: {
      ...common,
      lines: lines.map((each) =>
        withBand(
          line(
            each,
            each.points.map((point) => point?.latency_ms?.p99 ?? null),
          ),
          each.points.map(p99Between),
        ),
      ),
      atLeast: slowest,
      say: (value) => (value === 0 ? '0' : duration(value)),
    },
  };
};

const sayRate = (value: number): string => (value === 0 ? '0' : `${Number((value * 100).toPrecision(3))}%`);

/** Of few requests nobody can tell how slow the slowest may be: the band has no upper end there. */
const p99Between = (point: Seen | undefined): readonly [number, number] | undefined =>
  point?.latency_ms ? [point.latency_ms.p99_interval.lower, point.latency_ms.p99_interval.upper ?? Infinity] : undefined;

const rateOf = (point: Seen | undefined): number | null =>
  point === undefined || point.requests === 0 ? null : point.errors / point.requests;

/** Only what is new is doubted: what is settled has traffic enough. */
const withBand = (line: Line, between: Line['between']): Line =>
  line.look === 'new' && between !== undefined ? { ...line, between } : line;

type Seen = Pick<Point, 'requests' | 'errors' | 'latency_ms'>;

/** A version's points in the order of the steps; what has come since the answer belongs to the last. */
const pointsOf = ({ groups }: Metrics, id: string, { starts }: Steps, tail: Tail | undefined): readonly (Seen | undefined)[] => {
  const series = groups.find(({ key }) => key === id)?.series ?? [];
  const byStart = new Map<number, Seen>(series.map((point) => [Date.parse(point.at), point]));
  const came = tail?.versions.get(id);
  return starts.map((start, at) => {
    const point = byStart.get(start);
    if (came === undefined || at < starts.length - 1) return point;
    return {
      requests: (point?.requests ?? 0) + came.requests,
      errors: (point?.errors ?? 0) + came.errors,
      latency_ms: point?.latency_ms ?? null,
    };
  });
};

const othersOf = (metrics: Metrics, versions: readonly Drawn[], steps: Steps): readonly Line[] => {
  const others = metrics.groups.filter(({ key }) => !versions.some(({ version_id: id }) => id === key));
  if (others.every(({ requests }) => requests === 0)) return [];
  const all = others.map(({ key }) => pointsOf(metrics, key, steps, undefined));
  const values = steps.starts.map((_, at) => all.reduce((sum, points) => sum + (points[at]?.requests ?? 0), 0) / (steps.minutes[at] ?? 1));
  return [{ name: 'others', look: 'past', values }];
};

/** What a chart shows, in words. */
export const chartInWords = (what: string, data: ChartData): string => {
  const { lines, times, say, sayMeasured = say } = data;
  if (times.length === 0) return `${what}: nothing in this time.`;
  const parts = lines.map((line) => {
    const seen = line.values.filter((value) => value !== null);
    if (seen.length === 0) return `${line.name} none`;
    const last = seen.at(-1) ?? 0;
    const beyond = stepsBeyond(data, line);
    const said = `${line.name} between ${sayMeasured(Math.min(...seen))} and ${sayMeasured(Math.max(...seen))}, ${sayMeasured(last)} at last`;
    return beyond === 0 ? said : `${said}, and at ${beyond} of ${times.length} points it may in truth be above the chart`;
  });
  return `${what}: ${parts.join('; ')}.`;
};
