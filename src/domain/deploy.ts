import { refuse, type Result } from '../base/index.ts';
import { preflight } from './preflight.ts';
import type { Proposal } from './proposal.ts';
import type { Refusal, SecretsChanged } from './refusal.ts';
import { lineageOf, shareOf, type RequestedShare, type Split } from './split.ts';
import type { Warning } from './warning.ts';

export interface DeployRequest extends Proposal {
  /** Also where secrets changed. */
  readonly force: boolean;
  /** The deployment the client believes to be active (`If-Match`); `any` where it only wants that there is one, `none` where none is. */
  readonly expectedActive: string | undefined;
}

/** The split a deployment will have, or all the reasons why it must not be. */
export const planDeployment = (request: DeployRequest): Result<Split, Refusal> => {
  const { active, expectedActive } = request;
  const isAsExpected = expectedActive === 'any' ? active !== undefined : expectedActive === (active?.deployment.id ?? 'none');
  if (expectedActive !== undefined && !isAsExpected) {
    return refuse({ code: 'active_deployment_changed', expected: expectedActive, active: active?.deployment });
  }
  const { split, blockers, warnings } = preflight(request);
  // What force would help with stands last: clients act on the first reason, and repeating the call with force must then help.
  const reasons = [...blockers, ...(request.force ? [] : warnings.filter(needsForce))];
  const [only, ...more] = reasons;
  if (only === undefined) return split;
  return refuse(more.length === 0 ? only : { code: 'deployment_refused', reasons });
};

export const needsForce = (warning: Warning): warning is SecretsChanged => warning.code === 'secrets_changed';

/**
 * The same split over other versions: what a change of a secret or a setting does to the deployment that serves. Each keeps the lineage
 * of the one it replaces, so that no key and no object moves.
 */
export const carriedOver = (split: Split, replacement: ReadonlyMap<string, string>): Split =>
  split.map((entry) => shareOf(replacement.get(entry.versionId) ?? entry.versionId, entry.share, lineageOf(entry)));

export const deployedAlone = (versionId: string): readonly RequestedShare[] => [{ version_id: versionId, percentage: 100 }];
