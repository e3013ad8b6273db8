import { accept, refuse, type Result } from '../base/index.ts';
import {
  annotationsFrom,
  carriedOver,
  type Annotations,
  type Deployment,
  type Refusal,
  type Split,
  type Version,
  type VersionCode,
} from '../domain/index.ts';
import type { Worker } from '../store/index.ts';
import { auditEntry, type Actor, type Control } from './control.ts';
import { allTrafficTo, storeDeployment, storeVersion, tried, type TriedVersion } from './versions.ts';

/** A change to what runs that leaves the rest of a version as it is: a secret, a setting, new code under old settings. */
export interface Revision {
  readonly worker: string;
  readonly revise: (code: VersionCode, worker: Worker) => Result<VersionCode, Refusal>;
  readonly annotations: Partial<Annotations>;
  readonly triggeredBy: string;
  /** For the audit row; never a secret's value. */
  readonly action: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Revised {
  readonly worker: Worker;
  /** In the order of the versions they were made from. */
  readonly versions: readonly Version[];
  readonly deployment: Deployment | undefined;
}

/**
 * Revises what serves: a new version from each deployed one, the split carried over; and one from the newest version
 * where that is not deployed, so that deploying it later does not bring the old state back. Works in every state of a
 * rollout. A Worker that was never deployed gets its newest version revised and deployed.
 */
export const reviseDeployed = async (control: Control, actor: Actor, revision: Revision): Promise<Result<Revised, Refusal>> => {
  const worker = await control.store.read.workers.byName(revision.worker);
  if (worker === undefined) return refuse({ code: 'worker_not_found', name: revision.worker });
  const active = await control.store.read.deployments.active(worker.tag);
  const newest = await control.store.read.versions.newest(worker.tag);
  if (newest === undefined) return refuse({ code: 'no_versions', name: worker.name });
  const serving: Split = active?.split ?? allTrafficTo(newest.id);
  const deployed = await control.store.read.versions.byIds(worker.tag, serving.map(({ versionId }) => versionId));
  const bases = (deployed.some(({ id }) => id === newest.id) ? deployed : [...deployed, newest]).toSorted((a, b) => a.number - b.number);
  const revised = await triedRevisions(control, actor, worker, bases, revision);
  if (!revised.ok) return revised;
  return control.store.change<Revised, Refusal>(
    async (change) => {
      const stillActive = await change.deployments.active(worker.tag);
      if (stillActive?.id !== active?.id) return refuse({ code: 'active_deployment_changed', expected: active?.id ?? 'none', active: stillActive && { id: stillActive.id, by: stillActive.author.email, createdOn: stillActive.createdOn } });
      const versions: Version[] = [];
      const replacement = new Map<string, string>();
      for (const { base, version } of revised.value) {
        const stored = await storeVersion(control, change, version);
        if (!stored.ok) return stored;
        versions.push(stored.value);
        replacement.set(base, stored.value.id);
      }
      const deployment = await storeDeployment(control, actor, change, {
        worker,
        split: carriedOver(serving, replacement),
        message: revision.annotations.message,
        triggeredBy: revision.triggeredBy,
      });
      return accept({ worker, versions, deployment });
    },
    ({ versions, deployment }) =>
      auditEntry(control, actor, revision.action, `worker/${worker.name}`, {
        ...revision.detail,
        versions: versions.map(({ id }) => id),
        ...(deployment === undefined ? {} : { deployment: deployment.id }),
      }),
  );
};

/** Makes a version from the newest one and deploys nothing: what `wrangler versions secret …` asks for. */
export const reviseNewest = async (control: Control, actor: Actor, revision: Revision): Promise<Result<Revised, Refusal>> => {
  const worker = await control.store.read.workers.byName(revision.worker);
  if (worker === undefined) return refuse({ code: 'worker_not_found', name: revision.worker });
  const newest = await control.store.read.versions.newest(worker.tag);
  if (newest === undefined) return refuse({ code: 'no_versions', name: worker.name });
  const revised = await triedRevisions(control, actor, worker, [newest], revision);
  if (!revised.ok) return revised;
  return control.store.change<Revised, Refusal>(
    async (change) => {
      const versions: Version[] = [];
      for (const { version } of revised.value) {
        const stored = await storeVersion(control, change, version);
        if (!stored.ok) return stored;
        versions.push(stored.value);
      }
      return accept({ worker, versions, deployment: undefined });
    },
    ({ versions }) =>
      auditEntry(control, actor, revision.action, `worker/${worker.name}`, { ...revision.detail, versions: versions.map(({ id }) => id) }),
  );
};

const triedRevisions = async (
  control: Control,
  actor: Actor,
  worker: Worker,
  bases: readonly Version[],
  revision: Revision,
): Promise<Result<readonly { readonly base: string; readonly version: TriedVersion }[], Refusal>> => {
  const annotations = annotationsFrom(revision.annotations, worker.name);
  if (!annotations.ok) return annotations;
  const revised = [];
  for (const base of bases) {
    const code = revision.revise(codeOf(base), worker);
    if (!code.ok) return code;
    const version = await tried(control, actor, {
      worker,
      code: code.value,
      annotations: annotations.value,
      triggeredBy: revision.triggeredBy,
    });
    if (!version.ok) return version;
    revised.push({ base: base.id, version: version.value });
  }
  return accept(revised);
};

/** What runs of a version, without who made it and when. */
export const codeOf = (version: Version): VersionCode => ({
  syntax: version.syntax,
  mainModule: version.mainModule,
  modules: version.modules,
  bindings: version.bindings,
  compatibilityDate: version.compatibilityDate,
  compatibilityFlags: version.compatibilityFlags,
  usageModel: version.usageModel,
  limits: version.limits,
  placement: version.placement,
  kept: version.kept,
});
