import type { LogpushField, LogpushOutput, LogpushRow } from '../../domain/index.ts';
import type { InvocationRecord } from '../record.ts';
import type { TraceEvent } from '../trace.ts';

/**
 * A record as a row of `workers_trace_events`. Shapes are those that Cloudflare sends, but for `ScriptVersion`, whose members are
 * written as its documentation has them: `{id, message, tag}`.
 */
export const rowOf = (record: InvocationRecord, tags: readonly string[]): LogpushRow => {
  const made = new Map<LogpushField, unknown>();
  return (field) => {
    if (!made.has(field)) made.set(field, FIELDS[field](record, tags));
    return made.get(field);
  };
};

/** The row as one line of JSON, its fields in the order in which they were asked for. */
export const lineOf = (row: LogpushRow, { fields, isDefused }: Pick<LogpushOutput, 'fields' | 'isDefused'>): string => {
  const line = `{${fields.map((field) => `${JSON.stringify(field)}:${JSON.stringify(row(field))}`).join(',')}}`;
  return isDefused ? line.replaceAll('${', 'x{') : line;
};

/** Stands for what was cut of an invocation that logged, or threw, more than is kept of one. */
const CUT = '<<<Logpush: Logs truncated>>>';

const FIELDS: { readonly [Field in LogpushField]: (record: InvocationRecord, tags: readonly string[]) => unknown } = {
  CPUTimeMs: ({ cpuMs }) => Math.round(cpuMs ?? 0),
  // Workers for Platforms is not offered.
  DispatchNamespace: () => '',
  Entrypoint: ({ entrypoint }) => entrypoint ?? '',
  Event: (record) => eventOf(record),
  EventTimestampMs: ({ at }) => Math.round(at),
  EventType: (record) => eventType(record),
  Exceptions: ({ exceptions }) =>
    exceptions.map(({ name, message, stack, timestamp }) => ({
      Name: name,
      Message: message,
      ...(stack === undefined ? {} : { Stack: stack }),
      TimestampMs: timestamp,
    })),
  Logs: ({ logs, isTruncated, at }) => [
    ...logs.map(({ level, message, timestamp }) => ({
      Level: level,
      Message: Array.isArray(message) ? message : [message],
      TimestampMs: timestamp,
    })),
    ...(isTruncated === true ? [{ Level: 'warn', Message: [CUT], TimestampMs: logs.at(-1)?.timestamp ?? Math.round(at) }] : []),
  ],
  Outcome: ({ outcome }) => outcome,
  ScriptName: ({ script }) => script,
  ScriptTags: (_, tags) => tags,
  ScriptVersion: ({ version }) => ({ id: version.id, message: version.message ?? '', tag: version.tag ?? '' }),
  WallTimeMs: ({ wallMs }) => Math.round(wallMs),
};

const eventType = ({ kind, event }: InvocationRecord): string => {
  if (event !== null && 'getWebSocketEvent' in event) return 'hibernatable_web_socket';
  // A request that becomes a WebSocket is a request.
  if (kind === 'websocket' || kind === 'other') return 'fetch';
  return kind === 'rpc' ? 'worker_rpc' : kind;
};

const eventOf = (record: InvocationRecord): unknown => {
  const { event, kind, status, id } = record;
  const told: TraceEvent = event ?? {};
  switch (eventType(record)) {
    case 'fetch': {
      // By which scheme a visitor came the edge does not say, and URLs are read as such.
      const request = objectIn(told, 'request') ?? { url: record.url && `http://${record.url}`, method: record.method };
      // What the visitor got, which may be another than what the version answered.
      const answered = status ?? numberIn(objectIn(told, 'response'), 'status');
      return {
        RayID: kind === 'other' ? '' : id,
        Request: { URL: textIn(request, 'url'), Method: textIn(request, 'method') },
        ...(answered === undefined ? {} : { Response: { Status: answered } }),
      };
    }
    case 'scheduled':
      return { Cron: textIn(told, 'cron'), ScheduledTimeMs: millisecondsIn(told, 'scheduledTime') };
    case 'alarm':
      return { ScheduledTimeMs: millisecondsIn(told, 'scheduledTime') };
    case 'queue':
      return { Queue: textIn(told, 'queue'), BatchSize: numberIn(told, 'batchSize') ?? 0 };
    case 'worker_rpc':
      return { RpcMethod: textIn(told, 'rpcMethod') };
    default:
      return told;
  }
};

const objectIn = (holder: TraceEvent, name: string): TraceEvent | undefined => {
  const value = holder[name];
  return typeof value === 'object' && value !== null ? (value as TraceEvent) : undefined;
};

const textIn = (holder: TraceEvent, name: string): string => {
  const value = holder[name];
  return typeof value === 'string' ? value : '';
};

const numberIn = (holder: TraceEvent | undefined, name: string): number | undefined => {
  const value = holder?.[name];
  return typeof value === 'number' ? value : undefined;
};

/** An alarm's time is written as a date. */
const millisecondsIn = (holder: TraceEvent, name: string): number => numberIn(holder, name) ?? (Date.parse(textIn(holder, name)) || 0);
