import { accept, refuse } from '../../base/index.ts';
import {
  callersOf,
  errorPairings,
  isFound,
  listedWorkers,
  lookedBack,
  secretsChangedWith,
  workerHeads,
  workerPast,
  type ErrorPairing,
  type ListedWorker,
  type WorkerHead,
  type WorkerPast,
} from '../../control/index.ts';
import type { overviewEndpoints } from '../../contract/index.ts';
import { compareErrors } from '../../domain/index.ts';
import { WorldFault } from '../../files/index.ts';
import { observedCounts, observedGlances, SLOT_MINUTES, type Glance } from '../../observe/index.ts';
import type { Queries } from '../../store/index.ts';
import { hostsOf, type Api, type Handlers } from '../api.ts';
import { pageInfo, pageOf } from '../page.ts';
import {
  latestLooksView,
  overviewWindowView,
  rowView,
  servingView,
  toldDeploymentView,
  toldHistory,
  workersDevOf,
  type ComparedErrors,
  type Hosts,
  type OverviewWindow,
  type RowFacts,
} from '../views/index.ts';
import { workerNamed } from './found.ts';

const MINUTE_MS = 60_000;
const SLOT_MS = SLOT_MINUTES * MINUTE_MS;
/** 24 hours with the one that is under way. */
const SLOTS = 48;
const RECENT_MINUTES = 5;
const WORKERS_A_PAGE = 100;
/** Of those that changed lately the latest are compared, so that a list takes no longer than that. */
const MOST_COMPARED = 200;
/** A list is drawn without its numbers where whoever has them takes longer. */
const OBSERVED_WITHIN_MS = 3_000;
/** What one Worker's looks are told by. */
const MOST_DEPLOYMENTS = 10_000;
const MOST_LOOKS = 500;

const windowAt = (now: number): OverviewWindow => ({
  since: (Math.floor(now / SLOT_MS) - SLOTS + 1) * SLOT_MS,
  recentSince: (Math.floor(now / MINUTE_MS) - RECENT_MINUTES + 1) * MINUTE_MS,
  now,
});

/** Undefined where nobody answers: what is stored is told all the same. */
const ifThere = <Value>(answer: Promise<Value>): Promise<Value | undefined> =>
  answer.catch((error: unknown) => {
    if (error instanceof WorldFault) return undefined;
    throw error;
  });

/** What was counted under a name before there was this Worker was another one's, whose versions are gone. */
const ownGlance = ({ worker }: WorkerHead, glance: Glance, isThere: (versionId: string) => boolean, { since }: OverviewWindow): Glance => {
  const began = Math.floor((Date.parse(worker.createdOn) - since) / SLOT_MS);
  if (began < 0) return glance;
  return {
    ...glance,
    versions: glance.versions.filter(({ versionId }) => isThere(versionId)),
    series: glance.series.map((requests, slot) => (slot < began ? 0 : requests)),
  };
};

const glancesOf = async (api: Api, heads: readonly WorkerHead[], window: OverviewWindow) => {
  const { since, now, recentSince } = window;
  const glances = await ifThere(
    observedGlances(
      api.observe,
      {
        scripts: heads.map(({ worker }) => worker.name),
        since: since / SLOT_MS,
        until: since / SLOT_MS + SLOTS,
        recent: { since: recentSince / MINUTE_MS, until: Math.floor(now / MINUTE_MS) + 1 },
      },
      OBSERVED_WITHIN_MS,
    ),
  );
  if (glances === undefined) return undefined;
  const ids = glances.flatMap(({ versions }) => versions.map(({ versionId }) => versionId));
  const numbers = await api.store.read.versions.numbers(ids);
  const byScript = new Map(glances.map((glance) => [glance.script, glance]));
  return new Map(
    heads.flatMap((head) => {
      const glance = byScript.get(head.worker.name);
      return glance === undefined ? [] : [[head.worker.tag, ownGlance(head, glance, (id) => numbers.has(id), window)] as const];
    }),
  );
};

const comparedErrors = async (api: Api, pairings: readonly ErrorPairing[]): Promise<ReadonlyMap<string, ComparedErrors>> => {
  // What was counted is known by the minute.
  const windows = pairings.map(({ head, since, until }) => ({
    script: head.worker.name,
    since: Math.floor(since / MINUTE_MS),
    until: Math.ceil(until / MINUTE_MS),
  }));
  const counted = pairings.length === 0 ? [] : await ifThere(observedCounts(api.observe, windows, OBSERVED_WITHIN_MS));
  if (counted === undefined) return new Map();
  return new Map(
    pairings.map(({ head, versionId, baselineId, until }, at) => {
      const sideOf = (id: string) => counted[at]?.find((each) => each.versionId === id) ?? { requests: 0, errors: 0 };
      const since = (windows[at]?.since ?? 0) * MINUTE_MS;
      return [
        head.worker.tag,
        { versionId, baselineId, since, errors: compareErrors(sideOf(versionId), sideOf(baselineId), until - since) },
      ];
    }),
  );
};

const isReached = ({ worker, domains, routes, crons, queues }: WorkerHead): boolean =>
  worker.workersDev || [domains, routes, crons, queues].some(({ length }) => length > 0);

