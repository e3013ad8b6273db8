import { createHash } from 'node:crypto';
import { accept, refuse, timestampAfter, type Result } from '../base/index.ts';
import {
  checkedSpec,
  collectsOf,
  hasScript,
  hyphenated,
  type ActiveDeployment,
  type Annotations,
  type Deployment,
  type Refusal,
  type Split,
  type Version,
  type VersionCode,
  WHOLE,
} from '../domain/index.ts';
import type { Change, Queries, UploadReceipt, Worker } from '../store/index.ts';
import type { Actor, Control, TrialResult } from './control.ts';
import { specFor } from './specs.ts';

/** The most recently given aliases a Worker keeps (Cloudflare's limit). */
const MOST_ALIASES = 1000;

/** A version that was tried and can be stored; it has no number yet. */
export interface TriedVersion extends Omit<Version, 'number'> {
  /** Names of the classes that its code exports. */
  readonly exported: readonly string[];
}

export interface NewVersion {
  readonly worker: Pick<Worker, 'tag' | 'name'>;
  readonly code: VersionCode;
  readonly annotations: Annotations;
  readonly triggeredBy: string;
  /** The version stored just before this one, where that is not stored yet: times follow the numbers. */
  readonly after?: Pick<Version, 'createdOn'> | undefined;
  /** Of one that is made from another: what it inherits. */
  readonly lineage?: string | undefined;
  /** Whether the upload declares its classes: then all that is wrong with them is told at once, by whoever asked. */
  readonly areClassesDeclared?: boolean;
}

const NOTHING_TO_TRY: TrialResult = { ok: true, startupTimeMs: 0, handlers: [], namedHandlers: [], classes: [] };

/** Runs the code once on scratch storage. Only a version that started, and says what it exports, may be stored. */
export const tried = async (control: Control, actor: Actor, wanted: NewVersion): Promise<Result<TriedVersion, Refusal>> => {
  const id = control.ids.uuid();
  const { worker, code, annotations } = wanted;
  const before = wanted.after ?? (await control.store.read.versions.newest(worker.tag));
  const createdOn = timestampAfter(control.clock.now(), before?.createdOn);
  const spec = await specFor(control, worker, { ...code, ...annotations, id, createdOn });
  const checked = checkedSpec(spec);
  if (!checked.ok) return checked;
  const trial = hasScript(code) ? await control.tryVersion(checked.value) : NOTHING_TO_TRY;
  if (!trial.ok) return refuse({ code: 'trial_failed', message: trial.failure.message });
  const every = wanted.areClassesDeclared === true ? accept(null) : await everyClassIn(control.store.read, code, trial.classes);
  if (!every.ok) return every;
  return accept({
    ...code,
    ...annotations,
    id,
    createdOn,
    scriptTag: worker.tag,
    source: actor.source,
    author: actor.author,
    triggeredBy: wanted.triggeredBy,
    startupTimeMs: trial.startupTimeMs,
    handlers: trial.handlers,
    namedHandlers: trial.namedHandlers,
    etag: etagOf(code),
    ...(wanted.lineage === undefined ? {} : { lineage: wanted.lineage }),
    exported: trial.classes.map(({ name }) => name),
  });
};

/** Objects that live need their class in every version. */
const everyClassIn = async (
  queries: Queries,
  { durableObjects = [] }: VersionCode,
  exported: readonly { readonly name: string }[],
): Promise<Result<null, Refusal>> => {
  const missing = durableObjects.find(({ className }) => !exported.some(({ name }) => name === className));
  if (missing === undefined) return accept(null);
  const isNew = !(await queries.namespaces.all()).some(({ namespaceId }) => namespaceId === missing.namespaceId);
  return refuse({ code: 'class_not_exported', className: missing.className, isNew });
};

/**
 * Does `work` while the edges make these versions ready, so that traffic finds them running: they are known to the edges
 * before they are stored. A version that is not ready in time is started by its first request.
 */
