import { isDeepStrictEqual } from 'node:util';
import { accept, refuse, timestampAfter, type Result } from '../base/index.ts';
import {
  annotationsFrom,
  classesDeclaredIn,
  classesOf,
  collectsOtherwise,
  inheritable,
  isLeftBehind,
  isObjectBinding,
  isWorkerName,
  keptMembers,
  migrationIn,
  resolveBindings,
  secretChange,
  unsupportedMember,
  uploadedCode,
  type Annotations,
  type Binding,
  type Deployment,
  type DurableObjectBinding,
  type ExportsSummary,
  type Refusal,
  type SecretChange,
  type UploadedFile,
  type UploadMetadata,
  type UploadPath,
  type Version,
  type VersionCode,
} from '../domain/index.ts';
import type { Queries, Worker, WorkerSettings } from '../store/index.ts';
import { assetsFor } from './assets.ts';
import { auditEntry, type Actor, type Control } from './control.ts';
import { isAsExpected, type Expectation } from './expectations.ts';
import { byExports, checkDeclared, throughSources } from './exports.ts';
import { followersDetail, followersOf, followersReadied, storeFollowers, type Follower } from './followers.ts';
import {
  boundToObjects,
  byMigration,
  changesAny,
  migrationDetail,
  storeObjects,
  type ObjectsPlan,
  type ObjectsPlanner,
} from './objects.ts';
import { checkResources } from './resources.ts';
import { secretsDetail } from './secret-history.ts';
import { checkServices } from './services.ts';
import { sealContext } from './specs.ts';
import { allTrafficTo, readied, storeDeployment, storeVersion, tried, versionsIn, type TriedVersion } from './versions.ts';

/** An upload as a client made it, its form read and its metadata's types checked. */
export interface Upload {
  readonly name: string;
  readonly path: UploadPath;
  readonly metadata: UploadMetadata & Readonly<Record<string, unknown>>;
  readonly files: readonly UploadedFile[];
  readonly annotations: Partial<Annotations>;
  /** Whether an `inherit` binding without a predecessor is refused. */
  readonly strictInherit: boolean;
  /** What made it: `upload` and `version_upload` from clients, other names from our own calls. */
  readonly triggeredBy: string;
  /** Also give it all traffic, in the same transaction. */
  readonly deploy: boolean;
  readonly settings?: WorkerSettings;
  /** What the client goes by. */
  readonly expected?: Expectation | undefined;
  /** Aborted when the client is gone: its repeat is then told from another upload of the same code. */
  readonly client?: AbortSignal;
}

export interface Uploaded {
  readonly worker: Worker;
  readonly version: Version;
  readonly deployment: Deployment | undefined;
  /** What became of the classes that it declared; absent where it declared none. */
  readonly reconciled?: ExportsSummary | undefined;
}

/** wrangler repeats an upload for at most a few seconds; only a repeat within this time is taken for one. */
const REPEAT_WITHIN_MS = 5 * 60_000;

/** The message Cloudflare gives the deployment that an upload makes. */
const AUTOMATIC = 'Automatic deployment on upload.';

/**
 * Makes a version of what was uploaded and, on the script's own path, gives it all traffic. It waits for uploads and
 * revisions of the same Worker under way: what it takes over from the version before is then really the version before.
 */
export const upload = (control: Control, actor: Actor, request: Upload): Promise<Result<Uploaded, Refusal>> =>
  control.lanes.take(request.name, () => uploadInTurn(control, actor, request));

const uploadInTurn = async (control: Control, actor: Actor, request: Upload): Promise<Result<Uploaded, Refusal>> => {
  if (!isWorkerName(request.name)) return refuse({ code: 'worker_name_invalid', name: request.name });
  const existing = await control.store.read.workers.byName(request.name);
  if (existing === undefined && request.path === 'versions') return refuse({ code: 'first_upload_by_version', name: request.name });
  const migration = migrationIn(request.metadata);
  if (migration !== undefined && !request.deploy) return refuse({ code: 'version_with_migration' });
  const exports = classesDeclaredIn(request.metadata);
  if (migration !== undefined && exports !== undefined) return refuse({ code: 'exports_with_migration' });
  const worker = existing ?? newWorker(control, request.name);
  const annotations = annotationsFrom(request.annotations, worker.name);
  if (!annotations.ok) return annotations;
  const digest = uploadDigest(control, request);
  const repeated = existing && (await repeatOf(control, actor, existing, digest));
  if (repeated) return accept(repeated);
  const isFresh = await isAsExpected(control.store.read, request.name, request.expected);
  if (!isFresh.ok) return isFresh;
  const planner = exports === undefined ? byMigration(control, worker, migration) : byExports(control, worker, exports);
  const objects = await planner(control.store.read);
  if (!objects.ok) return objects;
  const code = await codeOf(control, worker, request, objects.value);
  if (!code.ok) return code;
  const version = await tried(control, actor, {
    worker,
    code: code.value,
    annotations: annotations.value,
    triggeredBy: request.triggeredBy,
    areClassesDeclared: exports !== undefined,
  });
  if (!version.ok) return version;
  const reconciled = checkDeclared(objects.value, version.value, request.deploy);
  if (!reconciled.ok) return reconciled;
  const followers = await followersOf(control, actor, worker, objects.value);
  if (!followers.ok) return followers;
  const before = await control.store.read.versions.newest(worker.tag);
  const ready: Ready = {
    worker,
    version: version.value,
    secrets: secretChange(before?.bindings ?? [], version.value.bindings),
    digest,
    planner,
    objects: objects.value,
    followers: followers.value,
  };
  const store = () => stored(control, actor, request, ready);
  const asItWillBe = { ...worker, settings: { ...worker.settings, ...request.settings } };
  const made = await (request.deploy
    ? followersReadied(control, followers.value, () => readied(control, asItWillBe, [version.value], store))
    : store());
  if (made.ok) control.awaited.expect(made.value.version.id, request.client);
  // A class went to or came from another Worker, or that one was deployed, while the code was tried: decided once more.
  return !made.ok && made.refusal.code === 'active_deployment_changed' ? uploadInTurn(control, actor, request) : made;
};

