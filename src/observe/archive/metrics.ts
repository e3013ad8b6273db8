import { setImmediate as yielded } from 'node:timers/promises';
import type { SketchBins } from '../sketch.ts';
import type { Counts, MinuteRow } from './counts.ts';
import { SketchSum } from './stored-sketch.ts';

const MINUTES_AT_ONCE = 6 * 60;

export const METRIC_GROUPS = ['version', 'status', 'outcome', 'kind'] as const;
export type MetricGroup = (typeof METRIC_GROUPS)[number];

/** Minutes since 1970, the second not included. */
export interface MetricsQuestion {
  readonly script: string;
  readonly since: number;
  readonly until: number;
  /** Minutes that make one point. */
  readonly step: number;
  readonly group: MetricGroup;
}

export interface Quantiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  /** Where it may be in truth; `upper` is null where too few values are known to tell. */
  readonly p99Interval: { readonly lower: number; readonly upper: number | null };
}

export interface Measured {
  readonly requests: number;
  readonly errors: number;
  /** In milliseconds, of all that is no WebSocket: one of those lasts as long as its visitor stays. Null where there is nothing. */
  readonly latency: Quantiles | null;
  /** Of processes, so that it is known of versions only. */
  readonly cpuMs: number | null;
}

export interface MetricsGroup extends Measured {
  /** A version's id, a status class (`2xx`, `none`), an outcome or a kind. */
  readonly key: string;
  /** Points at which there was something, by the minute each begins. */
  readonly series: readonly (Measured & { readonly minute: number })[];
}

/** What one version did, as `compare` needs it. */
export interface VersionBuckets {
  readonly versionId: string;
  readonly requests: number;
  readonly errors: number;
  readonly latency: SketchBins;
}

class Sum {
  requests = 0;
  errors = 0;
  cpuMs = 0;
  readonly latency = new SketchSum();

  addAll({ requests, errors, cpuMs, latency }: Sum): void {
    this.requests += requests;
    this.errors += errors;
    this.cpuMs += cpuMs;
    this.latency.addSum(latency);
  }

  add(row: MinuteRow, hasLatency: boolean): void {
    this.requests += row.requests;
    if (row.isError) this.errors += row.requests;
    if (hasLatency) this.latency.addBytes(row.latency);
  }

  measured(hasCpu: boolean): Measured {
    const { requests, errors, cpuMs } = this;
    return { requests, errors, latency: quantilesOf(this.latency), cpuMs: hasCpu ? cpuMs : null };
  }
}

const quantilesOf = (sum: SketchSum): Quantiles | null => {
  const [p50, p90, p99] = sum.quantiles([0.5, 0.9, 0.99]) ?? [];
  if (p50 === undefined || p90 === undefined || p99 === undefined) return null;
  return { p50, p90, p99, p99Interval: intervalOf(0.99, sum) };
};

/** 95 times in 100, by the normal distribution. */
const SURE = 1.96;

/**
 * Where a quantile may be, whatever the values are spread like: how many of them are below it is a draw, and the values at both ends of
 * that draw are its bounds (Conover, Practical Nonparametric Statistics, 3.2).
 */
const intervalOf = (share: number, sum: SketchSum): Quantiles['p99Interval'] => {
  const reach = SURE * Math.sqrt((share * (1 - share)) / sum.count);
  const [low, high] = [Math.max(0, share - reach), share + reach + 1 / sum.count];
  const [lower = 0, upper = 0] = sum.quantiles([low, Math.min(1, high)]) ?? [];
  return { lower, upper: high > 1 ? null : upper };
};

/** Whatever runs beside it goes on between slices. */
const eachRow = async (
  counts: () => Counts,
  script: string,
  since: number,
  until: number,
  see: (row: MinuteRow) => void,
): Promise<void> => {
  for (let from = since; from < until; from += MINUTES_AT_ONCE) {
    for (const row of counts().eachMinute(script, from, Math.min(until, from + MINUTES_AT_ONCE))) see(row);
    await yielded();
  }
};

/** Of each group totals and points; the group with most requests first. */
export const metricsOf = async (
  counts: () => Counts,
  { script, since, until, step, group }: MetricsQuestion,
): Promise<readonly MetricsGroup[]> => {
  const groups = new Map<string, Map<number, Sum>>();
  const point = (key: string, minute: number): Sum =>
    at(
      at(groups, key, () => new Map<number, Sum>()),
      minute - (minute % step),
      () => new Sum(),
    );
  await eachRow(counts, script, since, until, (row) => {
    const hasLatency = group === 'kind' || row.kind !== 'websocket';
    point(keyIn(row, group), row.minute).add(row, hasLatency);
  });
  const isByVersion = group === 'version';
  if (isByVersion) {
    for (const { versionId, minute, cpuMs } of counts().cpu(script, since, until)) {
      point(versionId, minute).cpuMs += cpuMs;
    }
  }
  return Array.from(groups, ([key, points]) => {
    const total = new Sum();
    for (const sum of points.values()) total.addAll(sum);
    const series = Array.from(points, ([minute, sum]) => Object.assign(sum.measured(isByVersion), { minute }));
    return Object.assign(total.measured(isByVersion), { key, series: series.toSorted((a, b) => a.minute - b.minute) });
  }).toSorted((a, b) => b.requests - a.requests || (a.key < b.key ? -1 : 1));
};

/** What each version did, in whole. */
export const bucketsOf = async (counts: () => Counts, script: string, since: number, until: number): Promise<readonly VersionBuckets[]> => {
  const versions = new Map<string, Sum>();
  await eachRow(counts, script, since, until, (row) => at(versions, row.version, () => new Sum()).add(row, row.kind !== 'websocket'));
  return [...versions].map(([versionId, { requests, errors, latency }]) => ({ versionId, requests, errors, latency: latency.toBins() }));
};

const keyIn = (row: MinuteRow, group: MetricGroup): string => {
  if (group === 'version') return row.version;
  if (group === 'outcome') return row.outcome;
  if (group === 'kind') return row.kind;
  return row.statusClass === 0 ? 'none' : `${row.statusClass}xx`;
};

const at = <Key, Value>(map: Map<Key, Value>, key: Key, made: () => Value): Value => {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = made()));
  return value;
};
