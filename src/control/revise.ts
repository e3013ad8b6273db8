import { isDeepStrictEqual } from 'node:util';
import { accept, refuse, type Result } from '../base/index.ts';
import {
  annotationsFrom,
  areSameClasses,
  carriedOver,
  classesOf,
  codeOf,
  collectsOtherwise,
  following,
  inheritedFrom,
  mainVersion,
  secretChange,
  type Annotations,
  type Binding,
  type Deployment,
  type Refusal,
  type SecretChange,
  type Split,
  type Version,
  type VersionCode,
  withLineages,
} from '../domain/index.ts';
import type { Change, Worker, WorkerSettings } from '../store/index.ts';
import { auditEntry, type Actor, type Control } from './control.ts';
import { isAsExpected, tagsOf, type Expectation, type Tags } from './expectations.ts';
import { boundToObjects } from './objects.ts';
import { startTogether } from './object-splits.ts';
import { checkResources } from './resources.ts';
import { secretsDetail } from './secret-history.ts';
import { checkServices } from './services.ts';
import { allTrafficTo, namedActive, readied, storeDeployment, storeVersion, tried, versionsIn, type TriedVersion } from './versions.ts';

/** A change to what runs that leaves the rest of a version as it is: a secret, a setting, new code under old settings. */
export interface Revision {
  readonly worker: string;
  readonly change: (code: VersionCode, worker: Worker) => Result<VersionCode, Refusal>;
  /**
   * What is revised. `deployed`: each deployed version, the split carried over, and the newest version where that is not
   * deployed, so that deploying it later does not bring the old state back. `main`: the deployed version with the greatest
   * share, which then gets all traffic, as new code does. `newest`: the newest version; nothing is deployed.
   */
  readonly of: 'deployed' | 'main' | 'newest';
  /**
   * Whether a newest version that is not deployed and cannot take the change is left as it is, so that it holds nothing back. Only
   * for what is asked again when that version is deployed after all.
   */
  readonly leavesUnfit?: true;
  readonly annotations: Partial<Annotations>;
  /** What the client goes by. */
  readonly expected?: Expectation | undefined;
  /** Settings of the Worker itself that change with it. */
  readonly settings?: WorkerSettings;
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
  readonly tags: Tags;
}

/**
 * Makes new versions out of present ones. Works in every state of a rollout, also before the first deployment. Revisions
 * of one Worker wait for each other: a client that sets five secrets at once means all five.
 */
export const revise = (control: Control, actor: Actor, revision: Revision): Promise<Result<Revised, Refusal>> =>
  control.lanes.take(revision.worker, () => reviseInTurn(control, actor, revision));

const reviseInTurn = async (control: Control, actor: Actor, revision: Revision): Promise<Result<Revised, Refusal>> => {
  const worker = await control.store.read.workers.byName(revision.worker);
  if (worker === undefined) return refuse({ code: 'worker_not_found', name: revision.worker });
  const isFresh = await isAsExpected(control.store.read, worker.name, revision.expected);
  if (!isFresh.ok) return isFresh;
  const active = await control.store.read.deployments.active(worker.tag);
  const newest = await control.store.read.versions.newest(worker.tag);
  if (newest === undefined) return refuse({ code: 'no_versions', name: worker.name });
  const split = splitAfter(revision, active, newest);
  const revised = await triedRevisions(control, actor, worker, await basesOf(control, worker, revision, split, newest), split, revision);
  if (!revised.ok) return revised;
  const successors = new Map(revised.value.map(({ base, version }) => [base, version]));
  const together = await startTogether(control, worker, split, revision.of === 'newest' ? undefined : successors);
  if (!together.ok) return together;
  const store = () => stored(control, actor, revision, { worker, active, split, revised: revised.value });
  const isDeployed = revision.of !== 'newest';
  const made = await (isDeployed ? readied(control, worker, deployedAmong(revised.value, split), store) : store());
  // Somebody deployed between our reading and our writing: read again. Each round means another deployment was made.
  return !made.ok && made.refusal.code === 'active_deployment_changed' ? reviseInTurn(control, actor, revision) : made;
};

interface Plan {
  readonly worker: Worker;
  readonly active: Deployment | undefined;
  readonly split: Split;
  readonly revised: readonly TriedRevision[];
}

interface TriedRevision {
  readonly base: string;
  readonly secrets: SecretChange;
  readonly version: TriedVersion;
}

const deployedAmong = (revised: readonly TriedRevision[], split: Split): readonly TriedVersion[] =>
  revised.flatMap(({ base, version }) => (split.some(({ versionId }) => versionId === base) ? [version] : []));

