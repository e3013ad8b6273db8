import type { ownEndpoints, ResultOf } from '../contract/index.ts';
import { callApi } from './api-client.ts';
import { findServer } from './server.ts';
import { oneLine, say, sayJson, styled, table } from './terminal.ts';

type Metrics = ResultOf<(typeof ownEndpoints)['getMetrics']>;
type Group = Metrics['groups'][number];

interface Options {
  readonly since?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** Requests, errors and latency of a Worker, a line for each version. */
export const printMetrics = async (worker: string, { since, data, json }: Options): Promise<void> => {
  const server = await findServer(data);
  const query = since === undefined ? '' : `?${new URLSearchParams({ since })}`;
  // The endpoint's contract is held by the control plane's own tests.
  const metrics = (await callApi(server, 'GET', `/switchback/v1/workers/${encodeURIComponent(worker)}/metrics${query}`)) as Metrics;
  if (json) return sayJson(metrics);
  if (metrics.groups.length === 0) return say(`${worker} was not called since ${metrics.since.slice(0, 19)}Z.`);
  say(table(['VERSION', 'REQUESTS', 'ERRORS', 'RATE', 'P50', 'P90', 'P99', 'CPU', 'MESSAGE'], metrics.groups.map(rowOf)));
};

const rowOf = ({ key, version, requests, errors, error_rate: rate, latency_ms: latency, cpu_ms: cpu }: Group): readonly string[] => [
  version?.number == null ? key.slice(0, 8) : `${key.slice(0, 8)} (${version.number})`,
  String(requests),
  errors === 0 ? '0' : styled('red', String(errors)),
  rate === null ? '' : `${(100 * rate).toFixed(2)} %`,
  ...[latency?.p50, latency?.p90, latency?.p99].map(duration),
  duration(cpu ?? undefined),
  oneLine(version?.message ?? version?.tag ?? ''),
];

/** Three digits are as much as anybody reads. */
export const duration = (ms: number | undefined): string => {
  if (ms === undefined) return '';
  if (ms < 1_000) return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
  return ms < 600_000 ? `${(ms / 1000).toFixed(1)} s` : `${(ms / 60_000).toFixed(0)} min`;
};
