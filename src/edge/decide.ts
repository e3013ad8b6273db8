import {
  matchRequest,
  overrideFor,
  pickVersion,
  versionAnswer,
  type HostIndex,
  type Match,
  type NoMatch,
  type Scheme,
  type VersionAnswer,
  type WorkerAssets,
} from '../domain/index.ts';

/** What a request says about which version it wants. */
export interface Wished {
  readonly overrides: string | undefined;
  readonly key: string | undefined;
  readonly isDebug: boolean;
}

/** And about where it belongs. */
export interface Asked extends Wished {
  readonly host: string;
  /** With the query. */
  readonly path: string;
  readonly scheme: Scheme;
}

export type Decision =
  | {
      readonly versionId: string;
      readonly script: string;
      readonly why: VersionAnswer['reason'];
      readonly answer: string | undefined;
      /** Where the Worker has any. */
      readonly assets: WorkerAssets | undefined;
      /** It is asked for by its own address. */
      readonly isPinned: boolean;
      readonly none?: undefined;
    }
  | { readonly none: NoMatch['none'] | 'no_deployment' | 'deployed_version_only'; readonly versionId?: undefined };

const NO_DEPLOYMENT: Decision = { none: 'no_deployment' };
/** Another version would be a second owner of the Worker's Durable Objects (I5). */
const DEPLOYED_VERSION_ONLY: Decision = { none: 'deployed_version_only' };

/** Which version answers (I7): pure, so that whatever stands in front of the edge one day can decide the same. */
export const decide = (index: HostIndex, asked: Asked, random: () => number): Decision => {
  const match = matchRequest(index, asked.host, asked.path, asked.scheme);
  if (match.none !== undefined) return match;
  if (match.versionId !== undefined) {
    const worker = index.workers.get(match.script);
    return worker?.ownsObjects === true ? DEPLOYED_VERSION_ONLY : ofOneVersion(match, asked, worker?.assets);
  }
  return decideFor(index, match.script, asked, random);
};

/** The same for a Worker that is known already, whatever it is reached by. */
export const decideFor = (index: HostIndex, script: string, asked: Wished, random: () => number): Decision => {
  const worker = index.workers.get(script);
  const deployment = worker?.deployment;
  if (deployment == null) return NO_DEPLOYMENT;
  const override = asked.overrides === undefined ? undefined : overrideFor(script, asked.overrides);
  const pick = pickVersion({ split: deployment.split, override: override?.ok ? override.value : undefined, key: asked.key, random });
  if (pick === undefined) return NO_DEPLOYMENT;
  const overrideIgnored = override?.ok === false ? override.refusal : pick.overrideIgnored;
  const answer = { versionId: pick.versionId, reason: pick.why, deploymentId: deployment.id, overrideIgnored };
  return decided(script, answer, asked, worker?.assets, false);
};

/** A version's own URL says which one; neither a deployment nor a header has a part in it. */
const ofOneVersion = (match: Extract<Match, { versionId: string }>, asked: Asked, assets: WorkerAssets | undefined): Decision =>
  decided(match.script, { versionId: match.versionId, reason: match.via }, asked, assets, true);

const decided = (
  script: string,
  answer: VersionAnswer,
  { overrides, key, isDebug }: Wished,
  assets: WorkerAssets | undefined,
  isPinned: boolean,
): Decision => {
  const isAsked = isDebug || overrides !== undefined || key !== undefined;
  const { versionId, reason: why } = answer;
  return { versionId, script, why, answer: isAsked ? versionAnswer(answer) : undefined, assets, isPinned };
};