/** What was decided and tried, and is to be stored where that still holds. */
interface Ready {
  readonly worker: Worker;
  readonly version: TriedVersion;
  /** Beside the version before. */
  readonly secrets: SecretChange;
  readonly digest: string;
  readonly planner: ObjectsPlanner;
  readonly objects: ObjectsPlan;
  readonly followers: readonly Follower[];
}

const stored = (control: Control, actor: Actor, request: Upload, ready: Ready): Promise<Result<Uploaded, Refusal>> => {
  const { worker, version: made, secrets, digest, objects, followers } = ready;
  return control.store.change<Uploaded, Refusal>(
    async (change) => {
      const isFresh = await isAsExpected(change, request.name, request.expected);
      if (!isFresh.ok) return isFresh;
      const reachable = await checkReachable(change, worker.name, made.bindings);
      if (!reachable.ok) return reachable;
      const holds = await stillHolds(change, ready, request.deploy);
      if (!holds.ok) return holds;
      if ((await change.workers.byTag(worker.tag)) === undefined) {
        await change.workers.insert(worker);
        change.touchWorker(worker.name);
      }
      const version = await storeVersion(change, made, { digest, answeredOn: undefined });
      if (!version.ok) return version;
      const deployment = request.deploy
        ? await storeDeployment(control, actor, change, {
            worker,
            split: allTrafficTo(version.value.id),
            message: made.message ?? AUTOMATIC,
            triggeredBy: request.triggeredBy,
          })
        : undefined;
      const present = (await change.workers.byTag(worker.tag)) ?? worker;
      const migrated = await storeObjects(control, change, present, objects);
      const changed = { ...migrated, settings: { ...present.settings, ...request.settings } };
      await change.workers.update(changed);
      if (collectsOtherwise(present.settings, changed.settings)) change.touchWorker(worker.name);
      const followed = await storeFollowers(control, actor, change, worker, objects, followers);
      if (!followed.ok) return followed;
      return accept({ worker: changed, version: version.value, deployment, reconciled: holds.value });
    },
    ({ version, deployment }) =>
      auditEntry(control, actor, request.deploy ? 'script.upload' : 'version.upload', `worker/${worker.name}`, {
        version: version.id,
        number: version.number,
        ...(version.tag === undefined ? {} : { tag: version.tag }),
        ...(version.message === undefined ? {} : { message: version.message }),
        ...(deployment === undefined ? {} : { deployment: deployment.id }),
        ...secretsDetail([secrets]),
        ...(changesAny(objects) || migrationIn(request.metadata) !== undefined ? migrationDetail(objects) : {}),
        ...followersDetail(followers),
      }),
  );
};

/** The lane of the Worker kept its own uploads away; others may have moved a class, bound one or gone meanwhile. */
const stillHolds = async (
  queries: Queries,
  { worker, version, planner, objects }: Ready,
  isDeployed: boolean,
): Promise<Result<ExportsSummary | undefined, Refusal>> => {
  const now = await planner(queries);
  if (!now.ok) return now;
  const reconciled = checkDeclared(now.value, version, isDeployed);
  const { namespaces, changes } = now.value;
  const isGone = ({ namespace_id: id }: DurableObjectBinding): boolean => !namespaces.some(({ namespaceId }) => namespaceId === id);
  const knowsAll = !isLeftBehind(version, worker.name, namespaces) && !version.bindings.filter(isObjectBinding).some(isGone);
  if (!reconciled.ok || (knowsAll && isDeepStrictEqual(changes, objects.changes))) return reconciled;
  return refuse({ code: 'active_deployment_changed', expected: 'none', active: undefined });
};

