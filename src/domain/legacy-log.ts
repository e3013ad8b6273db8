import { LISTED_DEPLOYMENTS, type Deployment } from './deployment.ts';

/**
 * The log that wrangler 2.x to 3.34 reads, where a deployment still meant one snapshot of a Worker. It is derived from
 * deployments: oldest first, ten latest, the last is the active one, and an upload that was never deployed is not in it.
 */
export interface LegacyEntry {
  /** The deployment's own id: stable, and distinct for every entry. */
  readonly id: string;
  /** 1 for the first deployment of the Worker. */
  readonly number: number;
  readonly deployment: Deployment;
  /** The one version an old client can show: the one with the greatest share. */
  readonly versionId: string;
}

/** @param newestFirst all deployments of a Worker, or its latest, each with the number it was made under. */
export const legacyLog = (newestFirst: readonly (Deployment & { readonly number: number })[]): readonly LegacyEntry[] =>
  newestFirst.slice(0, LISTED_DEPLOYMENTS).map(legacyEntry).toReversed();

export const legacyEntry = (deployment: Deployment & { readonly number: number }): LegacyEntry => ({
  id: deployment.id,
  number: deployment.number,
  deployment,
  versionId: mainVersion(deployment),
});

export const mainVersion = (deployment: Pick<Deployment, 'split'>): string =>
  deployment.split.reduce((main, entry) => (entry.share > main.share ? entry : main)).versionId;

/** Old clients print ids with or without hyphens; both name the same thing. */
export const hyphenated = (id: string): string =>
  /^[0-9a-f]{32}$/i.test(id) ? id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5').toLowerCase() : id.toLowerCase();
