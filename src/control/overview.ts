import { NEW_FOR_MS, type Binding, type Numbers } from '../domain/index.ts';
import type { DeploymentHead, Queries, StoredDeployment, VersionHead, Worker, WorkerTimes } from '../store/index.ts';
import { usualPairing } from './compared.ts';
import { secretChangesOf, secretsIn } from './secret-history.ts';

/** What a Worker is called by. */
export interface Called {
  readonly domains: readonly string[];
  readonly routes: readonly string[];
  readonly crons: readonly string[];
  /** Names of queues. */
  readonly queues: readonly string[];
}

/** A Worker in a list of thousands: enough to sort and count it. */
export interface ListedWorker {
  readonly tag: string;
  readonly name: string;
  /** When something of it was last deployed, uploaded or made. */
  readonly changedOn: string;
  readonly isSplit: boolean;
  /** Split, or changed a short while ago. */
  readonly isRecent: boolean;
}

/** A Worker at a glance: enough to find it, and to say what was changed last. */
export interface WorkerHead extends Called {
  readonly worker: Worker;
  readonly isRecent: boolean;
  /** The latest two, newest first. */
  readonly deployments: readonly StoredDeployment[];
  /** Of versions that those name; what is known may be of many Workers. */
  readonly versions: ReadonlyMap<string, VersionHead>;
  readonly newest: VersionHead | undefined;
  readonly versionCount: number;
}

/** A Worker with as much of its history as its looks depend on. */
export interface WorkerPast extends WorkerHead {
  readonly history: readonly DeploymentHead[];
  /** Of versions that it names. */
  readonly numbers: Numbers;
}

/** So many deployments tell how a version looks, and what it is compared with. */
const LOOKED_BACK = 30;

/** All Workers, those that changed lately first, each part of them the last changed first. */
export const listedWorkers = async (queries: Queries, now: number): Promise<readonly ListedWorker[]> =>
  (await queries.workers.times())
    .map((times) => listed(times, now))
    .toSorted((a, b) => Number(b.isRecent) - Number(a.isRecent) || order(b.changedOn, a.changedOn) || order(a.name, b.name));

const listed = ({ tag, name, createdOn, deployedOn = '', uploadedOn = '', isSplit }: WorkerTimes, now: number): ListedWorker => {
  const changedOn = [createdOn, deployedOn, uploadedOn].reduce((latest, time) => (time > latest ? time : latest));
  return { tag, name, changedOn, isSplit, isRecent: isSplit || now - Date.parse(changedOn) < NEW_FOR_MS };
};

/** These Workers, in the order in which they are listed. */
export const workerHeads = async (queries: Queries, all: readonly ListedWorker[]): Promise<readonly WorkerHead[]> => {
  const tags = all.map(({ tag }) => tag);
  const called = await callsOf(queries);
  const workers = new Map((await queries.workers.byTags(tags)).map((worker) => [worker.tag, worker]));
  const newest = new Map((await queries.versions.newestOfEach(tags)).map((version) => [version.scriptTag, version]));
  const counts = await queries.versions.countOfEach(tags);
  const latest = Map.groupBy(await queries.deployments.latestOfEach(tags, 2), ({ scriptTag }) => scriptTag);
  const versions = new Map((await queries.versions.heads(idsIn([...latest.values()].flat()))).map((version) => [version.id, version]));
  return all.flatMap(({ tag, isRecent }) => {
    const worker = workers.get(tag);
    if (worker === undefined) return [];
    const deployments = latest.get(tag) ?? [];
    return [{ ...called(worker), worker, isRecent, deployments, versions, newest: newest.get(tag), versionCount: counts.get(tag) ?? 0 }];
  });
};

/** One Worker, with so many of its deployments. */
export const workerPast = async (queries: Queries, { tag }: Worker, most: number, now: number): Promise<WorkerPast | undefined> => {
  const [head] = await workerHeads(
    queries,
    (await queries.workers.times([tag])).map((times) => listed(times, now)),
  );
  if (head === undefined) return undefined;
  const history = (await queries.deployments.heads([tag], most)).get(tag) ?? [];
  return { ...head, history, numbers: await queries.versions.numbers(idsIn(history)) };
};

const order = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Of the versions that deployments name. */
export const idsIn = (deployments: readonly Pick<StoredDeployment, 'split'>[]): readonly string[] => {
  const ids = new Set<string>();
  for (const { split } of deployments) for (const { versionId } of split) ids.add(versionId);
  return [...ids];
};

const callsOf = async (queries: Queries): Promise<(worker: Worker) => Called> => {
  const routes = Map.groupBy(await queries.hosts.routes(), ({ script }) => script);
  const domains = Map.groupBy(await queries.hosts.domains(), ({ script }) => script);
  const crons = Map.groupBy(await queries.schedules.all(), ({ workerTag }) => workerTag);
  const consumers = Map.groupBy(await queries.consumers.all(), ({ workerTag }) => workerTag);
  const queues = new Map((await queries.resources.ofKind('queue')).map(({ id, name }) => [id, name]));
  return ({ tag, name }) => ({
    domains: (domains.get(name) ?? []).filter(({ enabled }) => enabled).map(({ hostname }) => hostname),
    routes: (routes.get(name) ?? []).map(({ pattern }) => pattern),
    crons: (crons.get(tag) ?? []).map(({ cron }) => cron),
    queues: (consumers.get(tag) ?? []).flatMap(({ queueId }) => queues.get(queueId) ?? []),
  });
};

