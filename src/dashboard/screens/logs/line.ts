import type { Result } from '../../api/index.ts';
import { duration } from '../../words/index.ts';

type Invocation = Result<'listInvocations'>[number];

/** One invocation, whether it was kept or came just now. */
export interface Line {
  readonly id: string;
  readonly at: string;
  readonly versionId: string;
  /** `GET shop.example/cart`, `Cron 0 2 * * *` */
  readonly what: string;
  readonly status: number | undefined;
  readonly outcome: string;
  readonly hasFailed: boolean;
  readonly wallMs: number;
  readonly cpuMs: number | undefined;
  readonly logs: readonly { readonly level: string; readonly text: string }[];
  readonly exceptions: readonly { readonly name: string; readonly message: string; readonly stack: string | undefined }[];
  readonly isTruncated: boolean;
  /** More of it, by name. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** What a tail sends, as `wrangler tail --format json` shows it; only what is shown here. */
export interface TailEvent {
  readonly eventTimestamp: number;
  readonly outcome: string;
  readonly wallTime?: number;
  readonly cpuTime?: number;
  readonly truncated?: boolean;
  readonly entrypoint?: string;
  readonly durableObjectId?: string;
  readonly scriptVersion?: { readonly id: string };
  readonly logs: readonly { readonly level: string; readonly message: readonly unknown[] }[];
  readonly exceptions: readonly { readonly name: string; readonly message: string; readonly stack?: string }[];
  readonly event: Readonly<Record<string, unknown>> | null;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined'));

/** What was given to `console.log`, as it prints it. */
const logText = (message: unknown): string => (Array.isArray(message) ? message.map(textOf).join(' ') : textOf(message));

const hasFailed = (outcome: string, status: number | undefined): boolean =>
  !['ok', 'canceled', 'responseStreamDisconnected'].includes(outcome) || (status ?? 0) >= 500;

const member = (event: TailEvent['event'], name: string): string | undefined =>
  typeof event?.[name] === 'string' || typeof event?.[name] === 'number' ? String(event[name]) : undefined;

interface TracedRequest {
  readonly method?: string;
  readonly url?: string;
}

const requestIn = (event: TailEvent['event']): TracedRequest | undefined => event?.['request'] as TracedRequest | undefined;

/** What it was called for, by what its event has. */
const whatOf = (event: TailEvent['event']): string => {
  const request = requestIn(event);
  if (request !== undefined) return `${request.method ?? ''} ${(request.url ?? '').replace(/^https?:\/\//, '')}`.trim();
  const cron = member(event, 'cron');
  if (cron !== undefined) return `Cron ${cron}`;
  const queue = member(event, 'queue');
  if (queue !== undefined) return `Queue ${queue}, ${member(event, 'batchSize') ?? 'some'} messages`;
  const method = member(event, 'rpcMethod');
  if (method !== undefined) return `RPC ${method}()`;
  return event !== null && 'scheduledTime' in event ? 'Alarm' : 'Invocation';
};

const present = (pairs: readonly (readonly [string, string | number | null | undefined])[]): Line['facts'] =>
  pairs.flatMap(([name, value]) => (value == null ? [] : [[name, String(value)] as const]));

export const lineOfInvocation = (invocation: Invocation): Line => {
  const { id, at, version, kind, method, url, status, outcome, wall_ms: wallMs, cpu_ms: cpuMs, logs, exceptions } = invocation;
  const isRequest = method !== null && url !== null;
  return {
    id,
    at,
    versionId: version.id,
    what: isRequest ? `${kind === 'websocket' ? 'WebSocket' : method} ${url}` : whatOf(invocation.event),
    status: status ?? undefined,
    outcome,
    hasFailed: hasFailed(outcome, status ?? undefined),
    wallMs,
    cpuMs: cpuMs ?? undefined,
    logs: logs.map(({ level, message }) => ({ level, text: logText(message) })),
    exceptions: exceptions.map(({ name, message, stack }) => ({ name, message, stack: stack ?? undefined })),
    isTruncated: invocation.is_truncated,
    facts: present([
      ['Ray', id],
      ['Why this version', invocation.why],
      ['Entrypoint', invocation.entrypoint],
      ['Durable Object', invocation.object_id],
      ['Visitor', invocation.client_ip],
      ['CPU time', cpuMs === null ? null : duration(cpuMs)],
    ]),
  };
};

/** `id` tells it from the others: a tail gives none. */
export const lineOfEvent = (event: TailEvent, id: string): Line => {
  const response = event.event?.['response'] as { readonly status?: number } | undefined;
  return {
    id,
    at: new Date(event.eventTimestamp).toISOString(),
    versionId: event.scriptVersion?.id ?? '',
    what: whatOf(event.event),
    status: response?.status,
    outcome: event.outcome,
    hasFailed: hasFailed(event.outcome, response?.status),
    wallMs: event.wallTime ?? 0,
    cpuMs: event.cpuTime,
    logs: event.logs.map(({ level, message }) => ({ level, text: logText(message) })),
    exceptions: event.exceptions.map(({ name, message, stack }) => ({ name, message, stack })),
    isTruncated: event.truncated === true,
    facts: present([
      ['Entrypoint', event.entrypoint],
      ['Durable Object', event.durableObjectId],
    ]),
  };
};

/** A word of the tail about itself: that it shows only some of what happens. */
export const noticeIn = ({ event }: TailEvent): string | undefined =>
  event?.['type'] === 'overload' || event?.['type'] === 'overload-stop' ? member(event, 'message') : undefined;

/** What of a live log is looked at. */
export interface Picked {
  readonly versionId: string | undefined;
  readonly onlyErrors: boolean;
  /** In what it logged, as the filter of a tail has it. */
  readonly search: string | undefined;
}

export const isPicked = (line: Line, { versionId, onlyErrors, search }: Picked): boolean =>
  (versionId === undefined || line.versionId === versionId) &&
  (!onlyErrors || line.hasFailed) &&
  (search === undefined || line.logs.some(({ text }) => text.toLowerCase().includes(search.toLowerCase())));

/** Of lines, newest first, as many as may be of those that failed, and as many others: what went well pushes no failure out. */
export const kept = (lines: readonly Line[], most: number): readonly Line[] => {
  const left = { failed: most, other: most };
  return lines.filter(({ hasFailed: failed }) => (left[failed ? 'failed' : 'other'] -= 1) >= 0);
};
