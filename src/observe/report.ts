import type { SketchBins } from './sketch.ts';
import type { InvocationKind, Outcome, PickReason } from './words.ts';

/** What one version did in one minute and one way, as an edge counted it since its last report: to be added to what is known. */
export interface Count {
  /** Minutes since 1970. */
  readonly minute: number;
  readonly script: string;
  readonly versionId: string;
  readonly kind: InvocationKind;
  /** First digit of the status, 0 where there is none. */
  readonly statusClass: number;
  readonly outcome: Outcome;
  readonly requests: number;
  /** Wall times in milliseconds. */
  readonly latency: SketchBins;
}

/** Processor time of a version's process in one minute, of which it did other things than requests too. */
export interface CpuCount {
  readonly minute: number;
  readonly script: string;
  readonly versionId: string;
  readonly cpuMs: number;
}

/** One invocation as the edge saw it. Told of each that is traced, and of those that failed, as far as there is room. */
export interface Fact {
  readonly ray: string;
  readonly script: string;
  readonly versionId: string;
  readonly kind: InvocationKind;
  /** When it came, milliseconds since 1970. */
  readonly at: number;
  readonly wallMs: number;
  /** Processor time of its process meanwhile, shared by those that ran; absent where it is not known. */
  readonly cpuMs?: number | undefined;
  readonly outcome: Outcome;
  readonly status?: number | undefined;
  readonly method?: string | undefined;
  /** Host and path, without the query. */
  readonly url?: string | undefined;
  readonly clientIp?: string | undefined;
  readonly why?: PickReason | undefined;
  /** Whether a trace of it is to be expected. */
  readonly isTraced: boolean;
}

/** What is to be kept of a Worker's invocations, as its edge's routing table says. */
export interface CollectRule {
  readonly script: string;
  /** Share of records that are kept, 0 to 1; `observability.head_sampling_rate`. */
  readonly sampleRate: number;
  /** Whether records are kept at all. */
  readonly isKept: boolean;
  readonly logpush: boolean;
  /** Two versions share its traffic: their failures are kept, whatever else is. */
  readonly isSplit?: true | undefined;
}

/** What an edge posts about once a second, and sooner where somebody watches. */
export interface EdgeReportOfUse {
  readonly edge: string;
  /** Of this run of the edge; with the sequence it tells a report that comes twice. */
  readonly boot: string;
  readonly sequence: number;
  readonly counts: readonly Count[];
  readonly cpu: readonly CpuCount[];
  readonly facts: readonly Fact[];
  /** All rules, where they have changed or this is the first report since somebody new answers. */
  readonly rules?: readonly CollectRule[];
  /** Of the Workers that are watched those of which every process that takes requests has a tracer by now. */
  readonly attached: readonly string[];
  /** Facts that found no room since the last report. */
  readonly droppedFacts: number;
}

/**
 * What an edge is answered once its report is stored. Where it is not answered so, it sends the very same report again, for as long as
 * it has room for it: counts are added once, however often a report comes.
 */
export interface ReportAnswer {
  /** Of this run of the observe process: where it is another than last time, the next report says all rules. */
  readonly boot: string;
}

/** What edges are told, as one JSON line at each change: of which Workers somebody watches the log. */
export interface Watched {
  readonly scripts: readonly string[];
}
