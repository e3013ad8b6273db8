import { ApiFailure, useApi, type Result } from '../../api/index.ts';
import type { Look } from '../../../domain/index.ts';

/** A version that serves. */
export interface Serving {
  readonly version_id: string;
  readonly number: number | null;
  readonly percentage: number;
  readonly look: Look;
  readonly message: string | null;
}

export interface Hosts {
  readonly workers_dev: string | null;
  readonly domains: readonly string[];
  readonly routes: readonly string[];
  readonly crons: readonly string[];
  readonly queues: readonly string[];
  readonly callers: readonly string[];
}

export interface Worker {
  readonly hosts: Hosts;
  readonly versionCount: number | undefined;
  /** What serves, the newer first; empty where nothing is deployed. */
  readonly serving: readonly Serving[];
  /** What left last, and when. */
  readonly left: { readonly number: number | null; readonly at: string } | undefined;
  /** Why there is nothing to go back to. */
  readonly noWayBack: string | undefined;
}

export interface WorkerState {
  readonly worker: Worker | undefined;
  readonly isMissing: boolean;
  readonly error: unknown;
}

/** What all pages of a Worker show of it. */
export const useWorker = (name: string): WorkerState => {
  const { data, error } = useApi('getStatus', {});
  const found = data?.result.workers.find((worker) => worker.name === name);
  return {
    worker: found && workerIn(found),
    isMissing: (data !== undefined && found === undefined) || (error instanceof ApiFailure && error.status === 404),
    error,
  };
};

const workerIn = ({ url, deployment }: Result<'getStatus'>['workers'][number]): Worker => {
  const versions = (deployment?.versions ?? []).toSorted((a, b) => (b.number ?? 0) - (a.number ?? 0));
  return {
    hosts: { workers_dev: url, domains: [], routes: [], crons: [], queues: [], callers: [] },
    versionCount: undefined,
    serving: versions.map((version, at) => ({ ...version, look: versions.length === 2 && at === 0 ? 'new' : 'stable' })),
    left: undefined,
    noWayBack: undefined,
  };
};
