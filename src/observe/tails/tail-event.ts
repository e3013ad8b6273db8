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
  event: asSeen(record),
});

/**
 * The runtime tells no status of what did not come to its end there, and nothing at all where its process was ended: the edge knows.
 * By which scheme a visitor came it does not say, and clients read URLs.
 */
const asSeen = ({ event, status, method, url }: InvocationRecord): InvocationRecord['event'] => {
  const response = status === undefined ? {} : { response: { status } };
  if (event === null)
    return method === undefined ? null : { request: { url: `http://${url ?? ''}`, method, headers: {}, cf: {} }, ...response };
  const isToldWhole = event['request'] === undefined || (event['response'] ?? undefined) !== undefined;
  return isToldWhole ? event : { ...event, ...response };
};

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
