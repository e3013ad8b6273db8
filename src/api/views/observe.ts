import type { Version } from '../../domain/index.ts';
import type { ArchiveStatus, ExceptionGroup, InvocationRecord, Measured, MetricsGroup, VersionBuckets } from '../../observe/index.ts';

const MINUTE_MS = 60_000;
const TEN_THOUSAND = 10_000;

const timeOf = (ms: number): string => new Date(ms).toISOString();
const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** A process was never busy for a part of a microsecond that matters. */
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

const measuredView = ({ requests, errors, latency, cpuMs }: Measured) => ({
  requests,
  errors,
  error_rate: ratio(errors, requests),
  latency_ms: latency === null ? null : latencyView(latency),
  cpu_ms: cpuMs === null ? null : rounded(cpuMs),
});

const latencyView = ({ p50, p90, p99, p99Interval: { lower, upper } }: NonNullable<Measured['latency']>) => ({
  p50: rounded(p50),
  p90: rounded(p90),
  p99: rounded(p99),
  p99_interval: { lower: rounded(lower), upper: upper === null ? null : rounded(upper) },
});

/** `versions` are those that are known still; a deleted one was observed too. */
export const metricsGroupView = (group: MetricsGroup, isVersion: boolean, versions: readonly Version[]) => {
  const version = versions.find(({ id }) => id === group.key);
  return {
    key: group.key,
    version: isVersion
      ? { id: group.key, number: version?.number ?? null, tag: version?.tag ?? null, message: version?.message ?? null }
      : null,
    ...measuredView(group),
    series: group.series.map((point) => Object.assign({ at: timeOf(point.minute * MINUTE_MS) }, measuredView(point))),
  };
};

export const invocationView = (record: InvocationRecord) => ({
  id: record.id,
  at: timeOf(record.at),
  worker: record.script,
  version: { id: record.version.id, tag: record.version.tag ?? null, message: record.version.message ?? null },
  kind: record.kind,
  entrypoint: record.entrypoint ?? null,
  object_id: record.objectId ?? null,
  outcome: record.outcome,
  status: record.status ?? null,
  wall_ms: rounded(record.wallMs),
  cpu_ms: record.cpuMs === undefined ? null : rounded(record.cpuMs),
  why: record.why ?? null,
  client_ip: record.clientIp ?? null,
  method: record.method ?? null,
  url: record.url ?? null,
  event: record.event,
  logs: record.logs.map(({ timestamp, level, message }) => ({ at: timeOf(timestamp), level, message })),
  exceptions: record.exceptions.map(({ timestamp, name, message, stack }) => ({
    at: timeOf(timestamp),
    name,
    message,
    stack: stack ?? null,
  })),
  is_truncated: record.isTruncated === true,
});

export const exceptionGroupView = (group: ExceptionGroup, buckets: readonly VersionBuckets[], versions: readonly Version[]) => ({
  id: group.id,
  name: group.name,
  message: group.message,
  frame: group.frame,
  first_seen: timeOf(group.firstSeen),
  last_seen: timeOf(group.lastSeen),
  total: group.count,
  count: group.versions.reduce((sum, { count }) => sum + count, 0),
  versions: group.versions.map(({ versionId, count }) => ({
    version_id: versionId,
    number: versions.find(({ id }) => id === versionId)?.number ?? null,
    count,
    per_10k_requests: ratio(count * TEN_THOUSAND, buckets.find((each) => each.versionId === versionId)?.requests ?? 0),
  })),
  sample: group.sample === undefined ? null : invocationView(group.sample),
});

export const observabilityView = ({ mostBytes, bytes, oldestCountsAt, oldestRecordAt, dropped, since }: ArchiveStatus) => ({
  archive: {
    most_bytes: mostBytes,
    counts_bytes: bytes.counts,
    records_bytes: bytes.records,
    oldest_counts: oldestCountsAt === null ? null : timeOf(oldestCountsAt),
    oldest_record: oldestRecordAt === null ? null : timeOf(oldestRecordAt),
  },
  dropped: { ...dropped },
  since: timeOf(since),
});