export const readied = async <Value>(
  control: Control,
  worker: Pick<Worker, 'tag' | 'name' | 'settings'>,
  versions: readonly TriedVersion[],
  work: () => Promise<Value>,
): Promise<Value> => {
  try {
    for (const version of versions) control.upcoming.set(version.id, await specFor(control, worker, version));
    await control.feed.warm(mayBeReadied(versions), collectsOf(worker.settings) !== undefined || versions.length > 1);
    return await work();
  } finally {
    for (const { id } of versions) control.upcoming.delete(id);
  }
};

/** One with Durable Objects starts where its predecessor has ended: before it is deployed no edge may run it (I5). */
export const mayBeReadied = (versions: readonly Pick<Version, 'id' | 'durableObjects'>[]): readonly string[] =>
  versions.filter(({ durableObjects = [] }) => durableObjects.length === 0).map(({ id }) => id);

const etagOf = (code: VersionCode): string => {
  const hash = createHash('sha256').update(code.mainModule);
  for (const { name, digest } of code.modules) hash.update(`\0${name}\0${digest}`);
  // How they are served changes what is answered as well.
  if (code.assets !== undefined) hash.update(`\0assets\0${JSON.stringify(code.assets)}`);
  return hash.digest('hex');
};

/** Stores a version under the next number of its Worker. Reads the Worker again: its number may have moved since. */
export const storeVersion = async (change: Change, version: TriedVersion, receipt?: UploadReceipt): Promise<Result<Version, Refusal>> => {
  const worker = await change.workers.byTag(version.scriptTag);
  if (worker === undefined) return refuse({ code: 'worker_not_found', name: version.scriptTag });
  const { exported: _, ...rest } = version;
  const { createdOn } = rest;
  const stored: Version = { ...rest, number: worker.nextNumber };
  await change.versions.insert(stored, receipt);
  if (stored.alias !== undefined) await change.versions.setAlias(worker.tag, stored.alias, stored.id, createdOn, MOST_ALIASES);
  await change.workers.update({ ...worker, nextNumber: worker.nextNumber + 1, modifiedOn: createdOn, lastDeployedFrom: stored.source });
  if (worker.previews) change.touchWorker(worker.name);
  return accept(stored);
};

export interface NewDeployment {
  readonly worker: Pick<Worker, 'tag' | 'name'>;
  readonly split: Split;
  readonly message: string | undefined;
  readonly triggeredBy: string;
  readonly rollbackFrom?: string;
}

/** Stores a deployment: from the moment this commits it is the active one. */
export const storeDeployment = async (control: Control, actor: Actor, change: Change, wanted: NewDeployment): Promise<Deployment> => {
  const last = await change.deployments.active(wanted.worker.tag);
  change.touchWorker(wanted.worker.name);
  return change.deployments.insert({
    id: control.ids.uuid(),
    scriptTag: wanted.worker.tag,
    createdOn: timestampAfter(control.clock.now(), last?.createdOn),
    source: actor.source,
    author: actor.author,
    triggeredBy: wanted.triggeredBy,
    message: wanted.message,
    split: wanted.split,
    rollbackFrom: wanted.rollbackFrom,
  });
};

export const allTrafficTo = (versionId: string): Split => [{ versionId, share: WHOLE }];

/** The versions that a split sends traffic to, those at 0 % too. */
export const versionsIn = (queries: Queries, workerTag: string, split: Split): Promise<readonly Version[]> =>
  queries.versions.byIds(
    workerTag,
    split.map(({ versionId }) => versionId),
  );

/** Eight digits are what lists of versions are read by; nothing is deployed by them. */
const BEGINNING = /^[0-9a-f]{8}[0-9a-f-]{0,27}$/;

/** The id that begins as what was given; that of several is refused, and what none begins with comes back as it is. */
export const wholeIdOf = async (queries: Queries, workerTag: string, given: string): Promise<Result<string, Refusal>> => {
  const beginning = hyphenated(given);
  const [id = given, another] = BEGINNING.test(beginning) ? await queries.versions.idsFrom(workerTag, beginning) : [];
  return another === undefined
    ? accept(id)
    : refuse({ code: 'request_invalid', faults: [`query: more than one version begins with ${beginning}; give more of its id`] });
};

/** A deployment as a refusal names the one that serves: which, by whom, since when. */
export const namedActive = ({ id, author, createdOn }: Deployment): ActiveDeployment => ({ id, by: author.email, createdOn });
