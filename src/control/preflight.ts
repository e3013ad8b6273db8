import { accept, refuse, type Result } from '../base/index.ts';
import {
  classesOf,
  differencesBetween,
  hyphenated,
  newestOf,
  preflight,
  refOf,
  withoutResource,
  type Deletion,
  type Deployment,
  type Differences,
  type Preflight,
  type Proposal,
  type Refusal,
  type RequestedShare,
  type Version,
} from '../domain/index.ts';
import type { Queries, Worker } from '../store/index.ts';
import type { Control } from './control.ts';
import { deployedOnOf } from './services.ts';
import { namedActive, versionsIn } from './versions.ts';

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
    namespaceIds: new Set(namespaces.map(({ namespaceId }) => namespaceId)),
    deletions: await deletionsOf(
      queries,
      named.flatMap(({ bindings }) => withoutResource(bindings, resources)),
    ),
    knownSince: await knownSince(queries, worker, named),
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
        : (await queries.audit.page({ offset: 0, limit: 1 }, `${kind}/${key}`)).find((newest) => newest.action === action);
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

/** What would speak against a deployment, and what it would change. Changes nothing itself. */
export const preflightOf = (control: Control, name: string, shares: readonly RequestedShare[]): Promise<Result<PreflightReport, Refusal>> =>
  control.store.snapshot<Result<PreflightReport, Refusal>>(async (queries) => {
    const worker = await queries.workers.byName(name);
    if (worker === undefined) return refuse({ code: 'worker_not_found', name });
    const proposal = await proposalFor(queries, worker, shares, control.settings.deployableVersions);
    const serving = newestOf(proposal.active?.versions ?? []);
    const proposed = proposal.shares.flatMap(({ version_id }) => proposal.versions.get(version_id) ?? []);
    return accept({
      ...preflight(proposal),
      active: await queries.deployments.active(worker.tag),
      shares: proposal.shares,
      versions: proposal.versions,
      comparisons:
        serving === undefined
          ? []
          : proposed.map((version) => ({
              versionId: version.id,
              comparedTo: serving.id,
              differences: differencesBetween(serving, version),
            })),
    });
  });
