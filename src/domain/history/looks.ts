import { WHOLE } from '../split.ts';
import { servicesIn, servingIn, type Numbers, type Service, type Told } from './service.ts';
import { storyOf, type Story } from './story.ts';

/**
 * How a version looks beside the others of its Worker: of the latest rollout, settled, no longer serving, left by a rollback, never
 * in traffic. On one screen a version has one look.
 */
export const LOOKS = ['new', 'stable', 'past', 'back', 'idle'] as const;
export type Look = (typeof LOOKS)[number];

/** How long a version that has all traffic is still the new one: what changed stays visible through the next shift. */
export const NEW_FOR_MS = 24 * 60 * 60_000;

/** Which version is being rolled out, and which it shares with or replaced. */
interface Rollout {
  readonly fresh: string | undefined;
  readonly settled: string | undefined;
  /** Since when the new one has all traffic. */
  readonly wholeSince: string | undefined;
}

const NOTHING: Rollout = { fresh: undefined, settled: undefined, wholeSince: undefined };

/** What was told of deployments already. */
interface Retold {
  readonly stories: readonly Story[];
  readonly services: ReadonlyMap<string, Service>;
}

/**
 * The look of each of these versions and of all that the deployments name, derived from them alone. They come newest first; `now` is in
 * milliseconds since 1970. Whoever has their stories and services gives them, so that a long history is not gone through twice.
 */
export const looksOf = (
  deployments: readonly Told[],
  now: number,
  versionIds: readonly string[] = [],
  numbers: Numbers = new Map(),
  { stories, services }: Retold = { stories: storyOf(deployments, numbers), services: servicesIn(deployments) },
): ReadonlyMap<string, Look> => {
  const { fresh, settled } = latestRollout(deployments, stories, now);
  const endings = new Set(deployments.flatMap(({ createdOn }, at) => (stories[at]?.kind === 'rolled_back' ? [createdOn] : [])));
  const named = new Set(deployments.flatMap(({ split }) => split.map(({ versionId }) => versionId)));
  const serving = new Set(servingIn(deployments[0]?.split ?? []).map(({ versionId }) => versionId));
  const lookOf = (id: string): Look => {
    const service = services.get(id);
    if (id === fresh) return 'new';
    if (id === settled || serving.has(id)) return 'stable';
    if (service === undefined) return 'idle';
    return service.until !== undefined && endings.has(service.until) ? 'back' : 'past';
  };
  return new Map([...named, ...versionIds].map((id) => [id, lookOf(id)]));
};

const latestRollout = (deployments: readonly Told[], stories: readonly Story[], now: number): Rollout => {
  const rollout = deployments.reduceRight((state, deployment, at) => rolledOn(state, deployment, stories[at]), NOTHING);
  const { fresh, settled, wholeSince } = rollout;
  if (wholeSince === undefined || now - Date.parse(wholeSince) < NEW_FOR_MS) return rollout;
  return { fresh: undefined, settled: fresh ?? settled, wholeSince: undefined };
};

const rolledOn = (state: Rollout, { createdOn, split }: Told, story: Story | undefined): Rollout => {
  if (story === undefined) return state;
  const { kind, versionId, otherId } = story;
  const isWhole = (id: string | undefined): boolean => split.some((entry) => entry.versionId === id && entry.share === WHOLE);
  switch (kind) {
    case 'rolled_back':
      // Of a split that a rollback brought back, the one beside is being rolled out again.
      return { ...NOTHING, fresh: split.find((entry) => entry.versionId !== versionId)?.versionId, settled: versionId };
    case 'changed_secret':
    case 'changed_settings': {
      const after = (id: string | undefined): string | undefined => story.replaced.find(({ before }) => before === id)?.after ?? id;
      return { ...state, fresh: after(state.fresh), settled: after(state.settled) };
    }
    case 'repeated':
      return state;
    case 'lowered':
      // One at 0 % that was taken out is the new one no longer.
      return split.some((entry) => entry.versionId === versionId)
        ? { fresh: versionId, settled: otherId, wholeSince: undefined }
        : { ...NOTHING, settled: otherId };
    case 'started':
    case 'raised':
    case 'deployed':
      return { fresh: versionId, settled: otherId, wholeSince: isWhole(versionId) ? createdOn : undefined };
  }
};
