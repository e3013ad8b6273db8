import { callApi } from './api-client.ts';
import { Failure } from './failure.ts';
import type { Credentials } from './server.ts';
import { readStatus, workerText, type ProcessStatus, type VersionStatus, type WorkerStatus } from './status.ts';
import { oneLine, styled, table } from './terminal.ts';

/** An entry of `GET /switchback/v1/audit`. */
interface ChangeEntry {
  readonly at: string;
  readonly actor: { readonly email: string };
  readonly action: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** One Worker with all that is known of its processes, and what was done to it last. */
export interface WorkerDetails extends WorkerStatus {
  readonly changes: readonly ChangeEntry[];
}

const MOST_CHANGES = 5;

export const readWorkerDetails = async (server: Credentials, name: string): Promise<WorkerDetails> => {
  const { workers } = await readStatus(server);
  const worker = workers.find((candidate) => candidate.name === name);
  if (worker === undefined) {
    const known = workers.length === 0 ? 'there is none yet' : `there are ${workers.map((other) => other.name).join(', ')}`;
    throw new Failure(`There is no Worker ${name}; ${known}.`);
  }
  const query = new URLSearchParams({ target: `worker/${name}`, per_page: String(MOST_CHANGES) });
  // The endpoint's contract is held by the control plane's own tests.
  const changes = (await callApi(server, 'GET', `/switchback/v1/audit?${query}`)) as readonly ChangeEntry[];
  return { ...worker, changes };
};

/** The Worker for people. */
export const detailsText = (worker: WorkerDetails): string => {
  const versions = worker.deployment?.versions ?? [];
  const parts = [workerText(worker), messagesText(versions), processesText(versions), reasonsText(versions), changesText(worker.changes)];
  return parts.filter((part) => part !== '').join('\n\n');
};

const messagesText = (versions: readonly VersionStatus[]): string =>
  versions.flatMap(({ number, message }) => (message ? [`  #${number}  ${oneLine(message)}`] : [])).join('\n');

const processesText = (versions: readonly VersionStatus[]): string => {
  const rows = ofEach(versions, ({ number }, process) => [
    `  #${number}`,
    process.edge,
    process.pid === null ? process.state : `${process.state} (pid ${process.pid})`,
    process.started_on === null ? '' : second(process.started_on),
    process.resident_bytes === null ? '' : `${Math.round(process.resident_bytes / 1024 / 1024)} MB`,
    String(process.restarts),
    process.broken_on === null ? 'closed' : styled('red', `open since ${second(process.broken_on)}`),
  ]);
  return rows.length === 0 ? '' : table(['  NO', 'EDGE', 'PROCESS', 'SINCE', 'MEMORY', 'RESTARTS', 'BREAKER'], rows);
};

const reasonsText = (versions: readonly VersionStatus[]): string =>
  ofEach(versions, ({ number }, { edge, reason }) => (reason === null ? [] : [`  #${number} on ${edge}: ${reason}`]))
    .flat()
    .join('\n');

const changesText = (changes: readonly ChangeEntry[]): string =>
  changes.length === 0
    ? ''
    : table(
        ['  CHANGED', 'WHAT', 'BY', 'MESSAGE'],
        changes.map(({ at, action, actor, detail }) => [`  ${second(at)}`, action, actor.email, toldIn(detail)]),
      );

/** What its author, or the edge that gave a version up, said of a change; the rest is for programs. */
const toldIn = ({ message, reason }: ChangeEntry['detail']): string => oneLine(String(message ?? reason ?? ''));

const ofEach = <Cell>(versions: readonly VersionStatus[], cell: (version: VersionStatus, process: ProcessStatus) => Cell): Cell[] =>
  versions.flatMap((version) => (version.processes ?? []).map((process) => cell(version, process)));

const second = (time: string): string => `${time.slice(0, 19)}Z`;
