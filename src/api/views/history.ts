import {
  looksOf,
  percentageOf,
  servicesIn,
  storyOf,
  type Look,
  type Numbers,
  type Service,
  type Story,
  type Version,
  type VersionShare,
} from '../../domain/index.ts';
import type { DeploymentHead, StoredDeployment, VersionHead } from '../../store/index.ts';

/** What a Worker's history is told from. What is known of versions may be of many Workers; a deleted one is not there. */
export interface HistoryFacts {
  /** Newest first, with one more than is shown where there is one. */
  readonly deployments: readonly DeploymentHead[];
  /** By the ids of the versions that those name. */
  readonly numbers: Numbers;
  /** Of the deployments that are shown. */
  readonly versions: ReadonlyMap<string, Pick<VersionHead, 'message' | 'tag'>>;
  /** Names of the secrets that were changed with a deployment, by its number. */
  readonly secrets: ReadonlyMap<number, readonly string[]>;
}

/** A Worker's history as it is told. */
export interface ToldHistory extends HistoryFacts {
  readonly stories: readonly Story[];
  /** When each version served. */
  readonly services: ReadonlyMap<string, Service>;
  readonly looks: ReadonlyMap<string, Look>;
}

export const toldHistory = (facts: HistoryFacts, now: number): ToldHistory => {
  const { deployments, numbers } = facts;
  const retold = { stories: storyOf(deployments, numbers), services: servicesIn(deployments) };
  return { ...facts, ...retold, looks: looksOf(deployments, now, [], numbers, retold) };
};

export const deedView = ({ author, source, createdOn }: Pick<VersionHead, 'author' | 'source' | 'createdOn'>) => ({
  author: author.email,
  source,
  at: createdOn,
});

/** The looks of so many versions at most, those that were deployed last. */
export const latestLooksView = ({ deployments, looks }: ToldHistory, most: number): Readonly<Record<string, Look>> => {
  const latest: Record<string, Look> = {};
  let count = 0;
  for (const { versionId } of deployments.flatMap(({ split }) => split)) {
    const look = looks.get(versionId);
    if (look === undefined || versionId in latest) continue;
    if (count === most) break;
    latest[versionId] = look;
    count += 1;
  }
  return latest;
};

export const lookOf = ({ looks }: ToldHistory, versionId: string): Look => looks.get(versionId) ?? 'idle';

export const shareView = (history: ToldHistory, { versionId, share }: VersionShare) => ({
  version_id: versionId,
  number: history.numbers.get(versionId) ?? null,
  percentage: percentageOf(share),
  look: lookOf(history, versionId),
  message: history.versions.get(versionId)?.message ?? null,
  tag: history.versions.get(versionId)?.tag ?? null,
});

/** Of the deployment at this place, the newest being at 0. */
export const storyView = ({ stories, numbers, secrets, deployments }: ToldHistory, at: number) => {
  const [story, deployment] = [stories[at], deployments[at]];
  if (story === undefined || deployment === undefined) return null;
  const numberOf = (id: string): number | null => numbers.get(id) ?? null;
  return {
    kind: story.kind,
    version_id: story.versionId,
    number: numberOf(story.versionId),
    percentage: percentageOf(story.share),
    percentage_before: percentageOf(story.shareBefore),
    other: story.otherId === undefined ? null : { version_id: story.otherId, number: numberOf(story.otherId) },
    secrets: story.kind === 'changed_secret' ? (secrets.get(deployment.number) ?? []) : [],
  };
};

/** A deployment that stands at this place of its history. */
export const toldDeploymentView = (history: ToldHistory, at: number, deployment: StoredDeployment | undefined) => {
  const story = storyView(history, at);
  if (deployment === undefined || story === null) return null;
  return {
    id: deployment.id,
    number: deployment.number,
    ...deedView(deployment),
    until: history.deployments[at - 1]?.createdOn ?? null,
    message: deployment.message ?? null,
    triggered_by: deployment.triggeredBy,
    rollback_from: deployment.rollbackFrom ?? null,
    story,
    versions: deployment.split.map((entry) => shareView(history, entry)),
  };
};

/** A version as a history tells of it. */
export const toldVersionView = (
  history: ToldHistory,
  version: Pick<VersionHead, 'id' | 'number' | 'author' | 'source' | 'createdOn' | 'message' | 'tag'>,
) => {
  const entry = history.deployments[0]?.split.find(({ versionId }) => versionId === version.id);
  const service = history.services.get(version.id);
  return {
    version_id: version.id,
    number: version.number,
    ...deedView(version),
    message: version.message ?? null,
    tag: version.tag ?? null,
    look: lookOf(history, version.id),
    percentage: entry === undefined ? null : percentageOf(entry.share),
    served:
      service === undefined
        ? null
        : {
            since: service.since,
            from: service.from,
            until: service.until ?? null,
            percentage: percentageOf(service.share),
            held_all: service.isWhole,
            held_all_until: service.wholeUntil ?? null,
          },
  };
};

/** A version of a list, with what it is made of. */
export const listedVersionView = (
  told: ReturnType<typeof toldVersionView>,
  version: Version,
  { isDeployable, url }: { readonly isDeployable: boolean; readonly url: string | undefined },
) => {
  const loaded = version.modules.filter(({ kind }) => kind !== 'sourcemap');
  return {
    ...told,
    alias: version.alias ?? null,
    triggered_by: version.triggeredBy,
    startup_ms: version.startupTimeMs,
    modules: { count: loaded.length, bytes: loaded.reduce((sum, { size }) => sum + size, 0) },
    assets: version.assets?.count ?? 0,
    bindings: version.bindings.length,
    compatibility_date: version.compatibilityDate ?? null,
    is_deployable: isDeployable,
    url: url ?? null,
  };
};
