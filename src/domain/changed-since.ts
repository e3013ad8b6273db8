import type { CandidateVersion, Proposal } from './proposal.ts';
import { isResource, isResourceBinding, refOf } from './resource.ts';
import { isServiceBinding } from './services.ts';
import type { Warning } from './warning.ts';

/**
 * What a version binds and did not know as it is now, because it changed after that version was there last. Times are compared as
 * times: they are written with unlike precision.
 */
export const changedSince = (version: CandidateVersion, proposal: Proposal): readonly Warning[] => {
  const since = proposal.knownSince.get(version.id);
  return since === undefined
    ? []
    : [...recreated(version, proposal, since), ...altered(version, proposal, since), ...redeployed(version, proposal, since)];
};

const isAfter = (time: string | undefined, since: string): time is string => time !== undefined && Date.parse(time) > Date.parse(since);

/** Another resource of the same name has none of the content the version knew. */
const recreated = ({ id: versionId, bindings }: CandidateVersion, { resources }: Proposal, since: string): readonly Warning[] =>
  bindings.filter(isResourceBinding).flatMap((binding) => {
    const createdOn = resources.find((each) => isResource(refOf(binding), each))?.createdOn;
    return isAfter(createdOn, since) ? [{ code: 'resource_recreated' as const, versionId, binding, createdOn, since }] : [];
  });

/** A database keeps its rows, and may not have the tables that the version's statements name. */
const altered = (
  { id: versionId, bindings }: CandidateVersion,
  { resources, schemaChangedOn }: Proposal,
  since: string,
): readonly Warning[] =>
  bindings.flatMap((binding): readonly Warning[] => {
    if (schemaChangedOn === undefined || binding.type !== 'd1') return [];
    const database = resources.find((each) => isResource(refOf(binding), each));
    if (database === undefined) return [];
    const { name } = database;
    if (!schemaChangedOn.has(binding.id)) return [{ code: 'schema_unknown', versionId, binding, name }];
    const changedOn = schemaChangedOn.get(binding.id);
    return isAfter(changedOn, since) ? [{ code: 'schema_changed', versionId, binding, name, changedOn, since }] : [];
  });

/** Workers that were deployed again: the version knows them as they were then. */
const redeployed = ({ id: versionId, bindings }: CandidateVersion, { services }: Proposal, since: string): readonly Warning[] =>
  bindings.filter(isServiceBinding).flatMap((binding): readonly Warning[] => {
    const deployedOn = services.get(binding.service);
    return isAfter(deployedOn, since) ? [{ code: 'service_redeployed', versionId, binding, deployedOn, since }] : [];
  });
