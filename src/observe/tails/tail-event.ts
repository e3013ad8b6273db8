import type { InvocationRecord } from '../record.ts';

/**
 * One invocation as Cloudflare tells of it to those who tail a Worker (wrangler's tail/createTail.ts, `TailEventMessage`): `logs` and
 * `exceptions` are there also where they are empty, and what the invocation was for is seen by the members of `event`.
 */
export const tailEvent = (record: InvocationRecord): Readonly<Record<string, unknown>> => ({
  wallTime: Math.round(record.wallMs),
  cpuTime: Math.round(record.cpuMs ?? 0),
  truncated: record.isTruncated === true,
  executionModel: record.objectId === undefined ? 'stateless' : 'durableObject',
  outcome: record.outcome,
  scriptName: record.script,
  scriptVersion: record.version,
  entrypoint: record.entrypoint,
  durableObjectId: record.objectId,
  diagnosticsChannelEvents: [],
  exceptions: record.exceptions,
  logs: record.logs.map((log) => ({ ...log, message: [log.message].flat() })),
  eventTimestamp: record.at,
  event: withStatus(record),
});

/** The status that the visitor got; the runtime tells it only of what came to its end there. */
const withStatus = ({ event, status }: InvocationRecord): InvocationRecord['event'] =>
  status === undefined || event?.['request'] === undefined || event['response'] !== undefined ? event : { ...event, response: { status } };

/** A word of the tail about itself, in the same shape. */
export const tailNotice = (type: 'overload' | 'overload-stop', message: string, now: number): Readonly<Record<string, unknown>> => ({
  outcome: 'ok',
  scriptName: null,
  diagnosticsChannelEvents: [],
  exceptions: [],
  logs: [],
  eventTimestamp: now,
  event: { type, message },
});
