import { accept, refuse, type Result } from '../base/index.ts';
import {
  classesOf,
  differencesBetween,
  hyphenated,
  newestOf,
  preflight,
  reaches,
  refOf,
  withoutResource,
  type Asset,
  type Compared,
  type Deletion,
  type Deployment,
  type Differences,
  type EventSources,
  type Preflight,
  type Proposal,
  type Refusal,
  type RequestedShare,
  type Resource,
  type Version,
} from '../domain/index.ts';
import type { Queries, Worker } from '../store/index.ts';
import { textOf } from './asset-session.ts';
import type { Control } from './control.ts';
import { deployedOnOf } from './services.ts';
import { namedActive, versionsIn, wholeIdOf } from './versions.ts';

/** A proposal whose versions are read whole. */
interface ReadProposal extends Proposal {
  readonly versions: ReadonlyMap<string, Version>;
  readonly active: { readonly deployment: ReturnType<typeof namedActive>; readonly versions: readonly Version[] } | undefined;
}

/** All that the rules need to know of a deployment that somebody wants. */
export const proposalFor = async (
  queries: Queries,
  worker: Worker,
  requested: readonly RequestedShare[],
  window: number,
): Promise<ReadProposal> => {
  const shares = requested.map((entry) => ({ ...entry, version_id: hyphenated(entry.version_id) }));
  const deployment = await queries.deployments.active(worker.tag);
  const named = await queries.versions.byIds(
    worker.tag,
    shares.map(({ version_id }) => version_id),
  );
  const resources = await queries.resources.all();
  const namespaces = await queries.namespaces.all();
  return {
    shares,
    versions: new Map(named.map((version) => [version.id, version])),
    active: deployment && {
      deployment: namedActive(deployment),
      versions: await versionsIn(queries, worker.tag, deployment.split),
    },
    newestNumber: worker.nextNumber - 1,
    window,
    resources,
    services: new Map([
      ...(await deployedOnOf(
        queries,
        named.flatMap(({ bindings }) => bindings),
      )),
      // One that binds itself reaches whatever of it is deployed.
      [worker.name, undefined],
    ]),
    classes: classesOf(worker.name, namespaces),
    owners: new Map(namespaces.map(({ namespaceId, script }) => [namespaceId, script])),
    deletions: await deletionsOf(
      queries,
      named.flatMap(({ bindings }) => withoutResource(bindings, resources)),
    ),
    knownSince: await knownSince(queries, worker, named),
    events: await eventSources(queries, worker, resources),
  };
};

const eventSources = async (queries: Queries, worker: Worker, resources: readonly Resource[]): Promise<EventSources> => {
  const consumed = new Set((await queries.consumers.ofWorker(worker.tag)).map(({ queueId }) => queueId));
  return {
    queue: resources.filter(({ kind, id }) => kind === 'queue' && consumed.has(id)).map(({ name }) => name),
    scheduled: (await queries.schedules.ofWorker(worker.tag)).map(({ cron }) => cron),
  };
};

/** The audit log remembers what a resource was called and who deleted it: it tells of it under its id, and what it was called. */
const deletionsOf = async (queries: Queries, lost: ReturnType<typeof withoutResource>): Promise<readonly Deletion[]> => {
  const found: Deletion[] = [];
  for (const { kind, by, key } of lost.map(refOf)) {
    const action = `${kind}.delete`;
    const entry =
      by === 'name'
        ? await queries.audit.newestNamed(action, key)
        : (await queries.audit.page({ offset: 0, limit: 1 }, { target: `${kind}/${key}` })).find((newest) => newest.action === action);
    if (entry !== undefined) found.push({ kind, key, name: String(entry.detail['name'] ?? key), by: entry.actor.email, on: entry.at });
  }
  return found;
};

const knownSince = async (queries: Queries, worker: Worker, versions: readonly Version[]): Promise<ReadonlyMap<string, string>> => {
  const times = new Map<string, string>();
  for (const { id, createdOn } of versions) times.set(id, (await queries.deployments.leftOn(worker.tag, id)) ?? createdOn);
  return times;
};

