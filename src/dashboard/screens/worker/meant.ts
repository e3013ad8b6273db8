import type { Result } from '../../api/index.ts';
import { versionName } from '../../parts/index.ts';
import {
  count,
  counted,
  dayAndClock,
  duration,
  errorsVerdict,
  latencyVerdict,
  ratePoints,
  trafficVerdict,
  type Compared,
  type Verdict,
} from '../../words/index.ts';
import type { Value } from './metric.tsx';
import type { Drawn, Metrics } from './metrics.ts';
import type { Recent } from './recent.ts';
import type { Deployment } from './worker.ts';

export type Comparison = Result<'compareVersions'>;

interface Known {
  readonly deployment: Deployment;
  readonly drawn: readonly Drawn[];
  readonly metrics: Metrics;
  readonly comparison: Comparison | undefined;
  readonly recent: Recent | undefined;
}

interface Meant {
  readonly values: readonly Value[];
  readonly verdict: Verdict | undefined;
}

const SLOWEST = 0.99;

/** The higher of the two latencies that are compared; 0 where none are. */
export const slowestIn = (comparison: Comparison | undefined): number => {
  const slowest = comparison?.latency.find(({ quantile }) => quantile === SLOWEST);
  return Math.max(slowest?.version ?? 0, slowest?.baseline ?? 0);
};

/** A share that was set within these minutes cannot be what was measured in them. */
const NOT_YET_MEASURED: Verdict = {
  sign: 'early',
  strong: 'Too early:',
  more: 'a share is measured over 5 minutes, and this one was set since.',
};

const plain = (more: string): Verdict => ({ sign: 'follows', strong: '', more });

/** The values above the charts and the sentences below. Where two are compared, both are of the time of the comparison. */
export const meant = (known: Known): Readonly<Record<'requests' | 'errors' | 'latency', Meant>> => {
  const { drawn, comparison, recent } = known;
  const values = (say: (version: Drawn) => string | undefined): readonly Value[] =>
    drawn.map((version) => ({ version, text: say(version) ?? 'none' }));
  const slowest = comparison?.latency.find(({ quantile }) => quantile === SLOWEST);
  return {
    requests: { values: values(({ version_id: id }) => said(recent?.perMinuteOf(id), count)), verdict: trafficMeans(known) },
    errors: {
      values: values(({ version_id: id }) =>
        said(sideOf(comparison, id, comparison?.error_rate) ?? groupOf(known, id)?.error_rate, ratePoints),
      ),
      verdict: errorsMean(known),
    },
    latency: {
      values: values(({ version_id: id }) => said(sideOf(comparison, id, slowest) ?? groupOf(known, id)?.latency_ms?.p99, count)),
      verdict: latencyMeans(known),
    },
  };
};

const said = (value: number | null | undefined, say: (value: number) => string): string | undefined =>
  value == null ? undefined : say(value);

const groupOf = ({ metrics }: Known, id: string) => metrics.groups.find(({ key }) => key === id);

interface Sides {
  readonly version: number | null;
  readonly baseline: number | null;
}

const sideOf = (comparison: Comparison | undefined, id: string, sides: Sides | undefined): number | null | undefined => {
  if (comparison === undefined || sides === undefined) return undefined;
  if (id === comparison.version.version_id) return sides.version;
  return id === comparison.baseline.version_id ? sides.baseline : undefined;
};

/** Who is compared, by name. */
const comparedIn = ({ version, baseline, since }: Comparison, { deployment }: Known): Compared => ({
  version: { name: versionName(version.number), requests: version.requests },
  baseline: { name: versionName(baseline.number), requests: baseline.requests },
  // Where one took the other's place, the time before belongs to that one.
  since: `since ${dayAndClock(new Date(Math.max(Date.parse(since), Date.parse(deployment.at))), new Date()).replace('today ', '')}`,
});

const trafficMeans = ({ deployment: { versions }, drawn: [newer], recent }: Known): Verdict | undefined => {
  const share = versions.find(({ version_id: id }) => id === newer?.version_id)?.percentage;
  if (recent === undefined || newer === undefined || share === undefined) return undefined;
  const name = versionName(newer.number);
  const measured = recent.shareOf(newer.version_id);
  if (versions.length === 1 && measured !== undefined) return plain(`All requests go to ${name}.`);
  const verdict = trafficVerdict(name, share / 100, measured);
  return recent.isOfIt || verdict.sign === 'follows' ? verdict : NOT_YET_MEASURED;
};

/** Alone, a version is told of by itself; beside another, by what sets it apart. */
const errorsMean = (known: Known): Verdict | undefined => {
  const {
    comparison,
    drawn: [newer, older],
  } = known;
  if (comparison !== undefined) return errorsVerdict(comparison.error_rate, comparedIn(comparison, known));
  const group = newer && groupOf(known, newer.version_id);
  if (older !== undefined || group === undefined) return undefined;
  return plain(`${count(group.errors)} of ${counted(group.requests, 'request')} failed in this time.`);
};

const latencyMeans = (known: Known): Verdict | undefined => {
  const {
    comparison,
    drawn: [newer, older],
  } = known;
  if (comparison !== undefined) return latencyVerdict(comparison.latency, comparedIn(comparison, known), SLOWEST);
  const latency = newer && groupOf(known, newer.version_id)?.latency_ms;
  if (older !== undefined || latency == null) return undefined;
  return plain(`Half of all requests took ${duration(latency.p50)} or less.`);
};
