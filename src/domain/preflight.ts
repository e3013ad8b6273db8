import type { Result } from '../base/index.ts';
import type { DurableObjectBinding, ServiceBinding } from './binding.ts';
import { broughtBack } from './bindings.ts';
import { changedSince } from './changed-since.ts';
import { areCompatible, compatibilityOf } from './compatibility.ts';
import { areSameClasses, isObjectBinding, type DurableObjectClass } from './durable-objects.ts';
import { declareTheSame } from './given-exports.ts';
import type { CandidateVersion, Proposal } from './proposal.ts';
import type { Blocker, LostBinding } from './refusal.ts';
import { refOf, withoutResource } from './resource.ts';
import { withoutService } from './services.ts';
import { splitFrom, type Split, type SplitRefusal } from './split.ts';
import type { Warning } from './warning.ts';

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
  const blockers = [
    ...splitOfExports(split.value, proposal),
    ...splitOfObjects(split.value, proposal),
    ...found.flatMap((each) => each.blockers),
  ];
  return { split, blockers, warnings: found.flatMap(({ warnings }) => warnings) };
};

/** Which classes there are, or are waited for, cannot be true for a part of the requests. */
const splitOfExports = (split: Split, { versions }: Proposal): readonly Blocker[] => {
  const given = split.flatMap(({ versionId }) => versions.get(versionId) ?? []);
  const areSame = given.every((one) => given.every((other) => declareTheSame(one.exports, other.exports)));
  return areSame ? [] : [{ code: 'split_of_exports', versionIds: given.map(({ id }) => id) }];
};

/** The objects of both versions live in one process, which has one set of compatibility settings and one set of classes. */
const splitOfObjects = (split: Split, proposal: Proposal): readonly Blocker[] => {
  const { classes, versions, active } = proposal;
  if (split.length === 1 || classes.length === 0) return [];
  const named = split.flatMap(({ versionId }) => versions.get(versionId) ?? []);
  const differ: Blocker = { code: 'split_of_objects', classes: namesOf(classes), versions: named.map(compatibilityOf) };
  const serving = named.filter(({ id }) => active?.versions.some((version) => version.id === id));
  return [...(areCompatible(named) ? [] : [differ]), ...serving.flatMap((version) => classBlockers(version, proposal))];
};

type Found = Pick<Preflight, 'blockers' | 'warnings'>;

const checkVersion = (versionId: string, proposal: Proposal): Found => {
  const version = proposal.versions.get(versionId);
  if (version === undefined) return { blockers: [{ code: 'version_not_found', versionId }], warnings: [] };
  const lost = lostBy(version, proposal);
  const unbound = withoutService(version.bindings, proposal.services);
  const gone = withoutObjects(version, proposal);
  const deaf = unheard(version, proposal);
  if (proposal.active?.versions.some(({ id }) => id === versionId))
    return { blockers: [], warnings: [...servesWithout(versionId, { lost, unbound, gone }), ...deaf] };
  const blockers: Blocker[] = [];
  const { window, newestNumber } = proposal;
  if (!isInWindow(version.number, newestNumber, window)) blockers.push({ code: 'version_outside_window', versionId, window });
  if (lost.length > 0) blockers.push({ code: 'version_resources_missing', versionId, lost });
  if (unbound.length > 0) blockers.push({ code: 'version_services_missing', versionId, bindings: unbound });
  blockers.push(...classBlockers(version, proposal));
  if (gone.length > 0) blockers.push({ code: 'version_objects_missing', versionId, bindings: gone });
  const names = secretsChangedSince(version, proposal.active?.versions ?? []);
  const secrets: readonly Warning[] = names.length === 0 ? [] : [{ code: 'secrets_changed', versionId, names }];
  return { blockers, warnings: [...secrets, ...changedSince(version, proposal), ...deaf] };
};

interface Missed {
  readonly lost: readonly LostBinding[];
  readonly unbound: readonly ServiceBinding[];
  readonly gone: readonly DurableObjectBinding[];
}

const servesWithout = (versionId: string, { lost, unbound, gone }: Missed): readonly Warning[] => [
  ...(lost.length === 0 ? [] : [{ code: 'serves_without_resources' as const, versionId, lost }]),
  ...(unbound.length === 0 ? [] : [{ code: 'serves_without_services' as const, versionId, bindings: unbound }]),
  ...(gone.length === 0 ? [] : [{ code: 'serves_without_objects' as const, versionId, bindings: gone }]),
];

/** A class that came, went or got another name since: the version's code and the objects no longer belong together. */
const classBlockers = ({ id: versionId, durableObjects: made = [] }: CandidateVersion, { classes }: Proposal): readonly Blocker[] =>
  areSameClasses(made, classes) ? [] : [{ code: 'version_classes_differ', versionId, made: namesOf(made), live: namesOf(classes) }];

/** The bindings to objects that are gone. Those of its own classes are told with these. */
const withoutObjects = ({ bindings, durableObjects: made = [] }: CandidateVersion, { owners }: Proposal) => {
  const own = new Set(made.map(({ namespaceId }) => namespaceId));
  const isThere = ({ namespace_id: id = '', script_name: owner }: DurableObjectBinding): boolean =>
    own.has(id) || (owner === undefined ? owners.has(id) : owners.get(id) === owner);
  return bindings.filter(isObjectBinding).filter((binding) => !isThere(binding));
};

/** Events of its Worker that it does not handle. */
const unheard = ({ id: versionId, handlers }: CandidateVersion, { events }: Proposal): readonly Warning[] =>
  (['queue', 'scheduled'] as const).flatMap((handler) =>
    events[handler].length === 0 || handlers.includes(handler)
      ? []
      : [{ code: 'handler_missing' as const, versionId, handler, sources: events[handler] }],
  );

const namesOf = (classes: readonly DurableObjectClass[]): readonly string[] => classes.map(({ className }) => className);

export const isInWindow = (number: number, newestNumber: number, window: number): boolean => number > newestNumber - window;

const lostBy = ({ bindings }: CandidateVersion, { resources, deletions }: Proposal): readonly LostBinding[] =>
  withoutResource(bindings, resources).map((binding) => {
    const { kind, key, by } = refOf(binding);
    const deletion = deletions.find((each) => each.kind === kind && each.key === key);
    if (deletion === undefined) return { binding };
    const was = { name: deletion.name, by: deletion.by, on: deletion.on };
    // What is bound by name is not lost where that name is given again.
    const namesake = by === 'name' ? undefined : resources.find((each) => each.kind === kind && each.name === was.name);
    return namesake === undefined ? { binding, was } : { binding, was, namesake: namesake.id };
  });

/** Only going back can bring an old secret back: a version newer than those that serve was made knowing theirs. */
const secretsChangedSince = (target: CandidateVersion, active: readonly CandidateVersion[]): readonly string[] => {
  const newest = newestOf(active);
  return newest === undefined || target.number > newest.number ? [] : broughtBack(target.bindings, newest.bindings);
};

/** The version that a proposed one is compared with: the newest of those that serve. */
export const newestOf = <Version extends Pick<CandidateVersion, 'number'>>(versions: readonly Version[]): Version | undefined =>
  versions.toSorted((a, b) => b.number - a.number)[0];
