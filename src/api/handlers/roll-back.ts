import { accept, refuse, type Result } from '../../base/index.ts';
import { deploy, type Actor, type Expectation } from '../../control/index.ts';
import { deployedAlone, hyphenated, percentageOf, type Refusal } from '../../domain/index.ts';
import type { Answer, Api } from '../api.ts';
import { versionOf, workerNamed } from './found.ts';
import { deploymentCalled } from './legacy.ts';

interface LegacyRollback {
  readonly name: string;
  /** An id such a client printed: of a deployment or a version, with hyphens or without. */
  readonly to: string;
  readonly message: string | undefined;
  /** What the client goes by. */
  readonly expected: Expectation | undefined;
}

/**
 * The rollback of wrangler 2.x to 3.34: a new deployment of what an entry of their log ran, however old. It never needs
 * force, because they cannot send it.
 */
export const rollBack = async (
  api: Api,
  actor: Actor,
  { name, to, message, expected }: LegacyRollback,
): Promise<Result<Answer<{ readonly id: string; readonly deployment_id: string }>, Refusal>> => {
  const worker = await workerNamed(api, name);
  if (!worker.ok) return worker;
  const id = hyphenated(to);
  const target = await deploymentCalled(api, worker.value, id);
  const isKnown = target !== undefined || (await versionOf(api, worker.value, id)).ok;
  if (!isKnown) return refuse({ code: 'deployment_not_found', deploymentId: to });
  const made = await deploy(api, actor, {
    worker: name,
    shares: target?.split.map(({ versionId, share }) => ({ version_id: versionId, percentage: percentageOf(share) })) ?? deployedAlone(id),
    message: message || undefined,
    force: true,
    expectedActive: undefined,
    triggeredBy: 'rollback',
    rollbackFrom: target?.id ?? id,
    isAnyAge: true,
    expected,
  });
  return made.ok ? accept({ result: { deployment_id: made.value.id, id: name } }) : made;
};
