import { refuse, type Result } from '../base/index.ts';
import type { Binding } from './binding.ts';
import { changedSecrets } from './bindings.ts';
import type { ActiveDeployment, Refusal } from './refusal.ts';
import { splitFrom, type RequestedShare, type Split } from './split.ts';

/** What the rules need to know of a version. */
export interface CandidateVersion {
  readonly id: string;
  readonly number: number;
  readonly bindings: readonly Binding[];
}

export interface DeployRequest {
  readonly shares: readonly RequestedShare[];
  /** Every version that the shares name and that belongs to this Worker. */
  readonly versions: ReadonlyMap<string, CandidateVersion>;
  /** The versions that serve now, newest deployment. */
  readonly active: { readonly deployment: ActiveDeployment; readonly versions: readonly CandidateVersion[] } | undefined;
  readonly newestNumber: number;
  /** How many of the newest versions may be deployed. */
  readonly window: number;
  readonly force: boolean;
  /** The deployment the client believes to be active (`If-Match`); `any` where it only wants that there is one. */
  readonly expectedActive: string | undefined;
}

/** The split a deployment will have, or why it must not be. Nothing on the side that is being left is asked (I4). */
export const planDeployment = (request: DeployRequest): Result<Split, Refusal> => {
  const { active, expectedActive } = request;
  const isAsExpected = expectedActive === 'any' ? active !== undefined : expectedActive === active?.deployment.id;
  if (expectedActive !== undefined && !isAsExpected) {
    return refuse({ code: 'active_deployment_changed', expected: expectedActive, active: active?.deployment });
  }
  const split = splitFrom(request.shares);
  if (!split.ok) return split;
  for (const { versionId } of split.value) {
    const version = request.versions.get(versionId);
    if (version === undefined) return refuse({ code: 'version_not_found', versionId });
    const isActive = active?.versions.some(({ id }) => id === versionId) === true;
    if (!isActive && !isInWindow(version.number, request.newestNumber, request.window)) {
      return refuse({ code: 'version_outside_window', versionId, window: request.window });
    }
    const changed = isActive || request.force ? [] : secretsChangedSince(version, active?.versions ?? []);
    if (changed.length > 0) return refuse({ code: 'secrets_changed', versionId, names: changed });
  }
  return split;
};

export const isInWindow = (number: number, newestNumber: number, window: number): boolean => number > newestNumber - window;

/** Only going back can bring an old secret back: a version newer than those that serve was made knowing theirs. */
const secretsChangedSince = (target: CandidateVersion, active: readonly CandidateVersion[]): readonly string[] => {
  const newest = active.toSorted((a, b) => b.number - a.number)[0];
  return newest === undefined || target.number > newest.number ? [] : changedSecrets(target.bindings, newest.bindings);
};

/** The same split over other versions: what a change of a secret or a setting does to the deployment that serves. */
export const carriedOver = (split: Split, replacement: ReadonlyMap<string, string>): Split =>
  split.map(({ versionId, share }) => ({ versionId: replacement.get(versionId) ?? versionId, share }));

export const deployedAlone = (versionId: string): readonly RequestedShare[] => [{ version_id: versionId, percentage: 100 }];
