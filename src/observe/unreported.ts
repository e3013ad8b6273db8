import { ByMinute } from './by-minute.ts';
import type { Count, CpuCount } from './report.ts';
import { Sketch } from './sketch.ts';

/** Of ten busy versions those of some hours; each is about a kilobyte. */
const MOST_COUNTS = 20_000;

/** What an edge has counted and not yet told, while nobody listens. */
export const unreportedCounts = (most = MOST_COUNTS): ByMinute<Count> =>
  new ByMinute<Count>(
    most,
    ({ versionId, kind, statusClass, outcome }) => `${versionId} ${kind} ${statusClass} ${outcome}`,
    (one, other) => ({ ...one, requests: one.requests + other.requests, latency: latencyOf(one, other) }),
  );

export const unreportedCpu = (most = MOST_COUNTS): ByMinute<CpuCount> =>
  new ByMinute<CpuCount>(
    most,
    ({ versionId }) => versionId,
    (one, other) => ({ ...one, cpuMs: one.cpuMs + other.cpuMs }),
  );

const latencyOf = (...counts: readonly Count[]) => {
  const sketch = new Sketch();
  for (const { latency } of counts) sketch.add(latency);
  return sketch.toBins();
};
