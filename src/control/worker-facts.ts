import type { ConsumedQueue, ObjectNamespace, Resource } from '../domain/index.ts';
import type { Queries, StoredDeployment, Worker } from '../store/index.ts';
import { consumedQueues } from './queues.ts';

/** So many of its newest versions have a URL of their own: the table goes to every edge with every change. */
export const MOST_VERSION_URLS = 1000;

/** What of a Worker's entry in the edges' table stands in other tables than its own. */
export interface WorkerFacts {
  readonly active: StoredDeployment | undefined;
  readonly crons: readonly string[];
  readonly queues: readonly ConsumedQueue[];
  readonly ownsObjects: boolean;
  /** Which Worker has which of its former namespaces. */
  readonly movedObjects: Readonly<Record<string, string>>;
  /** Ids of its versions that have assets. */
  readonly withAssets: ReadonlySet<string>;
  /** Ids of those that have a URL of their own, newest first. */
  readonly newest: readonly string[];
  readonly aliases: Readonly<Record<string, string>>;
}

/** Those of one Worker, for a change. */
export const factsOf = async (queries: Queries, { tag, name, previews }: Worker): Promise<WorkerFacts> => {
  const consumers = await queries.consumers.ofWorker(tag);
  const queues = await Promise.all(consumers.map(({ queueId }) => queries.resources.byId('queue', queueId)));
  return {
    active: await queries.deployments.active(tag),
    crons: (await queries.schedules.ofWorker(tag)).map(({ cron }) => cron),
    queues: consumedQueues(consumers, byId(queues)),
    ownsObjects: (await queries.namespaces.ofWorker(tag)).length > 0,
    movedObjects: ownersOf(name, await queries.namespaces.takenFrom(name)),
    withAssets: await queries.assets.versionsOf(tag),
    newest: previews ? await queries.versions.ids(tag, MOST_VERSION_URLS) : [],
    aliases: previews ? await queries.versions.aliases(tag) : {},
  };
};

/** Those of any Worker, for the whole table: a query for each would be thousands, one after another. */
export const factsOfAll = async (queries: Queries): Promise<(worker: Worker) => WorkerFacts> => {
  const active = new Map((await queries.deployments.allActive()).map((deployment) => [deployment.scriptTag, deployment]));
  const crons = Map.groupBy(await queries.schedules.all(), ({ workerTag }) => workerTag);
  const consumers = Map.groupBy(await queries.consumers.all(), ({ workerTag }) => workerTag);
  const queues = byId(await queries.resources.ofKind('queue'));
  const namespaces = await queries.namespaces.all();
  const owners = new Set(namespaces.map(({ script }) => script));
  const moved = Map.groupBy(namespaces, ({ movedFrom }) => movedFrom);
  const assets = Map.groupBy(await queries.assets.versions(), ({ workerTag }) => workerTag);
  const newest = Map.groupBy(await queries.versions.idsOfAll(MOST_VERSION_URLS), ({ workerTag }) => workerTag);
  const aliases = Map.groupBy(await queries.versions.allAliases(), ({ workerTag }) => workerTag);
  return ({ tag, name, previews }) => ({
    active: active.get(tag),
    crons: (crons.get(tag) ?? []).map(({ cron }) => cron),
    queues: consumedQueues(consumers.get(tag) ?? [], queues),
    ownsObjects: owners.has(name),
    movedObjects: ownersOf(name, moved.get(name) ?? []),
    withAssets: new Set((assets.get(tag) ?? []).map(({ versionId }) => versionId)),
    newest: previews ? (newest.get(tag) ?? []).map(({ id }) => id) : [],
    aliases: previews ? Object.fromEntries((aliases.get(tag) ?? []).map(({ alias, versionId }) => [alias, versionId])) : {},
  });
};

/** One that came back is no former one. */
const ownersOf = (name: string, namespaces: readonly ObjectNamespace[]): Readonly<Record<string, string>> =>
  Object.fromEntries(namespaces.flatMap(({ namespaceId, script }) => (script === name ? [] : [[namespaceId, script]])));

const byId = (resources: readonly (Resource | undefined)[]): ReadonlyMap<string, Resource> =>
  new Map(resources.flatMap((resource) => (resource === undefined ? [] : [[resource.id, resource] as const])));
