import type { Observer, ObserverOptions } from './observer.ts';

export { writeToDestination, type DestinationRules } from './logpush/destinations/index.ts';
export type { LogpushOrder, LogpushState, LogpushStatus, OrderedJob } from './logpush/wire.ts';
export {
  archiveStatus,
  liveCounts,
  observedCounts,
  observedGlances,
  observedInvocation,
  observedInvocations,
  observedMetrics,
  observedPair,
  observedVersions,
  type ArchiveStatus,
  type ObservedPair,
  type ObservedVersions,
} from './answers.ts';
export type { ExceptionGroup } from './archive/exceptions.ts';
export type { Measured, MetricGroup, MetricsGroup, MetricsQuestion, Quantiles, VersionBuckets } from './archive/metrics.ts';
export { SLOT_MINUTES, type CountsWindow, type Glance, type GlanceQuestion, type VersionCounts } from './archive/slots.ts';
export type { Cursor, RecordFilter, RecordPage } from './archive/records.ts';
export type { LiveCounts, LiveVersion } from './live.ts';
export { ObserveClient, type ObserveQuestion } from './client.ts';
export type { InvocationRecord, RecordSink } from './record.ts';
export type { CollectRule, Count, CpuCount, EdgeReportOfUse, Fact, ReportAnswer, Watched } from './report.ts';
export type { Relayed } from './relay.ts';
export { Sketch, type SketchBins } from './sketch.ts';
export { Tally } from './tally.ts';
export { unreportedCounts, unreportedCpu } from './unreported.ts';
export { bodyWithin } from './collector/posted.ts';
export { querySocketIn, reportsSocketIn, tracesSocketIn } from './sockets.ts';
export { watchedPath } from './watched-stream.ts';
export { FILTER_OUTCOMES, type TailFilter } from './tails/filter.ts';
export { MOST_TAILS, type OpenTail, type TailAnswer, type TailRequest } from './tails/terms.ts';
export { TRACER_SOURCE, TRACES_BINDING, VERSIONS_BINDING } from './tracer/tracer-source.ts';
export {
  MOST_BATCH_BYTES,
  MOST_TRACE_CHARACTERS,
  type LogLevel,
  type Trace,
  type TraceBatch,
  type TracedVersion,
  type TraceEvent,
  type TraceException,
  type TraceLog,
  type TraceWants,
} from './trace.ts';
export {
  isError,
  outcomeFrom,
  INVOCATION_KINDS,
  OUTCOMES,
  type InvocationKind,
  type ObservedVersion,
  type Outcome,
  type PickReason,
} from './words.ts';

export type { ObserverOptions };

/** Opens the observe process's own half. What it is made of is large, and nobody else loads it. */
export const openObserver = async (options: ObserverOptions): Promise<Observer> => (await import('./observer.ts')).Observer.open(options);
export { isUnseen } from './unseen.ts';
