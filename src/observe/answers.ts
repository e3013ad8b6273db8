import type { Readable } from 'node:stream';
import type { CountedException, ExceptionGroup } from './archive/exceptions.ts';
import type { MetricsGroup, MetricsQuestion, VersionBuckets } from './archive/metrics.ts';
import type { Cursor, RecordFilter, RecordPage } from './archive/records.ts';
import type { CountsWindow, Glance, GlanceQuestion, VersionCounts } from './archive/slots.ts';
import type { ObserveClient } from './client.ts';
import type { DropCause } from './drops.ts';
import type { InvocationRecord } from './record.ts';

/** What each version of a Worker did over some minutes. */
export interface ObservedVersions {
  /** Versions that did nothing are not there. */
  readonly versions: readonly VersionBuckets[];
  /** The most frequent first. */
  readonly exceptions: readonly ExceptionGroup[];
}

/** What two versions of a Worker did. */
export interface ObservedPair {
  readonly versions: readonly VersionBuckets[];
  /** All that one of them threw. */
  readonly exceptions: readonly CountedException[];
}

export interface ArchiveStatus {
  readonly mostBytes: number;
  readonly bytes: { readonly counts: number; readonly records: number };
  /** Milliseconds since 1970. */
  readonly oldestCountsAt: number | null;
  readonly oldestRecordAt: number | null;
  /** Since the process started. */
  readonly dropped: Readonly<Partial<Record<DropCause, number>>>;
  readonly since: number;
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

const withQuery = (path: string, query: Query): string => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return `/archive/${path}?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])).toString()}`;
};

/** What is there of a path that always answers. */
const there = async <Value>(client: ObserveClient, path: string, query: Query = {}, withinMs?: number): Promise<Value> => {
  const value = await client.read<Value>({ path: withQuery(path, query), ...(withinMs === undefined ? {} : { withinMs }) });
  if (value === undefined) throw new Error(`The observe process knows no ${path}.`);
  return value;
};

const posted = async <Value>(client: ObserveClient, path: string, body: unknown, withinMs: number): Promise<Value> => {
  const value = await client.read<Value>({ method: 'POST', path: `/archive/${path}`, body, withinMs });
  if (value === undefined) throw new Error(`The observe process knows no ${path}.`);
  return value;
};

export const observedMetrics = (client: ObserveClient, question: MetricsQuestion): Promise<readonly MetricsGroup[]> =>
  there(client, 'metrics', { ...question });

/** `since` and `until` are minutes since 1970, the second one not included. */
export const observedVersions = (client: ObserveClient, script: string, since: number, until: number): Promise<ObservedVersions> =>
  there(client, 'buckets', { script, since, until });

/** Minutes as above. */
export const observedPair = (
  client: ObserveClient,
  script: string,
  since: number,
  until: number,
  [one, other]: readonly [string, string],
): Promise<ObservedPair> => there(client, 'pair', { script, since, until, one, other });

/** How many Workers do, in the order they are asked for. */
export const observedGlances = (client: ObserveClient, question: GlanceQuestion, withinMs: number): Promise<readonly Glance[]> =>
  posted(client, 'glances', question, withinMs);

/** What each version did, of each of these windows. */
export const observedCounts = (
  client: ObserveClient,
  windows: readonly CountsWindow[],
  withinMs: number,
): Promise<readonly (readonly VersionCounts[])[]> => posted(client, 'counted', { windows }, withinMs);

export const observedInvocations = (
  client: ObserveClient,
  script: string,
  filter: RecordFilter,
  most: number,
  after?: Cursor,
): Promise<RecordPage> => there(client, 'invocations', { script, ...filter, most, ...after });

export const observedInvocation = (client: ObserveClient, script: string, id: string): Promise<InvocationRecord | undefined> =>
  client.read({ path: withQuery(`invocations/${encodeURIComponent(id)}`, { script }) });

export const archiveStatus = (client: ObserveClient, withinMs?: number): Promise<ArchiveStatus> => there(client, 'status', {}, withinMs);

/** Server-sent events of `LiveCounts`, one each second. */
export const liveCounts = (client: ObserveClient, script: string, signal: AbortSignal): Promise<Readable> =>
  client.stream(withQuery('live', { script }), signal);
