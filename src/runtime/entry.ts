import type { ProcessReport } from '../domain/index.ts';
import { CLOSED, type Breaker } from './breaker.ts';
import type { Situation } from './lifecycle.ts';
import { StartFailure } from './start-failure.ts';
import type { VersionProcess } from './version-process.ts';

/** What a version's earlier processes told about it; goes with it from state to state. */
export interface Told {
  readonly breaker: Breaker;
  /** Processes that ended without being asked to. */
  readonly restarts: number;
}

/** A version the supervisor is busy with; one it knows nothing of is cold. */
export type Entry = Told &
  (
    | { readonly state: 'starting'; readonly started: Promise<VersionProcess> }
    | { readonly state: 'ready'; readonly process: VersionProcess }
    | { readonly state: 'backing_off'; readonly reason: string; readonly retryAt: number }
  );

export const reportOf = (versionId: string, entry: Entry, script: string): ProcessReport => {
  const { state, restarts } = entry;
  switch (state) {
    case 'starting':
      return { versionId, script, state, restarts };
    case 'backing_off':
      return { versionId, script, state, restarts, reason: reasonOf(entry), ...tripOf(entry.breaker) };
    case 'ready':
      return { versionId, script: entry.process.spec.script, state, restarts, ...vitalsOf(entry.process) };
  }
};

/** What an operator is told: a version that keeps failing says so first. */
const reasonOf = ({ reason, breaker, retryAt }: Extract<Entry, { state: 'backing_off' }>): string =>
  breaker.trips === 0
    ? reason
    : `It keeps failing and gets no requests; it is tried again at ${new Date(retryAt).toISOString()}. Last: ${reason}`;

const tripOf = ({ trippedAt }: Breaker): Pick<ProcessReport, 'brokenOn'> =>
  trippedAt === undefined ? {} : { brokenOn: new Date(trippedAt).toISOString() };

const vitalsOf = (process: VersionProcess): Pick<ProcessReport, 'pid' | 'startedOn' | 'residentBytes'> => {
  const residentBytes = process.residentBytes();
  return {
    pid: process.pid,
    startedOn: new Date(process.readyAt).toISOString(),
    ...(residentBytes === undefined ? {} : { residentBytes }),
  };
};

export const situationOf = (entry: Entry, isActive: boolean, isSurplus: boolean, succeedAt: number | undefined): Situation | undefined => {
  switch (entry.state) {
    case 'starting':
      return undefined;
    case 'backing_off':
      return { state: 'backing_off', isActive, retryAt: entry.retryAt };
    case 'ready': {
      const { inFlight, idleSince, ownsObjects, isTraced } = entry.process;
      return {
        state: 'ready',
        isActive,
        isSurplus,
        ownsObjects,
        inFlight,
        idleSince,
        residentBytes: entry.process.residentBytes(),
        isTraced,
        succeedAt,
      };
    }
  }
};

export const toldOf = (entry: Entry | undefined): Told => ({ breaker: entry?.breaker ?? CLOSED, restarts: entry?.restarts ?? 0 });

export const backingOff = (entry: Extract<Entry, { state: 'backing_off' }>): StartFailure => {
  const retryAfterMs = entry.retryAt - Date.now();
  return new StartFailure('backing_off', `It keeps failing and is tried again in ${Math.ceil(retryAfterMs / 1000)} s. ${entry.reason}`, {
    retryAfterMs,
  });
};
