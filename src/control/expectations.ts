import { createHash } from 'node:crypto';
import { accept, invariant, refuse, unreachable, type Result } from '../base/index.ts';
import type { LastChange, Refusal, WorkerPart } from '../domain/index.ts';
import type { Queries, Schedule, Worker } from '../store/index.ts';

/** What a client read of a Worker and goes by, to be asked again where its change is written. */
export interface Expectation {
  readonly part: WorkerPart;
  /** As `tagOf` gave it; `any` where there only has to be such a Worker. */
  readonly tag: string;
}

/** Stands for the newest version where there is none yet. */
export const NO_VERSION = 'none';
const NOTHING_DEPLOYED = 'none';

/** Differs whenever a part of a Worker does, also where two changes come within a moment. */
export const tagOf = async (queries: Queries, worker: Worker, part: WorkerPart): Promise<string> => {
  switch (part) {
    case 'versions':
      return newestId(queries, worker);
    case 'secrets':
      return stateOf(queries, worker);
    case 'settings':
      return `${await stateOf(queries, worker)}.${digest(worker.settings)}`;
    case 'script_settings':
      return digest(worker.settings);
    case 'schedules':
      return schedulesTag(await queries.schedules.ofWorker(worker.tag));
    default:
      return unreachable(part);
  }
};

export const schedulesTag = (schedules: readonly Pick<Schedule, 'cron'>[]): string => digest(schedules.map(({ cron }) => cron).toSorted());

/** Changes to settings and secrets are made from what serves as well as from the newest version. */
const stateOf = async (queries: Queries, worker: Worker): Promise<string> =>
  `${await newestId(queries, worker)}.${(await queries.deployments.active(worker.tag))?.id ?? NOTHING_DEPLOYED}`;

/** What the next change goes by, as of the state of the transaction that makes this one. */
export interface Tags {
  readonly settings: string;
  readonly secrets: string;
}

export const tagsOf = async (queries: Queries, workerTag: string): Promise<Tags> => {
  const worker = await queries.workers.byTag(workerTag);
  invariant(worker !== undefined, 'a Worker that was changed is there');
  return { settings: await tagOf(queries, worker, 'settings'), secrets: await tagOf(queries, worker, 'secrets') };
};

const newestId = async (queries: Queries, worker: Worker): Promise<string> => (await queries.versions.newest(worker.tag))?.id ?? NO_VERSION;

export const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

/** Whether a Worker still is as the client read it; otherwise who changed it, and when. */
export const isAsExpected = async (queries: Queries, name: string, expected: Expectation | undefined): Promise<Result<null, Refusal>> => {
  if (expected === undefined) return accept(null);
  const { part, tag } = expected;
  const worker = await queries.workers.byName(name);
  if (worker === undefined) return part === 'versions' && tag === NO_VERSION ? accept(null) : refuse({ code: 'worker_not_found', name });
  const present = await tagOf(queries, worker, part);
  if (tag === 'any' || tag === present) return accept(null);
  return refuse({ code: 'changed_meanwhile', part, name, last: await lastChangeOf(queries, worker, expected) });
};

const lastChangeOf = async (queries: Queries, worker: Worker, { part, tag }: Expectation): Promise<LastChange | undefined> => {
  const hasVersions = part !== 'schedules' && part !== 'script_settings';
  if (hasVersions && !tag.startsWith(await newestId(queries, worker))) return lastVersion(queries, worker);
  if (hasVersions && part !== 'versions' && !tag.startsWith(await stateOf(queries, worker))) return lastDeployment(queries, worker);
  return lastOf(queries, worker, ACTIONS[part]);
};

const lastDeployment = async (queries: Queries, worker: Worker): Promise<LastChange | undefined> => {
  const active = await queries.deployments.active(worker.tag);
  return active && { by: active.author.email, on: active.createdOn, isDeployment: true };
};

const lastVersion = async (queries: Queries, worker: Worker): Promise<LastChange | undefined> => {
  const newest = await queries.versions.newest(worker.tag);
  return newest && { by: newest.author.email, on: newest.createdOn, version: newest.number };
};

/** What changes a part without a new version. */
const ACTIONS: Readonly<Record<WorkerPart, readonly string[]>> = {
  versions: [],
  secrets: [],
  settings: ['settings.patch', 'script_settings.patch', 'worker.change', 'script.upload'],
  script_settings: ['settings.patch', 'script_settings.patch', 'worker.change', 'script.upload'],
  schedules: ['schedules.replace'],
};

const lastOf = async ({ audit }: Queries, { name }: Worker, actions: readonly string[]): Promise<LastChange | undefined> => {
  const rows = await Promise.all(actions.map((action) => audit.page({ offset: 0, limit: 1 }, { target: `worker/${name}`, action })));
  const [last] = rows.flat().toSorted((a, b) => (a.at < b.at ? 1 : -1));
  return last && { by: last.actor.email, on: last.at };
};
