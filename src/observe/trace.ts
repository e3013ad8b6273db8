import type { InvocationKind, ObservedVersion } from './words.ts';

/** Characters of logs and exceptions that are kept of one invocation, as many as Cloudflare keeps. */
export const MOST_TRACE_CHARACTERS = 16_384;
/** Of what was logged: what is nested deeper is told as text. */
export const MOST_TRACE_DEPTH = 100;
/** Bytes of one batch; a tracer sends what is more in the next, and drops what waits beyond its own bound. */
export const MOST_BATCH_BYTES = 4 * 1024 * 1024;

/** What a version's process is started with, so that its traces say whose they are. */
export interface TracedVersion extends ObservedVersion {
  readonly script: string;
  /** Digests of the source maps that it was uploaded with, by the module whose they are. */
  readonly sourceMaps?: Readonly<Record<string, string>> | undefined;
}

export type LogLevel = 'debug' | 'info' | 'log' | 'warn' | 'error';

export interface TraceLog {
  /** What was given to `console.log`, one item an argument. */
  readonly message: unknown;
  readonly level: LogLevel;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
}

export interface TraceException {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly timestamp: number;
}

/** What the invocation was for, in the shape of Cloudflare's trace events: told apart by their members. */
export type TraceEvent = Readonly<Record<string, unknown>>;

/** One invocation as the runtime tells of it, in the members of its `TraceItem`. */
export interface Trace {
  /** Which of the batch's versions. */
  readonly v: number;
  /** The only word of what it was for where there is no event. */
  readonly kind: InvocationKind;
  readonly outcome: string;
  readonly eventTimestamp: number | null;
  /** When its trace came, milliseconds since 1970: after the answer and all `waitUntil`. */
  readonly endedAt: number;
  readonly event: TraceEvent | null;
  readonly entrypoint?: string | undefined;
  readonly executionModel?: string | undefined;
  readonly durableObjectId?: string | undefined;
  readonly logs: readonly TraceLog[];
  readonly exceptions: readonly TraceException[];
  /** Logs or exceptions were cut to the bound. */
  readonly truncated?: true | undefined;
}

/** What a tracer posts: the traces of some tenths of a second. */
export interface TraceBatch {
  readonly versions: readonly TracedVersion[];
  readonly traces: readonly Trace[];
  /** Traces that it could not keep since its last batch. */
  readonly dropped: number;
}

/** What a tracer is answered: of each of the batch's versions, in their order, what it is to send from now on. */
export interface TraceWants {
  /** `outcomes`: traces without event, logs and exceptions, for nobody wants those now. */
  readonly wants: readonly ('all' | 'outcomes')[];
}
