import type { Binding, OpenBinding, ServiceBinding } from './binding.ts';
import type { CandidateVersion, Proposal, Warning } from './preflight.ts';

export const isServiceBinding = (binding: Binding | OpenBinding): binding is ServiceBinding => binding.type === 'service';

/** The bindings that name none of these Workers, which are all there are. */
export const withoutService = (bindings: readonly Binding[], workers: { has(name: string): boolean }): readonly ServiceBinding[] =>
  bindings.filter(isServiceBinding).filter(({ service }) => !workers.has(service));

/** Workers that were deployed again since this version was there last: it knows them as they were then. */
export const redeployed = (
  { id: versionId, bindings }: CandidateVersion,
  { services, knownSince }: Pick<Proposal, 'services' | 'knownSince'>,
): readonly Warning[] => {
  const since = knownSince.get(versionId);
  if (since === undefined) return [];
  return bindings.filter(isServiceBinding).flatMap((binding): readonly Warning[] => {
    const deployedOn = services.get(binding.service);
    // Compared as times: the two are written with unlike precision.
    const isNewer = deployedOn !== undefined && Date.parse(deployedOn) > Date.parse(since);
    return isNewer ? [{ code: 'service_redeployed', versionId, binding, deployedOn, since }] : [];
  });
};
