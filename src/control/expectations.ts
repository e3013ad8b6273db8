import { createHash } from 'node:crypto';
import { accept, refuse, unreachable, type Result } from '../base/index.ts';
import type { LastChange, Refusal, WorkerPart } from '../domain/index.ts';
import type { Queries, Worker } from '../store/index.ts';

/** What a client read of a Worker and goes by, to be asked again where its change is written. */
export interface Expectation {
  readonly part: WorkerPart;
  /** As `tagOf` gave it; `any` where there only has to be such a Worker. */
  readonly tag: string;
}

/** Stands for the newest version where there is none yet. */
export const NO_VERSION = 'none';

/** Differs whenever a part of a Worker does, also where two changes come within a moment. */
export const tagOf = async (queries: Queries, worker: Worker, part: WorkerPart): Promise<string> => {
  switch (part) {
    case 'versions':
      return newestId(queries, worker);
    case 'settings':
      return `${await newestId(queries, worker)}.${digest(worker.settings)}`;
    case 'script_settings':
      return digest(worker.settings);
    case 'schedules':
      return digest((await queries.schedules.ofWorker(worker.tag)).map(({ cron }) => cron).toSorted());
    default:
      return unreachable(part);
  }
};

const newestId = async (queries: Queries, worker: Worker): Promise<string> => (await queries.versions.newest(worker.tag))?.id ?? NO_VERSION;

const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

/** Whether a Worker still is as the client read it; otherwise who changed it, and when. */
export const isAsExpected = async (queries: Queries, name: string, expected: Expectation | undefined): Promise<Result<null, Refusal>> => {
  if (expected === undefined) return accept(null);
  const { part, tag } = expected;
  const worker = await queries.workers.byName(name);
  if (worker === undefined) return part === 'versions' && tag === NO_VERSION ? accept(null) : refuse({ code: 'worker_not_found', name });
  const present = await tagOf(queries, worker, part);
  if (tag === 'any' || tag === present) return accept(null);
  const isNewVersion = part !== 'schedules' && part !== 'script_settings' && !tag.startsWith(await newestId(queries, worker));
  const last = isNewVersion ? await lastVersion(queries, worker) : await lastOf(queries, worker, ACTIONS[part]);
  return refuse({ code: 'changed_meanwhile', part, name, last });
};

const lastVersion = async (queries: Queries, worker: Worker): Promise<LastChange | undefined> => {
  const newest = await queries.versions.newest(worker.tag);
  return newest && { by: newest.author.email, on: newest.createdOn, version: newest.number };
};

/** What changes a part without a new version. */
const ACTIONS: Readonly<Record<WorkerPart, readonly string[]>> = {
  versions: [],
  settings: ['settings.patch', 'script_settings.patch', 'worker.change', 'script.upload'],
  script_settings: ['settings.patch', 'script_settings.patch', 'worker.change', 'script.upload'],
  schedules: ['schedules.replace'],
};

const lastOf = async ({ audit }: Queries, { name }: Worker, actions: readonly string[]): Promise<LastChange | undefined> => {
  const rows = await Promise.all(actions.map((action) => audit.page({ offset: 0, limit: 1 }, { target: `worker/${name}`, action })));
  const [last] = rows.flat().toSorted((a, b) => (a.at < b.at ? 1 : -1));
  return last && { by: last.actor.email, on: last.at };
};
