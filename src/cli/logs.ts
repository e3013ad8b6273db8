import type { ownEndpoints, ResultOf } from '../contract/index.ts';
import { callApi } from './api-client.ts';
import { duration } from './metrics.ts';
import { findServer } from './server.ts';
import { note, oneLine, say, sayJson, styled } from './terminal.ts';

type Invocation = ResultOf<(typeof ownEndpoints)['listInvocations']>[number];

interface Options {
  readonly since?: string;
  readonly version?: string;
  readonly errors?: boolean;
  readonly search?: string;
  readonly limit: number;
  readonly data?: string;
  readonly json?: boolean;
}

/** What was kept of a Worker's invocations, the newest last, as one reads a log. */
export const printLogs = async (worker: string, { since, version, errors, search, limit, data, json }: Options): Promise<void> => {
  const server = await findServer(data);
  const filter = { since, version, errors: errors ? 'true' : undefined, search, limit: String(limit) };
  const given = Object.entries(filter).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const path = `/switchback/v1/workers/${encodeURIComponent(worker)}/invocations?${new URLSearchParams(given)}`;
  // The endpoint's contract is held by the control plane's own tests.
  const invocations = (await callApi(server, 'GET', path)) as readonly Invocation[];
  if (json) return sayJson(invocations);
  if (invocations.length === 0) {
    note(
      `Nothing is kept of ${worker} that this is true of. Records are kept where "observability": { "enabled": true } is in its configuration, and of failures while two versions serve.`,
    );
    return;
  }
  for (const invocation of invocations.toReversed()) say(linesOf(invocation).join('\n'));
};

const linesOf = (invocation: Invocation): readonly string[] => {
  const { at, version, kind, outcome, status, wall_ms, method, url, logs, exceptions } = invocation;
  const isBad = (outcome !== 'ok' && outcome !== 'canceled') || (status ?? 0) >= 500;
  const what = url === null ? kind : `${method ?? ''} ${url}`.trim();
  const end = [status ?? '', outcome].filter((part) => part !== '').join(' ');
  return [
    [at, version.id.slice(0, 8), oneLine(what), isBad ? styled('red', end) : end, duration(wall_ms), styled('dim', invocation.id)].join(
      '  ',
    ),
    ...logs.map(({ level, message }) => `  ${level}: ${oneLine(textOf(message))}`),
    ...exceptions.flatMap(thrown),
  ];
};

const thrown = ({ name, message, stack }: Invocation['exceptions'][number]): readonly string[] => {
  const frames = framesOf(stack).map((frame) => styled('dim', `    ${oneLine(frame)}`));
  return [styled('red', `  ${oneLine(`${name}: ${message}`)}`), ...frames];
};

/** What was given to `console.log`, as it would stand in a terminal. */
const textOf = (message: unknown): string =>
  (Array.isArray(message) ? message : [message]).map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' ');

const framesOf = (stack: string | null): readonly string[] =>
  (stack ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '));
