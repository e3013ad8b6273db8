import { isDeepStrictEqual } from 'node:util';
import { accept, refuse, type Result } from '../base/index.ts';
import {
  annotationsFrom,
  codeOf,
  deployedAlone,
  following,
  hyphenated,
  inheritedFrom,
  MOST_BINDINGS,
  newestOf,
  planDeployment,
  withLineages,
  withSecretsOf,
  type Deployment,
  type Refusal,
  type Version,
  type VersionCode,
} from '../domain/index.ts';
import type { Queries, Worker } from '../store/index.ts';
import { auditEntry, type Actor, type Control } from './control.ts';
import { proposalFor } from './preflight.ts';
import { deployedOnOf } from './services.ts';
import { allTrafficTo, readied, storeDeployment, storeVersion, tried, type TriedVersion } from './versions.ts';

export interface RollBackRenewed {
  readonly worker: string;
  /** Whose code comes back. */
  readonly versionId: string;
  readonly message: string | undefined;
  /** As of a deployment. */
  readonly expectedActive: string | undefined;
}

export interface RolledBackRenewed {
  /** That it is the code of; it stays as it is. */
  readonly of: Version;
  readonly version: Version;
  readonly deployment: Deployment;
}

/**
 * Back to the code of a version, with the secrets of today: makes a version of both and gives it all traffic, in one transaction. It
 * has the lineage of the version whose code it is, as what a change of secrets makes has it.
 */
export const rollBackRenewed = (control: Control, actor: Actor, request: RollBackRenewed): Promise<Result<RolledBackRenewed, Refusal>> =>
  control.lanes.take(request.worker, () => inTurn(control, actor, request));

const inTurn = async (control: Control, actor: Actor, request: RollBackRenewed): Promise<Result<RolledBackRenewed, Refusal>> => {
  const worker = await control.store.read.workers.byName(request.worker);
  if (worker === undefined) return refuse({ code: 'worker_not_found', name: request.worker });
  const said = annotationsFrom({ message: request.message }, worker.name);
  if (!said.ok) return said;
  // Of one state: secrets of one deployment beside the name of another would pass for today's.
  const plan = await control.store.snapshot((queries) => planned(queries, worker, request));
  if (!plan.ok) return plan;
  const { of, active, code } = plan.value;
  const about = `The code of v${of.number} with the secrets of today.`;
  const version = await tried(control, actor, {
    worker,
    code,
    annotations: { message: about, tag: undefined, alias: undefined },
    triggeredBy: 'rollback',
    lineage: inheritedFrom(of, active.split),
  });
  if (!version.ok) return version;
  const message = said.value.message ?? about;
  const made = await readied(control, worker, [version.value], () =>
    stored(control, actor, { ...request, message }, worker, plan.value, version.value),
  );
  if (made.ok) return made;
  // Reading again also tells a client that names a deployment that it is another by now.
  return made.refusal.code === 'overtaken' ? inTurn(control, actor, request) : refuse(made.refusal);
};

/** What was tried is not what would be made now: somebody deployed between our reading and our writing. */
interface Overtaken {
  readonly code: 'overtaken';
}

interface Plan {
  readonly of: Version;
  readonly active: Deployment;
  readonly code: VersionCode;
}

/** Held to all that a deployment of the old version is held to, but for its number: what is made is the newest. */
const planned = async (
  queries: Queries,
  worker: Worker,
  { versionId, expectedActive }: RollBackRenewed,
): Promise<Result<Plan, Refusal>> => {
  const id = hyphenated(versionId);
  const proposal = await proposalFor(queries, worker, deployedAlone(id), Infinity);
  const active = await queries.deployments.active(worker.tag);
  const of = proposal.versions.get(id);
  const serving = newestOf(proposal.active?.versions ?? []);
  const bindings = of === undefined || serving === undefined ? [] : withSecretsOf(serving.bindings, of.bindings);
  const split = planDeployment({
    ...proposal,
    // A name that is a secret of the old version may be a service of what serves.
    services: new Map([...(await deployedOnOf(queries, bindings)), ...proposal.services]),
    ...(of && { versions: new Map([[id, { ...of, bindings, number: worker.nextNumber }]]) }),
    // That it may serve already does not let the new one off.
    ...(proposal.active && { active: { ...proposal.active, versions: proposal.active.versions.filter((version) => version.id !== id) } }),
    force: true,
    expectedActive,
  });
  if (!split.ok) return split;
  if (of === undefined) return refuse({ code: 'version_not_found', versionId });
  if (active === undefined) return refuse({ code: 'nothing_deployed', name: worker.name });
  if (bindings.length > MOST_BINDINGS) return refuse({ code: 'too_many_bindings', count: bindings.length, limit: MOST_BINDINGS });
  const code = following({ ...codeOf(of), bindings }, worker.name, await queries.namespaces.all());
  return accept({ of, active, code });
};

const stored = (
  control: Control,
  actor: Actor,
  request: RollBackRenewed,
  worker: Worker,
  plan: Plan,
  ready: TriedVersion,
): Promise<Result<RolledBackRenewed, Refusal | Overtaken>> =>
  control.store.change<RolledBackRenewed, Refusal | Overtaken>(
    async (change) => {
      const again = await planned(change, worker, request);
      if (!again.ok) return again;
      const { active, code } = again.value;
      // Each change of a secret that serves is a deployment, and nobody takes over what this one brings unseen.
      if (active.id !== plan.active.id || !isDeepStrictEqual(code, plan.code)) return refuse({ code: 'overtaken' });
      const version = await storeVersion(change, ready);
      if (!version.ok) return version;
      const deployment = await storeDeployment(control, actor, change, {
        worker,
        split: withLineages(allTrafficTo(version.value.id), [version.value], active.split),
        message: request.message,
        triggeredBy: 'rollback',
      });
      return accept({ of: plan.of, version: version.value, deployment });
    },
    ({ of, version, deployment }) =>
      auditEntry(control, actor, 'deployment.create', `worker/${worker.name}`, {
        deployment: deployment.id,
        split: deployment.split.map((entry) => ({ ...entry, number: version.number })),
        version: version.id,
        number: version.number,
        code_of: of.id,
        ...(deployment.message === undefined ? {} : { message: deployment.message }),
      }),
  );
