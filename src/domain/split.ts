import { accept, refuse, type Result } from '../base/index.ts';

/** A percentage in thousandths of a per cent: 100 % is 100,000, the finest step 0.001 %. */
export type Share = number;

export const WHOLE: Share = 100_000;

export interface VersionShare {
  readonly versionId: string;
  readonly share: Share;
  /** The id that keys and objects fall by, where it is not the version's own: that of the one it came from. */
  readonly lineage?: string;
}

export const lineageOf = ({ versionId, lineage }: VersionShare): string => lineage ?? versionId;

export const shareOf = (versionId: string, share: Share, lineage: string): VersionShare =>
  lineage === versionId ? { versionId, share } : { versionId, share, lineage };

/** What a deployment sends where: one or two versions whose shares total {@link WHOLE}. */
export type Split = readonly VersionShare[];

export interface RequestedShare {
  readonly version_id: string;
  readonly percentage: number;
}

export type SplitRefusal =
  | { readonly code: 'split_empty' }
  | { readonly code: 'split_too_many'; readonly count: number }
  | { readonly code: 'split_same_version_twice'; readonly versionId: string }
  | { readonly code: 'split_percentage_out_of_range'; readonly versionId: string; readonly percentage: number }
  | { readonly code: 'split_not_100'; readonly total: number };

export const MOST_VERSIONS_IN_A_SPLIT = 2;

/**
 * The split that was asked for, in whole thousandths. Clients round to three decimals and tolerate 0.001 in the total,
 * so a total within that is made exact on the larger share; anything else is refused.
 */
export const splitFrom = (requested: readonly RequestedShare[]): Result<Split, SplitRefusal> => {
  if (requested.length === 0) return refuse({ code: 'split_empty' });
  if (requested.length > MOST_VERSIONS_IN_A_SPLIT) return refuse({ code: 'split_too_many', count: requested.length });
  const [first, second] = requested;
  if (first !== undefined && first.version_id === second?.version_id) {
    return refuse({ code: 'split_same_version_twice', versionId: first.version_id });
  }
  for (const { version_id: versionId, percentage } of requested) {
    if (!(percentage >= 0 && percentage <= 100)) return refuse({ code: 'split_percentage_out_of_range', versionId, percentage });
  }
  const shares = requested.map(({ version_id, percentage }) => ({ versionId: version_id, share: Math.round(percentage * 1000) }));
  const total = shares.reduce((sum, { share }) => sum + share, 0);
  if (Math.abs(total - WHOLE) > 1) return refuse({ code: 'split_not_100', total: total / 1000 });
  return accept(madeExact(shares, WHOLE - total));
};

const madeExact = (shares: Split, missing: Share): Split => {
  const largest = Math.max(...shares.map(({ share }) => share));
  const index = shares.findIndex(({ share }) => share === largest);
  return shares.map((entry, at) => (at === index ? { ...entry, share: entry.share + missing } : entry));
};

export const percentageOf = (share: Share): number => share / 1000;

/** The version that answers everything, if there is one. */
export const soleVersion = (split: Split): string | undefined => split.find(({ share }) => share === WHOLE)?.versionId;
