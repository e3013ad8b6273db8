import { NEW_FOR_MS, servingIn, type Binding } from '../domain/index.ts';
import type { Queries, StoredDeployment, VersionHead, Worker } from '../store/index.ts';
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

/** A Worker at a glance: enough to find it, to sort it, and to say what was changed last. */
export interface WorkerHead extends Called {
  readonly worker: Worker;
  /** Newest first: two at least where there are two, more where its look depends on more. */
  readonly deployments: readonly StoredDeployment[];
  /** Of versions that the deployments name. */
  readonly versions: ReadonlyMap<string, VersionHead>;
  readonly newest: VersionHead | undefined;
  readonly versionCount: number;
  /** When something of it was last deployed, uploaded or made. */
  readonly changedOn: string;
  readonly isSplit: boolean;
  /** Split, or changed a short while ago. */
  readonly isRecent: boolean;
}

/** So many deployments tell how a version looks, and what it is compared with. */
const LOOKED_BACK = 30;

/** All Workers, those that changed lately first, each part of them the last changed first. */
export const workerHeads = async (queries: Queries, now: number): Promise<readonly WorkerHead[]> => {
  const workers = await queries.workers.all();
  const called = await callsOf(queries);
  const newest = new Map((await queries.versions.newestOfEach()).map((version) => [version.scriptTag, version]));
  const counts = await queries.versions.countOfEach();
  const latest = Map.groupBy(await queries.deployments.latestOfEach(2), ({ scriptTag }) => scriptTag);
  const known = await headsOf(queries, [...latest.values()].flat());
  const heads = workers.map((worker) =>
    headFrom(
      { worker, ...called(worker), deployments: latest.get(worker.tag) ?? [], versions: known, newest: newest.get(worker.tag) },
      counts.get(worker.tag) ?? 0,
      now,
    ),
  );
  return heads.toSorted(
    (a, b) => Number(b.isRecent) - Number(a.isRecent) || order(b.changedOn, a.changedOn) || order(a.worker.name, b.worker.name),
  );
};

/** One Worker, with so many of its deployments. */
export const workerHead = async (queries: Queries, worker: Worker, most: number, now: number): Promise<WorkerHead> => {
  const called = await callsOf(queries);
  const deployments = await queries.deployments.page(worker.tag, { offset: 0, limit: most });
  const newest = await queries.versions.newest(worker.tag);
  const versions = await headsOf(queries, deployments);
  return headFrom({ worker, ...called(worker), deployments, versions, newest }, await queries.versions.count(worker.tag), now);
};

type Stored = Omit<WorkerHead, 'versionCount' | 'changedOn' | 'isSplit' | 'isRecent'>;

const headFrom = (stored: Stored, versionCount: number, now: number): WorkerHead => {
  const { worker, deployments, newest } = stored;
  const times = [worker.createdOn, deployments[0]?.createdOn ?? '', newest?.createdOn ?? ''];
  const changedOn = times.reduce((latest, time) => (time > latest ? time : latest));
  const isSplit = servingIn(deployments[0]?.split ?? []).length > 1;
  return { ...stored, versionCount, changedOn, isSplit, isRecent: isSplit || now - Date.parse(changedOn) < NEW_FOR_MS };
};

const order = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

const headsOf = async (queries: Queries, deployments: readonly StoredDeployment[]): Promise<ReadonlyMap<string, VersionHead>> => {
  const ids = new Set(deployments.flatMap(({ split }) => split.map(({ versionId }) => versionId)));
  return new Map((await queries.versions.heads([...ids])).map((version) => [version.id, version]));
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

/** The same with as many deployments as its looks depend on. */
export const lookedBack = async (queries: Queries, heads: readonly WorkerHead[]): Promise<readonly WorkerHead[]> => {
  const tags = heads.filter((head) => head.isRecent || mayBeRollback(head) || mayHaveServed(head)).map(({ worker }) => worker.tag);
  const read = await queries.deployments.latestOfEach(LOOKED_BACK, tags);
  const known = await headsOf(queries, read);
  const histories = Map.groupBy(read, ({ scriptTag }) => scriptTag);
  return heads.map((head) => {
    const deployments = histories.get(head.worker.tag);
    return deployments === undefined ? head : Object.assign({}, head, { deployments, versions: known });
  });
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
  readonly head: WorkerHead;
  readonly versionId: string;
  readonly baselineId: string;
  readonly since: number;
  readonly until: number;
}

/** What is compared of those that look back far enough. */
export const errorPairings = (heads: readonly WorkerHead[], now: number): readonly ErrorPairing[] =>
  heads.flatMap((head) => {
    const serving = servingOf(head).map(({ id }) => id);
    const pairing = usualPairing(head.deployments, serving, now);
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

/** Names of the secrets that were changed with these deployments (newest first), by their ids, as the audit log has them. */
export const secretsChangedWith = async (
  queries: Queries,
  name: string,
  deployments: readonly Pick<StoredDeployment, 'id' | 'createdOn' | 'triggeredBy'>[],
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const changes = deployments.filter(({ triggeredBy }) => triggeredBy === 'secret');
  const [newest, oldest] = [changes[0], changes.at(-1)];
  if (newest === undefined || oldest === undefined) return new Map();
  const wanted = new Set(changes.map(({ id }) => id));
  const [since, before] = [near(oldest.createdOn, -AUDIT_WITHIN_MS), near(newest.createdOn, AUDIT_WITHIN_MS)];
  const entries = await secretChangesOf(queries, name, since, before);
  return new Map(
    entries.flatMap((entry) => {
      const id = String(entry.detail['deployment']);
      return wanted.has(id) ? [[id, secretsIn(entry)] as const] : [];
    }),
  );
};

/** A row of the audit log is dated when its transaction is. */
const AUDIT_WITHIN_MS = 60_000;

const near = (time: string, ms: number): string => new Date(Date.parse(time) + ms).toISOString();
