import { InvalidArgumentError } from 'commander';
import { durationMs } from '../base/index.ts';
import type { ownEndpoints, ResultOf } from '../contract/index.ts';
import { callApi } from './api-client.ts';
import { findServer } from './server.ts';
import { note, oneLine, say, sayJson, table } from './terminal.ts';

type Entry = ResultOf<(typeof ownEndpoints)['listAudit']>[number];

interface Options {
  readonly worker?: string;
  readonly action?: string;
  readonly actor?: string;
  readonly since?: string;
  readonly limit: number;
  readonly data?: string;
  readonly json?: boolean;
}

/** Who changed what, newest first. */
export const printAudit = async ({ worker, action, actor, since, limit, data, json }: Options): Promise<void> => {
  const server = await findServer(data);
  const filter = { target: worker === undefined ? undefined : `worker/${worker}`, action, actor, since, per_page: String(limit) };
  const given = Object.entries(filter).filter((pair): pair is [string, string] => pair[1] !== undefined);
  // The endpoint's contract is held by the control plane's own tests.
  const entries = (await callApi(server, 'GET', `/switchback/v1/audit?${new URLSearchParams(given)}`)) as readonly Entry[];
  if (json) return sayJson(entries);
  if (entries.length === 0) return say(given.length === 1 ? 'Nothing was changed yet.' : 'Nothing was changed that this is true of.');
  say(table(['WHEN', 'WHAT', 'TO', 'BY', 'FROM', 'MESSAGE'], entries.map(rowOf)));
  if (entries.length === limit) note(`These are the ${limit} newest; there may be more: --limit, --since`);
};

const rowOf = ({ at, action, target, actor, detail }: Entry): readonly string[] => {
  const from = [detail['source'] ?? '', actor.ip ?? ''].filter((part) => part !== '').join(' ');
  // What its author, or the edge that gave a version up, said of it; the rest is for programs.
  const said = String(detail['message'] ?? detail['reason'] ?? detail['name'] ?? '');
  return [`${at.slice(0, 19)}Z`, action, target, actor.email, from, said].map(oneLine);
};

/** `90m` and `1d` are so long ago; else a date, or a time. */
export const sinceOf = (text: string, now = Date.now()): string => {
  const ago = durationMs(text);
  if (ago !== undefined) return new Date(now - ago).toISOString();
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new InvalidArgumentError('Use 90m, 12h, 1d or 2w, or a date such as 2026-11-21.');
  return new Date(time).toISOString();
};

/** As many records as one answer has. */
const MOST_OF_A_PAGE = 100;

export const pageOf = (text: string): number => {
  if (limitOf(text) > MOST_OF_A_PAGE) throw new InvalidArgumentError(`Use a number from 1 to ${MOST_OF_A_PAGE}.`);
  return Number(text);
};

export const limitOf = (text: string): number => {
  if (!/^\d{1,4}$/.test(text) || Number(text) < 1 || Number(text) > 1000) throw new InvalidArgumentError('Use a number from 1 to 1000.');
  return Number(text);
};
