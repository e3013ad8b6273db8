import type { WorkerHead } from '../../control/index.ts';
import type { RateComparison } from '../../domain/index.ts';
import type { Glance } from '../../observe/index.ts';
import { deedView, lookOf, shareView, storyView, type ToldHistory } from './history.ts';
import type { Hosts } from './worker.ts';

const STEP_MS = 30 * 60_000;

/** The time that the numbers of an overview are of: milliseconds since 1970, and whole steps. */
export interface OverviewWindow {
  readonly since: number;
  readonly now: number;
  readonly recentSince: number;
}

export interface ComparedErrors {
  readonly versionId: string;
  readonly baselineId: string;
  readonly since: number;
  readonly errors: RateComparison;
}

export interface RowFacts {
  readonly head: WorkerHead;
  readonly history: ToldHistory;
  readonly hosts: Hosts;
  readonly callers: readonly string[];
  /** Undefined where nobody answers who observes. */
  readonly glance: Glance | undefined;
  readonly window: OverviewWindow;
  /** Undefined where nothing was compared. */
  readonly compared: ComparedErrors | undefined;
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
const rounded = (value: number): number => Math.round(value * 100) / 100;

export const workersDevOf = ({ worker }: Pick<WorkerHead, 'worker'>, { scheme, subdomain, authority }: Hosts): string | undefined =>
  worker.workersDev ? `${scheme}://${worker.name}.${subdomain}.${authority}` : undefined;

export const overviewWindowView = ({ since, now, recentSince }: OverviewWindow) => ({
  since: new Date(since).toISOString(),
  until: new Date(now).toISOString(),
  step_seconds: STEP_MS / 1000,
  recent_since: new Date(recentSince).toISOString(),
});

interface Counted {
  readonly requests: number;
  readonly errors: number;
  readonly recent: number;
}

const countedView = ({ requests, errors, recent }: Counted, { now, recentSince }: OverviewWindow) => ({
  requests,
  errors,
  error_rate: ratio(errors, requests),
  requests_per_minute: rounded((recent * 60_000) / (now - recentSince)),
});

const NOTHING: Counted = { requests: 0, errors: 0, recent: 0 };

const metricsView = ({ versions, series }: Glance, window: OverviewWindow) => ({
  ...countedView(
    versions.reduce(
      (sum, { requests, errors, recent }) => ({
        requests: sum.requests + requests,
        errors: sum.errors + errors,
        recent: sum.recent + recent,
      }),
      NOTHING,
    ),
    window,
  ),
  series,
});

export const servingView = ({ history, glance, window }: RowFacts) =>
  (history.deployments[0]?.split ?? []).map((entry) => {
    const counted = glance?.versions.find(({ versionId }) => versionId === entry.versionId) ?? NOTHING;
    return Object.assign(shareView(history, entry), { measured: glance === undefined ? null : countedView(counted, window) });
  });

export const rowView = (facts: RowFacts) => {
  const { head, history, hosts, callers, glance, window, compared } = facts;
  const { worker, newest, deployments } = head;
  const [active] = deployments;
  return {
    id: worker.tag,
    name: worker.name,
    created_on: worker.createdOn,
    hosts: {
      workers_dev: workersDevOf(head, hosts) ?? null,
      domains: head.domains,
      routes: head.routes,
      crons: head.crons,
      queues: head.queues,
      callers,
    },
    version_count: head.versionCount,
    newest_version:
      newest === undefined
        ? null
        : {
            version_id: newest.id,
            number: newest.number,
            ...deedView(newest),
            message: newest.message ?? null,
            tag: newest.tag ?? null,
            look: lookOf(history, newest.id),
          },
    deployment: active === undefined ? null : { id: active.id, ...deedView(active), versions: servingView(facts) },
    last_change: lastChangeView(head, history),
    is_recent: head.isRecent,
    metrics: glance === undefined ? null : metricsView(glance, window),
    comparison:
      compared === undefined
        ? null
        : {
            version_id: compared.versionId,
            baseline_id: compared.baselineId,
            since: new Date(compared.since).toISOString(),
            error_rate: {
              version: compared.errors.version ?? null,
              baseline: compared.errors.baseline ?? null,
              verdict: compared.errors.verdict,
            },
          },
    is_failing_more: compared?.errors.verdict === 'worse',
  };
};

/** The newest of what was deployed, uploaded and made. A version that its deployment made is told with that. */
const lastChangeView = ({ worker, newest, deployments: [active] }: WorkerHead, history: ToldHistory) => {
  const isSaved = newest !== undefined && (active === undefined || newest.createdOn > active.createdOn);
  if (isSaved)
    return {
      kind: 'saved' as const,
      ...deedView(newest),
      message: newest.message ?? null,
      version_id: newest.id,
      number: newest.number,
      story: null,
    };
  const story = storyView(history, 0);
  if (active === undefined || story === null) {
    const nobody = { author: null, source: null, at: worker.createdOn, message: null, version_id: null, number: null, story: null };
    return { kind: 'created' as const, ...nobody };
  }
  const { kind, version_id, number } = story;
  return { kind, ...deedView(active), message: active.message ?? null, version_id, number, story };
};