/** A new Worker: nothing deployed, and closed on every host until its subdomain setting says otherwise. */
export const newWorker = (control: Control, name: string): Worker => {
  const now = control.clock.now().toISOString();
  return {
    tag: control.ids.hex32(),
    name,
    createdOn: now,
    modifiedOn: now,
    lastDeployedFrom: undefined,
    nextNumber: 1,
    workersDev: false,
    previews: false,
    settings: {},
  };
};

const codeOf = async (control: Control, worker: Worker, request: Upload, objects: ObjectsPlan): Promise<Result<VersionCode, Refusal>> => {
  const { metadata } = request;
  const unsupported = unsupportedMember(metadata);
  if (unsupported !== undefined) return refuse({ code: 'metadata_unsupported', member: unsupported });
  const parts = uploadedCode(metadata, request.files, request.path);
  if (!parts.ok) return parts;
  const date = metadata.compatibility_date || undefined;
  const previous = await control.store.read.versions.newest(worker.tag);
  const named = (metadata.bindings ?? []).flatMap((binding) =>
    binding.type === 'inherit' && binding.version_id !== undefined ? [binding.version_id] : [],
  );
  const others = await control.store.read.versions.byIds(worker.tag, named);
  const resolved = resolveBindings({
    requested: metadata.bindings ?? [],
    keepTypes: metadata.keep_bindings,
    strictInherit: request.strictInherit,
    previous: previous?.bindings ?? [],
    inheritable: await inheritableOf(control.store.read, worker.tag, previous),
    versionById: (id) => others.find((version) => version.id === id)?.bindings,
    seal: (text) => sealed(control, worker.tag, text),
  });
  if (!resolved.ok) return resolved;
  const requested = throughSources(resolved.value, worker.name, objects);
  const bindings = await boundToObjects(control.store.read, worker.name, requested, objects.namespaces, objects.changes.deleted);
  if (!bindings.ok) return bindings;
  const classes = classesOf(worker.name, objects.namespaces);
  const reachable = await checkReachable(control.store.read, worker.name, bindings.value);
  if (!reachable.ok) return reachable;
  const assets = await assetsFor(control, worker.name, metadata, previous?.assets);
  if (!assets.ok) return assets;
  return accept({
    ...parts.value,
    bindings: bindings.value,
    compatibilityDate: date,
    compatibilityFlags: metadata.compatibility_flags ?? [],
    usageModel: metadata.usage_model ?? 'standard',
    limits: metadata.limits ?? {},
    placement: metadata.placement,
    kept: keptMembers(metadata),
    ...(assets.value === undefined ? {} : { assets: assets.value }),
    ...(classes.length === 0 ? {} : { durableObjects: classes }),
    ...(metadata.exports === undefined ? {} : { exports: metadata.exports }),
  });
};

/** What the next upload of a Worker can inherit, of its newest version and of those that serve. */
export const inheritableOf = async (queries: Queries, workerTag: string, newest: Version | undefined): Promise<readonly Binding[]> => {
  const active = await queries.deployments.active(workerTag);
  const serving = await versionsIn(queries, workerTag, active?.split ?? []);
  const latestFirst = serving.toSorted((a, b) => b.number - a.number);
  return inheritable(
    newest?.bindings ?? [],
    latestFirst.flatMap(({ bindings }) => bindings),
  );
};

/** Asked before a trial, which takes a while, and again when its version is stored. */
const checkReachable = async (queries: Queries, self: string, bindings: readonly Binding[]): Promise<Result<null, Refusal>> => {
  const reachable = await checkResources(queries, bindings);
  return reachable.ok ? checkServices(queries, self, bindings) : reachable;
};

export const sealed = (control: Pick<Control, 'vault'>, workerTag: string, text: string) => ({
  sealed: control.vault.seal(text, sealContext(workerTag)),
  fingerprint: control.vault.fingerprint(text),
});

/** Names what was asked for, whatever it was resolved to. Keyed, because secrets are among it. */
const uploadDigest = (control: Control, { path, deploy, annotations, strictInherit, metadata, files, settings }: Upload): string =>
  control.vault.fingerprint(JSON.stringify([path, deploy, annotations, strictInherit, metadata, files, settings]));

/**
 * A client repeats an upload whose answer it never got. That repeat is answered with the version that the first try
 * made; the same upload made again after an answer is a version of its own, as any upload is.
 */
const repeatOf = async (control: Control, actor: Actor, worker: Worker, digest: string): Promise<Uploaded | undefined> => {
  const since = timestampAfter(new Date(control.clock.now().getTime() - REPEAT_WITHIN_MS), undefined);
  const version = await control.store.read.versions.unanswered(worker.tag, actor.author.id, digest, since);
  if (version === undefined || control.awaited.has(version.id)) return undefined;
  return { worker, version, deployment: await control.store.read.deployments.lastWithSoleVersion(worker.tag, version.id) };
};

/** The answer to an upload has left: the same upload from now on is a new one. */
export const answered = async (control: Control, versionId: string): Promise<void> => {
  control.awaited.settle(versionId);
  await control.store.note((queries) => queries.versions.markAnswered(versionId, control.clock.now().toISOString()));
};
