import { DEFAULT_BREAKER, type BreakerSettings } from './breaker.ts';
import { DEFAULT_HANG, type HangSettings } from './hang.ts';
import type { DrainOptions } from './version-process.ts';
import { DEFAULT_LIFECYCLE, type LifecycleSettings } from './lifecycle.ts';

export interface SupervisorSettings extends LifecycleSettings, BreakerSettings, HangSettings {
  /** How many processes may be starting at the same time. */
  readonly startsAtOnce: number;
  /** How many processes may be succeeded at the same time by ones with a tracer. */
  readonly successionsAtOnce: number;
  /** Above the trial's limit: a version that passed it must not fail on a busier day. */
  readonly startupCpuMs: number;
  readonly startupDeadlineMs: number;
  readonly heapLimitMb: number;
  /** How long a process that is being stopped may finish its requests. */
  readonly drainDeadlineMs: number;
  readonly killAfterMs: number;
  readonly deniedNetworks: readonly string[];
  /** Where the data process has its sockets. */
  readonly dataFolder?: string;
  /** Where objects are stored; without it no version that has any runs here. */
  readonly objectsFolder?: string;
  /** Where the observe process has its sockets; without it nothing is traced. */
  readonly observeFolder?: string;
  /** How one that owns objects is ended: requests are held meanwhile until its successor answers, so all of it must be short. */
  readonly ownerDrain: DrainOptions;
  /** How long one that runs two versions may take to hear of new shares, beyond `silentCpuMs`. */
  readonly sharesWithinMs: number;
}

export const DEFAULT_SETTINGS: SupervisorSettings = {
  ...DEFAULT_LIFECYCLE,
  ...DEFAULT_BREAKER,
  ...DEFAULT_HANG,
  startsAtOnce: 4,
  successionsAtOnce: 2,
  startupCpuMs: 3000,
  startupDeadlineMs: 30_000,
  heapLimitMb: 128,
  drainDeadlineMs: 60_000,
  killAfterMs: 5000,
  deniedNetworks: [],
  // Together with a start well below the 15 s that a request is held.
  ownerDrain: { deadlineMs: 8_000, waitUntilGraceMs: 1_000, killAfterMs: 1_000, waitsFor: 'request' },
  sharesWithinMs: 10_000,
};
