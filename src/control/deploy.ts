import { accept, refuse, type Result } from '../base/index.ts';
import {
  annotationsFrom,
  collectsOf,
  planDeployment,
  withLineages,
  type Deployment,
  type Refusal,
  type RequestedShare,
  type Split,
} from '../domain/index.ts';
import type { Queries } from '../store/index.ts';
import { auditEntry, type Actor, type Control } from './control.ts';
import { isAsExpected, type Expectation } from './expectations.ts';
import { startTogether } from './object-splits.ts';
import { proposalFor } from './preflight.ts';
import { mayBeReadied, storeDeployment, versionsIn } from './versions.ts';

export interface Deploy {
  readonly worker: string;
  readonly shares: readonly RequestedShare[];
  readonly message: string | undefined;
  /** Also where secrets changed since the version last served. */
  readonly force: boolean;
  /** The id of the deployment the client believes to be active; `any` where it only wants that there is one, `none` where none is. */
  readonly expectedActive: string | undefined;
  readonly triggeredBy: string;
  readonly rollbackFrom?: string;
  /** Also a version older than the window: the legacy log may show one. */
  readonly isAnyAge?: boolean;
  /** What else the client goes by. */
  readonly expected?: Expectation | undefined;
}

/**
 * Makes a deployment the active one. Versions that are not ready yet are made ready first, for a bounded time; a
 * rollback to a version that still runs therefore waits for nothing (I4). The rules are asked again inside the
 * transaction, because another client may have deployed meanwhile.
 */
export const deploy = async (control: Control, actor: Actor, request: Deploy): Promise<Result<Deployment, Refusal>> => {
  const worker = await control.store.read.workers.byName(request.worker);
  if (worker === undefined) return refuse({ code: 'worker_not_found', name: request.worker });
  const annotations = annotationsFrom({ message: request.message }, worker.name);
  if (!annotations.ok) return annotations;
  const planned = await plan(control, control.store.read, worker.tag, request);
  if (!planned.ok) return planned;
  const together = await startTogether(control, worker, planned.value);
  if (!together.ok) return together;
  const ids = planned.value.map(({ versionId }) => versionId);
  const isSplit = planned.value.filter(({ share }) => share > 0).length > 1;
  const versions = await control.store.read.versions.byIds(worker.tag, ids);
  await control.feed.warm(mayBeReadied(versions), isSplit || collectsOf(worker.settings) !== undefined);
  return control.store.change<Deployment, Refusal>(
    async (change) => {
      const split = await plan(control, change, worker.tag, request);
      if (!split.ok) return split;
      return accept(
        await storeDeployment(control, actor, change, {
          worker,
          split: split.value,
          message: annotations.value.message,
          triggeredBy: request.triggeredBy,
          ...(request.rollbackFrom === undefined ? {} : { rollbackFrom: request.rollbackFrom }),
        }),
      );
    },
    (deployment) =>
      auditEntry(control, actor, 'deployment.create', `worker/${worker.name}`, {
        deployment: deployment.id,
        split: deployment.split.map((entry) => ({ ...entry, number: versions.find(({ id }) => id === entry.versionId)?.number })),
        forced: request.force,
        ...(deployment.message === undefined ? {} : { message: deployment.message }),
      }),
  );
};

const plan = async (control: Control, queries: Queries, workerTag: string, request: Deploy): Promise<Result<Split, Refusal>> => {
  const worker = await queries.workers.byTag(workerTag);
  if (worker === undefined) return refuse({ code: 'worker_not_found', name: request.worker });
  const isFresh = await isAsExpected(queries, worker.name, request.expected);
  if (!isFresh.ok) return isFresh;
  const window = request.isAnyAge === true ? Infinity : control.settings.deployableVersions;
  const proposal = await proposalFor(queries, worker, request.shares, window);
  const split = planDeployment({ ...proposal, force: request.force, expectedActive: request.expectedActive });
  if (!split.ok) return split;
  const active = await queries.deployments.active(workerTag);
  return accept(withLineages(split.value, await versionsIn(queries, workerTag, split.value), active?.split));
};

/** Removes a deployment from the history; the active one stays. */
export const deleteDeployment = async (
  control: Control,
  actor: Actor,
  name: string,
  deploymentId: string,
): Promise<Result<null, Refusal>> =>
  control.store.change<null, Refusal>(
    async (change) => {
      const worker = await change.workers.byName(name);
      if (worker === undefined) return refuse({ code: 'worker_not_found', name });
      const deployment = await change.deployments.byId(worker.tag, deploymentId);
      if (deployment === undefined) return refuse({ code: 'deployment_not_found', deploymentId });
      const active = await change.deployments.active(worker.tag);
      if (active?.id === deployment.id) return refuse({ code: 'deployment_is_active', deploymentId });
      await change.deployments.delete(deployment.id);
      return accept(null);
    },
    () => auditEntry(control, actor, 'deployment.delete', `worker/${name}`, { deployment: deploymentId }),
  );
