import { lineageOf, shareOf, type Split } from './split.ts';
import type { Version } from './version.ts';

/**
 * Keys and objects fall on a version by the hash of an id (pick.ts). An upload has its own; what a change of secrets or settings makes
 * of a version keeps the one that it had, for such a change moves nobody.
 */
export type Descendant = Pick<Version, 'id' | 'lineage'>;

/** What a version made from this one inherits: that by which it is picked, if it serves. */
export const inheritedFrom = ({ id, lineage = id }: Descendant, serving: Split | undefined): string => servedBy(id, serving) ?? lineage;

/**
 * The split with the lineage of each version. Whoever serves keeps that by which it is picked, so that a change of shares moves keys
 * towards the one that grows. Two versions of one lineage (before and after a change) would fall alike: these fall by their own ids.
 */
export const withLineages = (split: Split, versions: readonly Descendant[], serving: Split | undefined): Split => {
  const own = new Map(versions.map(({ id, lineage = id }) => [id, lineage]));
  const entries = split.map(({ versionId, share }) =>
    shareOf(versionId, share, servedBy(versionId, serving) ?? own.get(versionId) ?? versionId),
  );
  const areApart = new Set(entries.map(lineageOf)).size === entries.length;
  return areApart ? entries : split;
};

const servedBy = (id: string, serving: Split | undefined): string | undefined => {
  const entry = serving?.find(({ versionId }) => versionId === id);
  return entry && lineageOf(entry);
};
