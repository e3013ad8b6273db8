import type { TraceEvent, TraceException, TraceLog } from './trace.ts';
import type { InvocationKind, ObservedVersion, Outcome, PickReason } from './words.ts';

/** One invocation: what its edge and its runtime told of it, joined. */
export interface InvocationRecord {
  /** The ray of a request, and a name of our own for what is none. */
  readonly id: string;
  /** When it began, milliseconds since 1970. */
  readonly at: number;
  readonly script: string;
  readonly version: ObservedVersion;
  readonly kind: InvocationKind;
  readonly entrypoint?: string | undefined;
  /** Of the Durable Object that it ran in. */
  readonly objectId?: string | undefined;
  readonly outcome: Outcome;
  readonly status?: number | undefined;
  /** Of a request until the last byte of its answer, as the edge measured it; otherwise until all its work was done. */
  readonly wallMs: number;
  /** Its process's, apportioned: the runtime does not tell that of one invocation. */
  readonly cpuMs?: number | undefined;
  readonly why?: PickReason | undefined;
  readonly clientIp?: string | undefined;
  /** Of a request as its edge saw it, also where there is no event. */
  readonly method?: string | undefined;
  /** Host and path, without the query. */
  readonly url?: string | undefined;
  /** Null where the runtime told nothing of it: its process was killed, or nothing but failures is collected. */
  readonly event: TraceEvent | null;
  readonly logs: readonly TraceLog[];
  /** Stacks as the sources have it, where the version was uploaded with source maps. */
  readonly exceptions: readonly TraceException[];
  readonly isTruncated?: true | undefined;
  /** Whether it was drawn to be kept by the Worker's own sampling rate. */
  readonly isSampled: boolean;
}

/** Somebody who wants records as they come. Never throws, and never waits: what it cannot take it drops, and counts. */
export interface RecordSink {
  take(record: InvocationRecord): void;
}
