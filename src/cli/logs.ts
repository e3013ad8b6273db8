import type { ownEndpoints, ResultOf } from '../contract/index.ts';
import { callPage } from './api-client.ts';
import { lookedUp } from './looked-up.ts';
import { duration } from './metrics.ts';
import { findServer } from './server.ts';
import { note, oneLine, say, sayJson, styled } from './terminal.ts';

type Invocation = ResultOf<(typeof ownEndpoints)['listInvocations']>[number];

interface Options {
  readonly since?: string;
  readonly until?: string;
  readonly version?: string;
  readonly errors?: boolean;
  readonly search?: string;
  readonly limit: number;
  readonly data?: string;
  readonly json?: boolean;
}

/** What was kept of a Worker's invocations, the newest last, as one reads a log. */
export const printLogs = async (worker: string, { limit, data, json, ...wanted }: Options): Promise<void> => {
  const server = await findServer(data);
  const { since, until, version, errors, search } = wanted;
  const { found, lookedBackTo } = await lookedUp(limit, async (most, cursor) => {
    const filter = { since, until, version, errors: errors ? 'true' : undefined, search, limit: String(most), cursor };
    const given = Object.entries(filter).filter((pair): pair is [string, string] => pair[1] !== undefined);
    return callPage(server, `/switchback/v1/workers/${encodeURIComponent(worker)}/invocations?${new URLSearchParams(given)}`);
  });
  // The endpoint's contract is held by the control plane's own tests.
  const invocations = found as readonly Invocation[];
  if (lookedBackTo !== undefined) note(`Looked back to ${lookedBackTo}; older: --until ${lookedBackTo}`);
  if (json) return sayJson(invocations);
  if (invocations.length === 0 && lookedBackTo === undefined) {
    note(
      `Nothing is kept of ${worker} that fits what was asked. Records are kept where "observability": { "enabled": true } is in its configuration, and of failures while two versions serve.`,
    );
    return;
  }
  for (const invocation of invocations.toReversed()) say(linesOf(invocation).join('\n'));
};

const linesOf = (invocation: Invocation): readonly string[] => {
  const { at, version, outcome, status, wall_ms, logs, exceptions, is_truncated: isTruncated } = invocation;
  const isBad = (outcome !== 'ok' && outcome !== 'canceled') || (status ?? 0) >= 500;
  const end = [status ?? '', outcome].filter((part) => part !== '').join(' ');
  return [
    [
      at,
      version.id.slice(0, 8),
      oneLine(calledFor(invocation)),
      isBad ? styled('red', end) : end,
      duration(wall_ms),
      styled('dim', invocation.id),
    ].join('  '),
    ...logs.map(({ level, message }) => `  ${level}: ${oneLine(textOf(message))}`),
    ...exceptions.flatMap(thrown),
    ...(isTruncated ? [styled('dim', '  … and more, which was not kept')] : []),
  ];
};

/** Its request; of what is none its kind, with the method, queue or cron that it was for. Of an object or entrypoint its name too. */
const calledFor = ({ kind, entrypoint, method, url, event }: Invocation): string => {
  const detail = event?.['rpcMethod'] ?? event?.['queue'] ?? event?.['cron'];
  const what = url === null ? [kind, ...(typeof detail === 'string' ? [detail] : [])].join(' ') : `${method ?? ''} ${url}`.trim();
  return entrypoint === null ? what : `${what} (${entrypoint})`;
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
