/** What a field of a row holds; a filter compares each kind in its own way. */
export type LogpushKind = 'int' | 'string' | 'array' | 'object';

/** The fields of the dataset, in the words of https://developers.cloudflare.com/logs/logpush/logpush-job/datasets/account/workers_trace_events/. */
export const LOGPUSH_FIELDS = {
  CPUTimeMs: ['int', 'The amount of CPU time used by the Worker script, in milliseconds.'],
  DispatchNamespace: ['string', 'The Cloudflare Worker dispatch namespace.'],
  Entrypoint: ['string', 'The name of the entrypoint class in which the Worker began execution.'],
  Event: ['object', 'Details about the source event.'],
  EventTimestampMs: ['int', 'The timestamp of when the event was received, in milliseconds.'],
  EventType: ['string', 'The event type that triggered the invocation.'],
  Exceptions: ['array', 'List of uncaught exceptions during the invocation.'],
  Logs: ['array', 'List of console messages emitted during the invocation.'],
  Outcome: ['string', 'The outcome of the worker script invocation.'],
  ScriptName: ['string', 'The Cloudflare Worker script name.'],
  ScriptTags: ['array', 'A list of user-defined tags used to categorize the Worker.'],
  ScriptVersion: ['object', 'The version of the script that was executed.'],
  WallTimeMs: ['int', 'The elapsed time in milliseconds between the start of a Worker invocation and its end.'],
} as const satisfies Record<string, readonly [kind: LogpushKind, meaning: string]>;

export type LogpushField = keyof typeof LOGPUSH_FIELDS;

export const LOGPUSH_FIELD_NAMES = Object.keys(LOGPUSH_FIELDS) as readonly LogpushField[];

/** The one dataset there is. */
export const LOGPUSH_DATASET = 'workers_trace_events';

export const isLogpushField = (name: string): name is LogpushField => Object.hasOwn(LOGPUSH_FIELDS, name);

/** Of a row only what is asked for is made. */
export type LogpushRow = (field: LogpushField) => unknown;
