import type { Result } from '../base/index.ts';
import type { Binding, ResourceBinding, ServiceBinding } from './binding.ts';
import { changedSecrets } from './bindings.ts';
import { areSameClasses, isObjectBinding, type DurableObjectClass } from './durable-objects.ts';
import type { ActiveDeployment, Blocker, LostBinding, SecretsChanged } from './refusal.ts';
import { isResource, isResourceBinding, refOf, withoutResource, type Resource, type ResourceKind } from './resource.ts';
import { redeployed, withoutService } from './services.ts';
import { splitFrom, type RequestedShare, type Split, type SplitRefusal } from './split.ts';

/** What the rules need to know of a version. */
export interface CandidateVersion {
  readonly id: string;
  readonly number: number;
  readonly bindings: readonly Binding[];
  /** The classes it was made for; none where absent. */
  readonly durableObjects?: readonly DurableObjectClass[] | undefined;
}

/** A deployment somebody thinks of, and the world it would be made in. */
export interface Proposal {
  readonly shares: readonly RequestedShare[];
  /** Every version that the shares name and that belongs to this Worker. */
  readonly versions: ReadonlyMap<string, CandidateVersion>;
  /** The versions that serve now, newest deployment. */
  readonly active: { readonly deployment: ActiveDeployment; readonly versions: readonly CandidateVersion[] } | undefined;
  readonly newestNumber: number;
  /** How many of the newest versions may be deployed. */
  readonly window: number;
  /** All that bindings can reach now. */
  readonly resources: readonly Resource[];
  /** The Workers that exist among those bound, each with the time of its active deployment, if it has one. */
  readonly services: ReadonlyMap<string, string | undefined>;
  /** The Worker's own classes that live now. */
  readonly classes: readonly DurableObjectClass[];
  /** Ids of all namespaces of the account that live now. */
  readonly namespaceIds: ReadonlySet<string>;
  /** What of it is gone, as far as that is remembered. */
  readonly deletions: readonly Deletion[];
  /** ISO time at which a version last left the deployments or, where it never served, was uploaded. */
  readonly knownSince: ReadonlyMap<string, string>;
}

export interface Deletion {
  readonly kind: ResourceKind;
  /** As bindings name it. */
  readonly key: string;
  readonly name: string;
  readonly by: string;
  readonly on: string;
}

/** What does not forbid a deployment and should be known before it; only changed secrets need to be forced. */
export type Warning =
  | SecretsChanged
  /** Somebody deleted it while this version served. */
  | { readonly code: 'serves_without_resources'; readonly versionId: string; readonly lost: readonly LostBinding[] }
  | { readonly code: 'serves_without_services'; readonly versionId: string; readonly bindings: readonly ServiceBinding[] }
  | {
      readonly code: 'service_redeployed';
      readonly versionId: string;
      readonly binding: ServiceBinding;
      readonly deployedOn: string;
      readonly since: string;
    }
  | {
      readonly code: 'resource_recreated';
      readonly versionId: string;
      readonly binding: ResourceBinding;
      readonly createdOn: string;
      readonly since: string;
    };

export interface Preflight {
  readonly split: Result<Split, SplitRefusal>;
  readonly blockers: readonly Blocker[];
  readonly warnings: readonly Warning[];
}

/**
 * All that speaks against a deployment, at once. Blockers forbid it, whatever is forced. A version that serves already is never
 * blocked: it may take over, also from one that is worse, and nothing on the side that is being left is asked (I4).
 */
export const preflight = (proposal: Proposal): Preflight => {
  const split = splitFrom(proposal.shares);
  if (!split.ok) return { split, blockers: [split.refusal], warnings: [] };
  const found = split.value.map(({ versionId }) => checkVersion(versionId, proposal));
  const blockers = [...splitOfObjects(split.value, proposal), ...found.flatMap((each) => each.blockers)];
  return { split, blockers, warnings: found.flatMap(({ warnings }) => warnings) };
};

/** An object lives in one process, so one version has them all. */
const splitOfObjects = (split: Split, { classes }: Proposal): readonly Blocker[] =>
  split.length === 1 || classes.length === 0 ? [] : [{ code: 'split_of_objects', classes: namesOf(classes) }];

type Found = Pick<Preflight, 'blockers' | 'warnings'>;