/** Whether all of the words that somebody looks for stand in what is known of a Worker. */
export const isFound = (head: WorkerHead, search: string, workersDev: string | undefined): boolean => {
  const serving = (head.deployments[0]?.split ?? []).flatMap(({ versionId }) => head.versions.get(versionId) ?? []);
  const versions = head.newest === undefined ? serving : [...serving, head.newest];
  const texts = [
    head.worker.name,
    workersDev,
    ...head.domains,
    ...head.routes,
    head.deployments[0]?.author.email,
    ...versions.flatMap(({ number, tag, message, author }) => [`v${number}`, tag, message, author.email]),
  ];
  const text = texts.join('\n').toLowerCase();
  return [...new Set(search.toLowerCase().split(/\s+/))].every((word) => text.includes(word));
};

/** The same with as many deployments as their looks depend on. */
export const lookedBack = async (queries: Queries, heads: readonly WorkerHead[]): Promise<readonly WorkerPast[]> => {
  const deep = heads.filter((head) => head.isRecent || mayBeRollback(head) || mayHaveServed(head));
  const read = await queries.deployments.heads(
    deep.map(({ worker }) => worker.tag),
    LOOKED_BACK,
  );
  const histories = heads.map((head) => ({ head, history: read.get(head.worker.tag) ?? head.deployments }));
  const numbers = await queries.versions.numbers(idsIn(histories.flatMap(({ history }) => history)));
  return histories.map(({ head, history }) => Object.assign({}, head, { history, numbers }));
};

/** Whether only what was before says if its last deployment went back to a version that had served. */
const mayBeRollback = ({ deployments: [active, before], versions }: WorkerHead): boolean => {
  const numberOf = ({ versionId }: { readonly versionId: string }): number => versions.get(versionId)?.number ?? 0;
  if (active === undefined || before === undefined || active.split.length > 1) return false;
  const came = active.split.filter(({ versionId }) => !before.split.some((entry) => entry.versionId === versionId));
  return came.some((entry) => before.split.some((left) => numberOf(left) > numberOf(entry)));
};

/** Whether only what was before says if its newest version served, and was left by a rollback. */
const mayHaveServed = ({ deployments, newest }: WorkerHead): boolean =>
  newest !== undefined &&
  deployments.length > 1 &&
  !deployments.some(({ split }) => split.some(({ versionId }) => versionId === newest.id));

/** Two versions of a Worker whose errors are compared, over a time in milliseconds since 1970. */
export interface ErrorPairing {
  readonly head: WorkerPast;
  readonly versionId: string;
  readonly baselineId: string;
  readonly since: number;
  readonly until: number;
}

/** What is compared of those that look back far enough. */
export const errorPairings = (heads: readonly WorkerPast[], now: number): readonly ErrorPairing[] =>
  heads.flatMap((head) => {
    const serving = servingOf(head).map(({ id }) => id);
    const pairing = usualPairing(head.history, serving, now);
    const began = Date.parse(head.worker.createdOn);
    return pairing === undefined ? [] : [{ head, ...pairing, since: Math.max(pairing.since, began) }];
  });

/** The versions that serve, newest first; one that was deleted is not there. */
const servingOf = ({ deployments, versions }: WorkerHead): readonly VersionHead[] =>
  (deployments[0]?.split ?? []).flatMap(({ versionId }) => versions.get(versionId) ?? []).toSorted((a, b) => b.number - a.number);

/** Workers that bind each of these in a version that serves. */
export const callersOf = async (queries: Queries, names: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>> => {
  const callers = new Map<string, Set<string>>(names.map((name) => [name, new Set()]));
  if (names.length === 0) return callers;
  for (const { script, bindings } of await queries.serving.callers())
    for (const service of servicesIn(bindings)) if (service !== script) callers.get(service)?.add(script);
  return callers;
};

const servicesIn = (bindings: readonly Binding[]): readonly string[] =>
  bindings.flatMap((binding) => (binding.type === 'service' ? [binding.service] : []));

/** Names of the secrets that were changed with these deployments (newest first), by their numbers, as the audit log has them. */
export const secretsChangedWith = async (
  queries: Queries,
  name: string,
  deployments: readonly Pick<StoredDeployment, 'id' | 'number' | 'createdOn' | 'triggeredBy'>[],
): Promise<ReadonlyMap<number, readonly string[]>> => {
  const changes = deployments.filter(({ triggeredBy }) => triggeredBy === 'secret');
  const [newest, oldest] = [changes[0], changes.at(-1)];
  if (newest === undefined || oldest === undefined) return new Map();
  const numbers = new Map(changes.map(({ id, number }) => [id, number]));
  const [since, before] = [near(oldest.createdOn, -AUDIT_WITHIN_MS), near(newest.createdOn, AUDIT_WITHIN_MS)];
  const entries = await secretChangesOf(queries, name, since, before);
  return new Map(
    entries.flatMap((entry) => {
      const number = numbers.get(String(entry.detail['deployment']));
      return number === undefined ? [] : [[number, secretsIn(entry)] as const];
    }),
  );
};

/** A row of the audit log is dated when its transaction is. */
const AUDIT_WITHIN_MS = 60_000;

const near = (time: string, ms: number): string => new Date(Date.parse(time) + ms).toISOString();
