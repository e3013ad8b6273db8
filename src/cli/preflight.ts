import type { Endpoints, ResultOf } from '../contract/index.ts';
import { callApi } from './api-client.ts';
import { EXIT } from './failure.ts';
import { findServer } from './server.ts';
import { say, sayJson, styled } from './terminal.ts';

type Preflight = ResultOf<Endpoints['preflightDeployment']>;
type Differences = Preflight['differences'][number];

/** Asks what a deployment or a rollback would meet and change, without making it; a version alone gets everything. */
export const preflight = async (
  worker: string,
  versions: readonly string[],
  { data, json }: { data?: string; json?: boolean },
): Promise<void> => {
  const server = await findServer(data);
  const path = `/client/v4/accounts/${server.account_id}/workers/scripts/${encodeURIComponent(worker)}/deployments/preflight`;
  // The endpoint's contract is held by the control plane's own tests.
  const found = (await callApi(server, 'GET', `${path}?${new URLSearchParams({ versions: versions.join(',') })}`)) as Preflight;
  if (json) sayJson(found);
  else say(preflightText(worker, found));
  if (!found.allowed) process.exitCode = EXIT.failed;
};

const preflightText = (worker: string, { allowed, needs_force, versions, blockers, warnings, differences }: Preflight): string => {
  const split = versions.map(({ version_id, number, percentage }) => `#${number ?? '?'} ${version_id} at ${percentage} %`);
  const verdict = !allowed
    ? styled('red', 'It would be refused:')
    : needs_force
      ? styled('yellow', 'It would need to be forced:')
      : warnings.length > 0
        ? styled('yellow', 'It would be made; mind:')
        : styled('green', 'Nothing speaks against it.');
  const reasons = [...blockers, ...warnings].map(({ code, message }) => `  - ${message} [code: ${code}]`);
  return [`${styled('bold', worker)}: ${split.join(', ')}`, verdict, ...reasons, ...differences.flatMap(differencesText)].join('\n');
};

const differencesText = ({ version_id, compared_to, ...told }: Differences): readonly string[] => {
  if (version_id === compared_to) return [];
  const { before, after } = told.code_size;
  const lines = [
    ['bindings', namesText(told.bindings)],
    ['secrets', namesText(told.secrets)],
    ['modules', namesText(told.modules)],
    ['code', before === after ? '' : `${before} B, then ${after} B`],
    ['assets', assetsText(told.assets)],
    ['asset settings', namesText(told.assets.settings)],
    ['classes', namesText(told.classes)],
    ['compatibility date', pairText(told.compatibility_date)],
    ['compatibility flags', namesText({ ...told.compatibility_flags, changed: [] })],
    ['limits', pairText(told.limits)],
    ['placement', pairText(told.placement)],
  ].filter(([, text]) => text !== '');
  const title = `Against ${compared_to}, which serves, ${version_id} has`;
  return lines.length === 0
    ? ['', `${title} nothing that differs.`]
    : ['', `${title}:`, ...lines.map(([name = '', text = '']) => `  ${name.padEnd(20)}${text}`)];
};

const signed = ({ added, removed, changed }: Differences['bindings']): readonly string[] => [
  ...added.map((name) => `+${name}`),
  ...removed.map((name) => `-${name}`),
  ...changed.map((name) => `~${name}`),
];

const namesText = (names: Differences['bindings']): string => signed(names).join(' ');

/** Names built of hashes change with every build: a few say what kind of files they are. */
const SHOWN_PATHS = 5;

const assetsText = (assets: Differences['assets']): string => {
  if (assets.differing === 0) return '';
  const { before, after } = assets.files;
  const more = assets.differing > SHOWN_PATHS ? ' …' : '';
  return `${before} files, then ${after}; ${assets.differing} differ: ${signed(assets).slice(0, SHOWN_PATHS).join(' ')}${more}`;
};

const pairText = (pair: { readonly before: unknown; readonly after: unknown } | null): string =>
  pair === null ? '' : `${valueText(pair.before)}, then ${valueText(pair.after)}`;

const valueText = (value: unknown): string => (value === null ? 'none' : typeof value === 'string' ? value : JSON.stringify(value));
