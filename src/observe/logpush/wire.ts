import type { LogpushPlan } from '../../domain/index.ts';

/** What the control plane tells: every job, and whose invocations are to be sent. */
export interface LogpushOrder {
  /** Told again where the answer does not name this one. */
  readonly revision: string;
  readonly jobs: readonly OrderedJob[];
  /** Workers with `logpush = true`, with their tags. */
  readonly scripts: Readonly<Record<string, readonly string[]>>;
}

export interface OrderedJob {
  readonly id: number;
  readonly plan: LogpushPlan;
  /** Of one that is not, what waits is kept. */
  readonly isEnabled: boolean;
  /** As it was asked for, credentials and all: it is in memory only. Null where it is not needed or cannot be opened. */
  readonly destination: string | null;
}

/** How one job does. Times are ISO strings. */
export interface LogpushStatus {
  readonly lastComplete: string | null;
  readonly lastError: string | null;
  readonly errorMessage: string | null;
  readonly waitingBytes: number;
  readonly waitingBatches: number;
  /** Since the job was made. */
  readonly droppedRecords: number;
  /** Set aside since then, because its destination would not take them. */
  readonly rejectedRecords: number;
}

export interface LogpushState {
  /** Null where nothing was told since this process started. */
  readonly revision: string | null;
  readonly jobs: Readonly<Record<string, LogpushStatus>>;
}
