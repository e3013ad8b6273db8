import { callApi } from './api-client.ts';
import type { Credentials } from './server.ts';
import { styled, table } from './terminal.ts';

/** `GET /switchback/v1/status`. */
export interface Status {
  readonly running: true;
  readonly control_url: string;
  readonly edge_url: string | null;
  readonly generation: number;
  readonly behind?: string | null;
  readonly edges: readonly {
    readonly id: string;
    readonly url: string;
    readonly generation: number;
    readonly connected: boolean;
    readonly pending: boolean;
  }[];
  readonly workers: readonly WorkerStatus[];
}

export interface WorkerStatus {
  readonly name: string;
  /** The address that opens in a browser; null while the Worker has none. */
  readonly url: string | null;
  readonly deployment: {
    readonly id: string;
    readonly created_on: string;
    readonly author: string;
    readonly versions: readonly VersionStatus[];
  } | null;
}

export interface VersionStatus {
  readonly version_id: string;
  readonly number: number;
  readonly percentage: number;
  readonly tag?: string | null;
  readonly state: string;
  readonly pid?: number | null;
  readonly reason?: string | null;
  readonly message?: string | null;
  readonly processes?: readonly ProcessStatus[];
}

/** A version's process on one edge. */
export interface ProcessStatus {
  readonly edge: string;
  readonly state: string;
  readonly pid: number | null;
  readonly started_on: string | null;
  readonly restarts: number;
  readonly resident_bytes: number | null;
  /** Since when its breaker is open. */
  readonly broken_on: string | null;
  readonly reason: string | null;
}

/** The endpoint's contract is held by the control plane's own tests. */
export const readStatus = async (server: Credentials): Promise<Status> => (await callApi(server, 'GET', '/switchback/v1/status')) as Status;

/** The status for people. */
export const statusText = (status: Status): string => {
  const pending = status.edges.filter(({ pending: isPending }) => isPending);
  const head = [
    `API    ${status.control_url}`,
    `Edge   ${status.edge_url ?? 'none is connected'}`,
    `Table  generation ${status.generation}${pending.length === 0 ? '' : styled('yellow', `, not yet at ${pending.map(({ id }) => id).join(', ')}`)}`,
    ...(typeof status.behind === 'string' ? [styled('yellow', status.behind)] : []),
  ];
  const workers = status.workers.length === 0 ? ['No Worker yet: switchback wrangler deploy'] : status.workers.map(workerText);
  return [head.join('\n'), ...workers].join('\n\n');
};

export const workerText = ({ name, url, deployment }: WorkerStatus): string => {
  const title = `${styled('bold', name)}  ${url ?? 'no address yet: enable workers.dev, or add a route'}`;
  if (deployment === null) return `${title}\n  not deployed`;
  const rows = deployment.versions.map((version) => [
    `  ${version.percentage} %`,
    `#${version.number}`,
    version.version_id,
    version.tag ?? '',
    stateText(version),
  ]);
  const by = `  deployed ${deployment.created_on.slice(0, 19)}Z by ${deployment.author || 'unknown'}`;
  return `${title}\n${by}\n${table(['  SHARE', 'NO', 'VERSION', 'TAG', 'PROCESS'], rows)}`;
};

const stateText = ({ state, pid, reason }: VersionStatus): string => {
  const details = [pid === undefined || pid === null ? '' : `pid ${pid}`, reason ?? ''].filter((part) => part !== '');
  return details.length === 0 ? state : `${state} (${details.join(', ')})`;
};