const historyOf = async (queries: Queries, { worker, deployments, versions, history, numbers }: WorkerPast, now: number) => {
  const secrets = await secretsChangedWith(queries, worker.name, deployments);
  return toldHistory({ deployments: history, numbers, versions, secrets }, now);
};

const foundAmong = async (queries: Queries, workers: readonly ListedWorker[], search: string, hosts: Hosts) => {
  const heads = await workerHeads(queries, workers);
  const found = new Set(heads.filter((head) => isFound(head, search, workersDevOf(head, hosts))).map(({ worker }) => worker.tag));
  return workers.filter(({ tag }) => found.has(tag));
};

/** Those that are watched are known already. */
const pastsOf = async (queries: Queries, workers: readonly ListedWorker[], watched: readonly WorkerPast[]) => {
  const known = new Map(watched.map((head) => [head.worker.tag, head]));
  const others = workers.filter(({ tag }) => !known.has(tag));
  for (const head of await lookedBack(queries, await workerHeads(queries, others))) known.set(head.worker.tag, head);
  return workers.flatMap(({ tag }) => known.get(tag) ?? []);
};

export const overview: Handlers<typeof overviewEndpoints> = {
  listWorkersOverview: async (api, { query }) => {
    const window = windowAt(api.clock.now().getTime());
    const hosts = await hostsOf(api);
    const page = pageOf(query, WORKERS_A_PAGE);
    const { all, watched } = await api.store.snapshot(async (queries) => {
      const workers = await listedWorkers(queries, window.now);
      const recent = workers.filter(({ isRecent }) => isRecent).slice(0, MOST_COMPARED);
      return { all: workers, watched: await lookedBack(queries, await workerHeads(queries, recent)) };
    });
    const compared = await comparedErrors(api, errorPairings(watched, window.now));
    const isFailing = ({ tag }: { readonly tag: string }): boolean => compared.get(tag)?.errors.verdict === 'worse';
    const isMeant = (worker: ListedWorker): boolean =>
      query.only === 'split' ? worker.isSplit : query.only !== 'failing_more' || isFailing(worker);
    const search = query.search?.trim() ?? '';
    const { found, shown } = await api.store.snapshot(async (queries) => {
      const meant = all.filter(isMeant);
      const those = search === '' ? meant : await foundAmong(queries, meant, search, hosts);
      const heads = await pastsOf(queries, those.slice(page.offset, page.offset + page.limit), watched);
      const callers = await callersOf(
        queries,
        heads.filter((head) => !isReached(head)).map(({ worker }) => worker.name),
      );
      const told: Omit<RowFacts, 'glance' | 'compared'>[] = [];
      for (const head of heads) {
        const names = [...(callers.get(head.worker.name) ?? [])].toSorted();
        told.push({ head, hosts, window, callers: names, history: await historyOf(queries, head, window.now) });
      }
      return { found: those, shown: told };
    });
    const glances = await glancesOf(
      api,
      shown.map(({ head }) => head),
      window,
    );
    const workers = shown.map((facts) => {
      const { tag } = facts.head.worker;
      return rowView({ ...facts, glance: glances?.get(tag), compared: compared.get(tag) });
    });
    return accept({
      result: {
        workers,
        totals: {
          all: all.length,
          found: found.length,
          split: all.filter(({ isSplit }) => isSplit).length,
          recent: all.filter(({ isRecent }) => isRecent).length,
          failing_more: watched.filter(({ worker }) => isFailing(worker)).length,
        },
        window: glances === undefined ? null : overviewWindowView(window),
      },
      resultInfo: pageInfo(page, workers.length, found.length),
    });
  },
  getWorkerOverview: async (api, { params }) => {
    const worker = await workerNamed(api, params.name);
    if (!worker.ok) return worker;
    const window = windowAt(api.clock.now().getTime());
    const hosts = await hostsOf(api);
    const past = await api.store.snapshot(async (queries) => {
      const one = await workerPast(queries, worker.value, MOST_DEPLOYMENTS, window.now);
      if (one === undefined) return undefined;
      const found = isReached(one) ? undefined : await callersOf(queries, [params.name]);
      return { head: one, history: await historyOf(queries, one, window.now), callers: [...(found?.get(params.name) ?? [])].toSorted() };
    });
    // It was deleted since.
    if (past === undefined) return refuse({ code: 'worker_not_found', name: params.name });
    const { head, history, callers } = past;
    const compared = head.isRecent ? await comparedErrors(api, errorPairings([head], window.now)) : undefined;
    const glances = await glancesOf(api, [head], window);
    const { tag } = head.worker;
    const facts: RowFacts = { head, history, hosts, callers, window, glance: glances?.get(tag), compared: compared?.get(tag) };
    const active = toldDeploymentView(history, 0, head.deployments[0]);
    const generation = await api.store.read.meta.generation();
    const edges = api.feed.status().filter(({ connected }) => connected);
    return accept({
      result: {
        ...rowView(facts),
        deployment: active === null ? null : { ...active, versions: servingView(facts) },
        previous_deployment: toldDeploymentView(history, 1, head.deployments[1]),
        looks: latestLooksView(history, MOST_LOOKS),
        window: glances === undefined ? null : overviewWindowView(window),
        edges: {
          connected: edges.length,
          generation,
          pending: edges.filter((edge) => edge.generation < generation).map(({ id }) => id),
        },
      },
    });
  },
};