/** How a proposed version differs from the newest that serves. */
export interface Comparison {
  readonly versionId: string;
  readonly comparedTo: string;
  readonly differences: Differences;
}

export interface PreflightReport extends Preflight {
  readonly active: Deployment | undefined;
  readonly shares: readonly RequestedShare[];
  /** Those of the proposed versions that exist. */
  readonly versions: ReadonlyMap<string, Version>;
  readonly comparisons: readonly Comparison[];
}

/** When the tables of each of these databases changed last; one that does not answer is left out. */
export type AskSchemas = (databases: readonly Resource[]) => Promise<ReadonlyMap<string, string | undefined>>;

/** What would speak against a deployment, and what it would change. Changes nothing itself. */
export const preflightOf = async (
  control: Control,
  name: string,
  requested: readonly RequestedShare[],
  askSchemas: AskSchemas,
): Promise<Result<PreflightReport, Refusal>> => {
  const read = await control.store.snapshot(async (queries) => {
    const worker = await queries.workers.byName(name);
    if (worker === undefined) return refuse({ code: 'worker_not_found' as const, name });
    const shares = await underWholeIds(queries, worker, requested);
    if (!shares.ok) return shares;
    return accept({
      active: await queries.deployments.active(worker.tag),
      proposal: await proposalFor(queries, worker, shares.value, control.settings.deployableVersions),
    });
  });
  if (!read.ok) return read;
  // Asked outside of the snapshot, which nobody else could read or write beside.
  const { active, proposal } = read.value;
  const { shares, versions } = proposal;
  const proposed = shares.flatMap(({ version_id }) => versions.get(version_id) ?? []);
  const schemaChangedOn = await schemasAsked(proposal, askSchemas);
  const serving = newestOf(proposal.active?.versions ?? []);
  const comparisons: Comparison[] = [];
  for (const version of proposed) if (serving !== undefined) comparisons.push(await compared(control, serving, version));
  return accept({ ...preflight({ ...proposal, schemaChangedOn }), active, shares, versions, comparisons });
};

/** When the tables of the databases that the proposed versions bind changed last. */
export const schemasAsked = async (
  { shares, versions, resources }: Pick<Proposal, 'shares' | 'versions' | 'resources'>,
  askSchemas: AskSchemas,
): Promise<Proposal['schemaChangedOn']> => {
  const proposed = shares.flatMap(({ version_id }) => versions.get(version_id) ?? []);
  const databases = resources.filter(
    (resource) => resource.kind === 'd1' && proposed.some(({ bindings }) => bindings.some((binding) => reaches(binding, resource))),
  );
  return databases.length === 0 ? undefined : askSchemas(databases);
};

/** The shares under whole ids, where the beginning of one was given; that of several is refused. */
const underWholeIds = async (
  queries: Queries,
  worker: Worker,
  requested: readonly RequestedShare[],
): Promise<Result<readonly RequestedShare[], Refusal>> => {
  const shares: RequestedShare[] = [];
  for (const share of requested) {
    const id = await wholeIdOf(queries, worker.tag, share.version_id);
    if (!id.ok) return id;
    shares.push({ ...share, version_id: id.value });
  }
  return accept(shares);
};

const compared = async (control: Control, serving: Version, version: Version): Promise<Comparison> => {
  const isSame = serving.assets?.manifest === version.assets?.manifest;
  const [before, after] = isSame ? [serving, version] : [await withFiles(control, serving), await withFiles(control, version)];
  return { versionId: version.id, comparedTo: serving.id, differences: differencesBetween(before, after) };
};

export const withFiles = async (control: Control, version: Version): Promise<Compared> => {
  if (version.assets === undefined) return version;
  // Written by us, under the digest that is compared.
  return { ...version, files: JSON.parse(await textOf(control, version.assets.manifest)) as readonly Asset[] };
};