const checkVersion = (versionId: string, proposal: Proposal): Found => {
  const version = proposal.versions.get(versionId);
  if (version === undefined) return { blockers: [{ code: 'version_not_found', versionId }], warnings: [] };
  const lost = lostBy(version, proposal);
  const unbound = withoutService(version.bindings, proposal.services);
  if (proposal.active?.versions.some(({ id }) => id === versionId))
    return { blockers: [], warnings: servesWithout(versionId, lost, unbound) };
  const blockers: Blocker[] = [];
  const { window, newestNumber } = proposal;
  if (!isInWindow(version.number, newestNumber, window)) blockers.push({ code: 'version_outside_window', versionId, window });
  if (lost.length > 0) blockers.push({ code: 'version_resources_missing', versionId, lost });
  if (unbound.length > 0) blockers.push({ code: 'version_services_missing', versionId, bindings: unbound });
  blockers.push(...objectBlockers(version, proposal));
  const names = secretsChangedSince(version, proposal.active?.versions ?? []);
  const secrets: readonly Warning[] = names.length === 0 ? [] : [{ code: 'secrets_changed', versionId, names }];
  return { blockers, warnings: [...secrets, ...recreated(version, proposal), ...redeployed(version, proposal)] };
};

const servesWithout = (versionId: string, lost: readonly LostBinding[], bindings: readonly ServiceBinding[]): readonly Warning[] => [
  ...(lost.length === 0 ? [] : [{ code: 'serves_without_resources' as const, versionId, lost }]),
  ...(bindings.length === 0 ? [] : [{ code: 'serves_without_services' as const, versionId, bindings }]),
];

/** A class that came, went or got another name since: the version's code and the objects no longer belong together. */
const objectBlockers = (version: CandidateVersion, { classes, namespaceIds }: Proposal): readonly Blocker[] => {
  const { id: versionId, durableObjects: made = [] } = version;
  const own = new Set(made.map(({ namespaceId }) => namespaceId));
  const gone = version.bindings
    .filter(isObjectBinding)
    .filter(({ namespace_id: id }) => id === undefined || !(own.has(id) || namespaceIds.has(id)));
  return [
    ...(areSameClasses(made, classes)
      ? []
      : [{ code: 'version_classes_differ' as const, versionId, made: namesOf(made), live: namesOf(classes) }]),
    ...(gone.length === 0 ? [] : [{ code: 'version_objects_missing' as const, versionId, bindings: gone }]),
  ];
};

const namesOf = (classes: readonly DurableObjectClass[]): readonly string[] => classes.map(({ className }) => className);

export const isInWindow = (number: number, newestNumber: number, window: number): boolean => number > newestNumber - window;

const lostBy = ({ bindings }: CandidateVersion, { resources, deletions }: Proposal): readonly LostBinding[] =>
  withoutResource(bindings, resources).map((binding) => {
    const { kind, key } = refOf(binding);
    const deletion = deletions.find((each) => each.kind === kind && each.key === key);
    return deletion === undefined ? { binding } : { binding, was: { name: deletion.name, by: deletion.by, on: deletion.on } };
  });

/** Only going back can bring an old secret back: a version newer than those that serve was made knowing theirs. */
const secretsChangedSince = (target: CandidateVersion, active: readonly CandidateVersion[]): readonly string[] => {
  const newest = newestOf(active);
  return newest === undefined || target.number > newest.number ? [] : changedSecrets(target.bindings, newest.bindings);
};

/** The version that a proposed one is compared with: the newest of those that serve. */
export const newestOf = <Version extends Pick<CandidateVersion, 'number'>>(versions: readonly Version[]): Version | undefined =>
  versions.toSorted((a, b) => b.number - a.number)[0];

/** Another resource of the same name has none of the content the version knew. */
const recreated = (version: CandidateVersion, { resources, knownSince }: Proposal): readonly Warning[] => {
  const since = knownSince.get(version.id);
  if (since === undefined) return [];
  return version.bindings.filter(isResourceBinding).flatMap((binding) => {
    const resource = resources.find((each) => isResource(refOf(binding), each));
    // Compared as times: the two are written with unlike precision.
    const isNewer = resource !== undefined && Date.parse(resource.createdOn) > Date.parse(since);
    return isNewer ? [{ code: 'resource_recreated' as const, versionId: version.id, binding, createdOn: resource.createdOn, since }] : [];
  });
};
