import type { ProcessReport } from '../domain/index.ts';
import type { VersionProcess } from './version-process.ts';

/** What a version's earlier processes told about it; goes with it from state to state. */
export interface Told {
  /** Failed starts and early crashes in a row. */
  readonly failures: number;
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
      return { versionId, script, state, restarts, reason: entry.reason };
    case 'ready':
      return { versionId, script: entry.process.spec.script, state, restarts, ...vitalsOf(entry.process) };
  }
};

const vitalsOf = (process: VersionProcess): Pick<ProcessReport, 'pid' | 'startedOn' | 'residentBytes'> => {
  const residentBytes = process.residentBytes();
  return {
    pid: process.pid,
    startedOn: new Date(process.readyAt).toISOString(),
    ...(residentBytes === undefined ? {} : { residentBytes }),
  };
};