const stored = (control: Control, actor: Actor, revision: Revision, plan: Plan): Promise<Result<Revised, Refusal>> => {
  const { worker, active, split, revised } = plan;
  return control.store.change<Revised, Refusal>(
    async (change) => {
      const isFresh = await isAsExpected(change, worker.name, revision.expected);
      if (!isFresh.ok) return isFresh;
      const present = await change.deployments.active(worker.tag);
      if (present?.id !== active?.id) return refuse(overtaken(active, present));
      const classes = classesOf(worker.name, await change.namespaces.ofWorker(worker.tag));
      if (revised.some(({ version }) => !areSameClasses(version.durableObjects ?? [], classes))) return refuse(overtaken(active, present));
      if (revision.settings !== undefined) await changeSettings(change, worker.tag, revision.settings);
      const versions: Version[] = [];
      const replacement = new Map<string, string>();
      for (const { base, version } of revised) {
        const made = await storeVersion(change, version);
        if (!made.ok) return made;
        versions.push(made.value);
        replacement.set(base, made.value.id);
      }
      if (revision.of === 'newest') return accept({ worker, versions, deployment: undefined, tags: await tagsOf(change, worker.tag) });
      const deployment = await storeDeployment(control, actor, change, {
        worker,
        split: isNewCode(revision) ? versions.flatMap(({ id }) => allTrafficTo(id)) : carriedOver(split, replacement),
        message: revision.annotations.message,
        triggeredBy: revision.triggeredBy,
      });
      return accept({ worker, versions, deployment, tags: await tagsOf(change, worker.tag) });
    },
    ({ versions, deployment }) =>
      auditEntry(control, actor, revision.action, `worker/${worker.name}`, {
        ...revision.detail,
        // Whoever asks for a change of secrets names them.
        ...(revision.action === 'secret.change' ? {} : secretsDetail(revised.map(({ secrets }) => secrets))),
        versions: versions.map(({ id }) => id),
        numbers: versions.map(({ number }) => number),
        ...(deployment === undefined ? {} : { deployment: deployment.id, split: numbered(deployment.split, versions) }),
      }),
  );
};

/** What serves from then on, as the row of any deployment has it. */
const numbered = (split: Split, versions: readonly Version[]) =>
  split.map((entry) => ({ ...entry, number: versions.find(({ id }) => id === entry.versionId)?.number }));

const changeSettings = async (change: Change, workerTag: string, settings: WorkerSettings): Promise<void> => {
  const worker = await change.workers.byTag(workerTag);
  if (worker === undefined) return;
  const changed = { ...worker.settings, ...settings };
  await change.workers.update({ ...worker, settings: changed });
  if (collectsOtherwise(worker.settings, changed)) change.touchWorker(worker.name);
};

/** It is picked as an upload is: by its own id. */
const isNewCode = ({ of }: Revision): boolean => of === 'main';

const splitAfter = (revision: Revision, active: Deployment | undefined, newest: Version): Split => {
  if (active === undefined) return withLineages(allTrafficTo(newest.id), [newest], undefined);
  return isNewCode(revision) ? allTrafficTo(mainVersion(active)) : active.split;
};

const basesOf = async (
  control: Control,
  worker: Worker,
  revision: Revision,
  split: Split,
  newest: Version,
): Promise<readonly Version[]> => {
  if (revision.of === 'newest') return [newest];
  const deployed = await versionsIn(control.store.read, worker.tag, split);
  const isNewestDeployed = deployed.some(({ id }) => id === newest.id);
  const bases = revision.of === 'main' || isNewestDeployed ? deployed : [...deployed, newest];
  return bases.toSorted((a, b) => a.number - b.number);
};

const overtaken = (expected: Deployment | undefined, active: Deployment | undefined): Refusal => ({
  code: 'active_deployment_changed',
  expected: expected?.id ?? 'none',
  active: active && namedActive(active),
});

/** What a revision binds anew must exist. What was bound before and is gone since holds back no change that leaves it alone. */
const reachable = async (
  control: Control,
  worker: Worker,
  base: Version,
  code: Result<VersionCode, Refusal>,
): Promise<Result<VersionCode, Refusal>> => {
  if (!code.ok) return code;
  const isPresent = (binding: Binding) => base.bindings.some((present) => isDeepStrictEqual(present, binding));
  const added = code.value.bindings.filter((binding) => !isPresent(binding));
  const present = await checkResources(control.store.read, added);
  if (!present.ok) return present;
  const callable = await checkServices(control.store.read, worker.name, added);
  if (!callable.ok) return callable;
  const namespaces = await control.store.read.namespaces.all();
  const bound = await boundToObjects(control.store.read, worker.name, added, namespaces);
  if (!bound.ok) return bound;
  const bindings = code.value.bindings.map((binding) => bound.value[added.indexOf(binding)] ?? binding);
  // It may be made from a version that was left behind when a class went to another Worker.
  return accept(following({ ...code.value, bindings }, worker.name, namespaces));
};

/** Versions that are made at once have one message: which code each has is said behind it, where there is room. */
const ofCode = (annotations: Annotations, { number }: Version): Annotations => {
  const told = annotationsFrom({ ...annotations, message: `${annotations.message ?? ''} (v${number}’s code)` }, '');
  return annotations.message === undefined || !told.ok ? annotations : told.value;
};

const triedRevisions = async (
  control: Control,
  actor: Actor,
  worker: Worker,
  bases: readonly Version[],
  split: Split,
  revision: Revision,
): Promise<Result<readonly TriedRevision[], Refusal>> => {
  const annotations = annotationsFrom(revision.annotations, worker.name);
  if (!annotations.ok) return annotations;
  const revised: TriedRevision[] = [];
  for (const base of bases) {
    const code = await reachable(control, worker, base, revision.change(codeOf(base), worker));
    const version = code.ok
      ? await tried(control, actor, {
          worker,
          code: code.value,
          annotations: bases.length === 1 || revision.action !== 'settings.patch' ? annotations.value : ofCode(annotations.value, base),
          triggeredBy: revision.triggeredBy,
          lineage: isNewCode(revision) ? undefined : inheritedFrom(base, split),
          after: revised.at(-1)?.version,
        })
      : code;
    const mayStay = revision.leavesUnfit === true && !split.some(({ versionId }) => versionId === base.id);
    if (version.ok) {
      revised.push({ base: base.id, secrets: secretChange(base.bindings, version.value.bindings), version: version.value });
    }
    if (!version.ok && !mayStay) return version;
  }
  return accept(revised);
};
