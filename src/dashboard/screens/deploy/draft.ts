import { WHOLE, type Share, type VersionShare } from '../../../domain/index.ts';
import { nextStep, restOf } from './shares.ts';

/** What is going to be deployed, as the form has it. The other version is remembered while the new one has everything. */
export interface Draft {
  readonly newId: string;
  readonly otherId: string | undefined;
  /** Of the new version. */
  readonly share: Share;
}

type Serving = readonly Pick<VersionShare, 'versionId' | 'share'>[];

export const shareIn = (split: Serving, versionId: string | undefined): Share =>
  split.find((entry) => entry.versionId === versionId)?.share ?? 0;

/** The split that is asked for: with all of it the new version stands alone. */
export const splitOf = ({ newId, otherId, share }: Draft): Serving =>
  share === WHOLE || otherId === undefined
    ? [{ versionId: newId, share: WHOLE }]
    : [
        { versionId: newId, share },
        { versionId: otherId, share: restOf(share) },
      ];

export const isSame = (one: Serving, other: Serving): boolean =>
  one.length === other.length &&
  one.every(({ versionId, share }) => other.some((each) => each.versionId === versionId && each.share === share));

const mostServed = (active: Serving, without: string): string | undefined =>
  active.filter(({ versionId }) => versionId !== without).toSorted((a, b) => b.share - a.share)[0]?.versionId;

/**
 * What the form proposes: the newest version, or the one it was opened for, a step further than it is. `newestFirst` are all that may be
 * deployed; undefined where there is none.
 */
export const proposed = (active: Serving, newestFirst: readonly string[], wanted: string | undefined): Draft | undefined => {
  const isSplit = active.length > 1;
  const newer = newestFirst.find((id) => !isSplit || active.some(({ versionId }) => versionId === id));
  const newId = newestFirst.find((id) => id === wanted) ?? newer ?? active[0]?.versionId;
  if (newId === undefined) return undefined;
  const otherId = mostServed(active, newId);
  return { newId, otherId, share: otherId === undefined ? WHOLE : nextStep(shareIn(active, newId)) };
};

export const withNew = (draft: Draft, newId: string, active: Serving): Draft => {
  if (newId === draft.otherId) return swapped(draft);
  return { ...draft, newId, otherId: draft.otherId ?? mostServed(active, newId) };
};

/** None of the other: the new one gets everything. */
export const withOther = (draft: Draft, otherId: string | undefined, active: Serving): Draft => {
  if (otherId === undefined) return { ...draft, share: WHOLE };
  if (otherId === draft.newId) return draft.otherId === undefined ? draft : swapped(draft);
  return { ...draft, otherId, share: draft.share === WHOLE ? nextStep(shareIn(active, draft.newId) % WHOLE) : draft.share };
};

/** The versions change places, and each keeps its share. */
export const swapped = ({ newId, otherId, share }: Draft): Draft =>
  otherId === undefined ? { newId, otherId, share } : { newId: otherId, otherId: newId, share: restOf(share) };
