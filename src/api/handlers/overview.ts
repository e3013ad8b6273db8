import { accept } from '../../base/index.ts';
import {
  callersOf,
  errorPairings,
  isFound,
  lookedBack,
  secretsChangedWith,
  workerHead,
  workerHeads,
  type ErrorPairing,
  type WorkerHead,
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
  type OverviewWindow,
  type RowFacts,
  type ToldHistory,
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

const glancesOf = async (api: Api, heads: readonly WorkerHead[], { since, now, recentSince }: OverviewWindow) => {
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
  return glances && new Map(glances.map((glance) => [glance.script, glance]));
};

/** What was counted under a name before there was this Worker was another one's. */
const ownGlance = async (api: Api, { worker }: WorkerHead, glance: Glance | undefined, { since }: OverviewWindow) => {
  const began = Math.floor((Date.parse(worker.createdOn) - since) / SLOT_MS);
  if (glance === undefined || began < 0) return glance;
  const ids = new Set(await api.store.read.versions.ids(worker.tag, MOST_DEPLOYMENTS));
  return {
    ...glance,
    versions: glance.versions.filter(({ versionId }) => ids.has(versionId)),
    series: glance.series.map((requests, slot) => (slot < began ? 0 : requests)),
  };
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

const historyOf = async (queries: Queries, head: WorkerHead, now: number): Promise<ToldHistory> => {
  const secrets = await secretsChangedWith(queries, head.worker.name, head.deployments.slice(0, 2));
  return toldHistory(head.deployments, head.versions, now, secrets);
};

export const overview: Handlers<typeof overviewEndpoints> = {
  listWorkersOverview: async (api, { query }) => {
    const window = windowAt(api.clock.now().getTime());
    const hosts = await hostsOf(api);
    const page = pageOf(query, WORKERS_A_PAGE);
    const read = await api.store.snapshot(async (queries) => {
      const heads = await workerHeads(queries, window.now);
      const watched = await lookedBack(queries, heads.filter(({ isRecent }) => isRecent).slice(0, MOST_COMPARED));
      return { heads, watched };
    });
    const compared = await comparedErrors(api, errorPairings(read.watched, window.now));
    const isFailing = ({ worker }: WorkerHead): boolean => compared.get(worker.tag)?.errors.verdict === 'worse';
    const isMeant = (head: WorkerHead): boolean =>
      query.only === 'split' ? head.isSplit : query.only !== 'failing_more' || isFailing(head);
    const search = query.search?.trim() ?? '';
    const found = read.heads.filter((head) => isMeant(head) && (search === '' || isFound(head, search, workersDevOf(head, hosts))));
    const shown = await api.store.snapshot(async (queries) => {
      const heads = await lookedBack(queries, found.slice(page.offset, page.offset + page.limit));
      const callers = await callersOf(
        queries,
        heads.filter((head) => !isReached(head)).map(({ worker }) => worker.name),
      );
      const told: Omit<RowFacts, 'glance' | 'compared'>[] = [];
      for (const head of heads) {
        const names = [...(callers.get(head.worker.name) ?? [])].toSorted();
        told.push({ head, hosts, window, callers: names, history: await historyOf(queries, head, window.now) });
      }
      return told;
    });
    const glances = await glancesOf(
      api,
      shown.map(({ head }) => head),
      window,
    );
    const workers = await Promise.all(
      shown.map(async (facts) => {
        const glance = await ownGlance(api, facts.head, glances?.get(facts.head.worker.name), window);
        return rowView({ ...facts, glance, compared: compared.get(facts.head.worker.tag) });
      }),
    );
    return accept({
      result: {
        workers,
        totals: {
          all: read.heads.length,
          found: found.length,
          split: read.heads.filter(({ isSplit }) => isSplit).length,
          recent: read.heads.filter(({ isRecent }) => isRecent).length,
          failing_more: read.watched.filter(isFailing).length,
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
    const { head, history, callers } = await api.store.snapshot(async (queries) => {
      const one = await workerHead(queries, worker.value, MOST_DEPLOYMENTS, window.now);
      const found = isReached(one) ? undefined : await callersOf(queries, [params.name]);
      return { head: one, history: await historyOf(queries, one, window.now), callers: [...(found?.get(params.name) ?? [])].toSorted() };
    });
    const compared = head.isRecent ? await comparedErrors(api, errorPairings([head], window.now)) : undefined;
    const glances = await glancesOf(api, [head], window);
    const glance = await ownGlance(api, head, glances?.get(params.name), window);
    const facts: RowFacts = { head, history, hosts, callers, window, glance, compared: compared?.get(head.worker.tag) };
    const active = toldDeploymentView(history, 0);
    const generation = await api.store.read.meta.generation();
    const edges = api.feed.status().filter(({ connected }) => connected);
    return accept({
      result: {
        ...rowView(facts),
        deployment: active === null ? null : { ...active, versions: servingView(facts) },
        previous_deployment: toldDeploymentView(history, 1),
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
