import { lineageOf, WHOLE, type Share, type Split, type VersionShare } from '../split.ts';
import { Ages, servingIn, shareIn, type Numbers, type Told } from './service.ts';

export const STORY_KINDS = [
  /** A version gets its first share beside one that goes on. */
  'started',
  /** The newer version of a split gets more, up to all. */
  'raised',
  /** The newer version of a split gets less, or an older one gets a share again beside it. */
  'lowered',
  /** A version that had no share gets all traffic at once. */
  'deployed',
  /** All traffic goes back to a version that served before the one it leaves. */
  'rolled_back',
  'changed_secret',
  'changed_settings',
  /** The same versions with the same shares once more. */
  'repeated',
] as const;

export type StoryKind = (typeof STORY_KINDS)[number];

/** What a deployment did, as data: words are for whoever shows it. */
export interface Story {
  readonly kind: StoryKind;
  /** The version that it is about: what was started, raised or lowered, or what all traffic went to. */
  readonly versionId: string;
  /** Its share since. */
  readonly share: Share;
  /** Its share before; 0 where it had none. */
  readonly shareBefore: Share;
  /** The version that it shares traffic with, else that which it took the place of. */
  readonly otherId: string | undefined;
  /** Of a change of secrets or settings: the versions that stand for others since. */
  readonly replaced: readonly { readonly before: string; readonly after: string }[];
}

/**
 * What each deployment did, in the order they are given: newest first, each compared with the one after it. The oldest is told as the first
 * of its Worker, so that a part of a history should be given with the one before it.
 */
export const storyOf = (deployments: readonly Told[], numbers: Numbers = new Map()): readonly Story[] => {
  const ages = new Ages(numbers);
  const oldestFirst = deployments.toReversed();
  const stories = oldestFirst.map((deployment, at) => {
    const story = storyAfter(oldestFirst[at - 1], deployment, ages);
    ages.tell(deployment.split);
    return story;
  });
  return stories.toReversed();
};

const storyAfter = (before: Told | undefined, deployment: Told, ages: Ages): Story => {
  const { split, triggeredBy } = deployment;
  const main = mainOf(split);
  if (before === undefined) {
    const youngest = youngestOf(split, ages);
    return split.length === 1 || main.share === WHOLE ? told('deployed', main, undefined, []) : told('started', youngest, undefined, split);
  }
  if (isCarriedOver(before.split, deployment)) {
    const kind = triggeredBy === 'secret' ? 'changed_secret' : 'changed_settings';
    return { ...told(kind, main, main.share, split), replaced: replacedBetween(before.split, split) };
  }
  if (isSame(before.split, split)) return told('repeated', main, main.share, split);
  if (main.share === WHOLE) return storyOfWhole(before.split, deployment, main, ages);
  return triggeredBy === 'rollback'
    ? told('rolled_back', main, shareIn(before.split, main.versionId), split)
    : storyOfSplit(before.split, split, ages);
};

const storyOfWhole = (before: Split, { split, triggeredBy }: Told, target: VersionShare, ages: Ages): Story => {
  const left = servingIn(before).filter(({ versionId }) => versionId !== target.versionId);
  const shareBefore = shareIn(before, target.versionId);
  const isBack = ages.hasServed(target.versionId) && left.length > 0 && left.every((entry) => ages.isOlder(target, entry));
  // What had all traffic keeps it where a version at 0 % comes or goes.
  const beside = split.find(({ versionId }) => versionId !== target.versionId);
  if (left.length === 0) {
    const other = beside ?? before.find(({ versionId }) => versionId !== target.versionId);
    return told(beside === undefined ? 'lowered' : 'started', other ?? target, 0, [target]);
  }
  const kind = triggeredBy === 'rollback' || isBack ? 'rolled_back' : shareBefore > 0 ? 'raised' : 'deployed';
  return told(kind, target, shareBefore, [youngestOf(left, ages)]);
};

const storyOfSplit = (before: Split, split: Split, ages: Ages): Story => {
  const younger = youngestOf(split, ages);
  const other = split.find(({ versionId }) => versionId !== younger.versionId);
  const shareBefore = shareIn(before, younger.versionId);
  const wasThere = before.some(({ versionId }) => versionId === younger.versionId);
  if (wasThere && shareBefore !== younger.share)
    return told(younger.share > shareBefore ? 'raised' : 'lowered', younger, shareBefore, split);
  // The newer one keeps its share, and the one beside it is another than before.
  const came = split.find(({ versionId }) => !before.some((entry) => entry.versionId === versionId)) ?? younger;
  return told('started', came === other ? other : younger, 0, split);
};

const told = (kind: StoryKind, { versionId, share }: VersionShare, shareBefore: Share | undefined, split: Split): Story => ({
  kind,
  versionId,
  share,
  shareBefore: shareBefore ?? 0,
  otherId: split.find((entry) => entry.versionId !== versionId)?.versionId,
  replaced: [],
});

const mainOf = (split: Split): VersionShare => split.reduce((main, entry) => (entry.share > main.share ? entry : main));

const youngestOf = (split: Split, ages: Ages): VersionShare =>
  split.reduce((youngest, entry) => (ages.isOlder(youngest, entry) ? entry : youngest));

/** Where a change of secrets or settings put other versions in the place of these: each has the share and the lineage of the one before. */
const isCarriedOver = (before: Split, { split, triggeredBy }: Told): boolean =>
  triggeredBy !== 'deployment' &&
  triggeredBy !== 'rollback' &&
  before.length === split.length &&
  split.some(({ versionId }, at) => versionId !== before[at]?.versionId) &&
  split.every((entry, at) => {
    const replaced = before[at];
    return replaced !== undefined && replaced.share === entry.share && lineageOf(replaced) === lineageOf(entry);
  });

const replacedBetween = (before: Split, split: Split): Story['replaced'] =>
  split.flatMap(({ versionId }, at) => {
    const replaced = before[at]?.versionId;
    return replaced === undefined || replaced === versionId ? [] : [{ before: replaced, after: versionId }];
  });

const isSame = (before: Split, split: Split): boolean =>
  before.length === split.length &&
  split.every(({ versionId, share }) => before.some((entry) => entry.versionId === versionId && entry.share === share));
