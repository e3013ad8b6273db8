/** Times are milliseconds of one clock; every limit is in milliseconds unless its name says otherwise. */
export interface LifecycleSettings {
  /** How long a version that no deployment names stays loaded after its last request, so that a rollback swaps at once. */
  readonly warmMs: number;
  /** So many of a Worker's versions stay loaded like that; a rollback seldom goes back further. */
  readonly mostWarm: number;
  /** How long an active version may be without requests before it is stopped; 0 = for ever. */
  readonly idleMs: number;
  /** How long work may go on after a response. Never stopped sooner (https://developers.cloudflare.com/workers/runtime-apis/context/#waituntil). */
  readonly waitUntilGraceMs: number;
  readonly memoryLimitMb: number;
  /** How often a running process is looked at. */
  readonly watchMs: number;
}

export const DEFAULT_LIFECYCLE: LifecycleSettings = {
  warmMs: 60 * 60_000,
  mostWarm: 10,
  idleMs: 10 * 60_000,
  waitUntilGraceMs: 30_000,
  memoryLimitMb: 512,
  watchMs: 1000,
};

/** What a tracer may need under full load beside the version, which has as much room as without one. */
export const TRACER_MB = 192;

/** What is known about a version's process at one moment. */
export type Situation =
  | {
      readonly state: 'ready';
      readonly isActive: boolean;
      /** Enough versions of its Worker that were needed later than this one are kept warm. */
      readonly isSurplus: boolean;
      /** It runs exactly while it is active: before its successor may start it has to end (I5). */
      readonly ownsObjects: boolean;
      readonly inFlight: number;
      readonly idleSince: number;
      readonly residentBytes: number | undefined;
      readonly isTraced: boolean;
      /** When another of the same version is to be started that takes over from it; undefined where none is to. */
      readonly succeedAt: number | undefined;
    }
  | { readonly state: 'backing_off'; readonly isActive: boolean; readonly retryAt: number };

/** What to do about it, and when to look again if that is nothing. */
export type Step =
  | { readonly act: 'wait'; readonly lookAgainAt: number }
  | { readonly act: 'start' }
  | { readonly act: 'drain' }
  | { readonly act: 'forget' }
  | { readonly act: 'succeed' }
  | { readonly act: 'replace'; readonly reason: string };

export const nextStep = (situation: Situation, settings: LifecycleSettings, now: number): Step =>
  situation.state === 'ready' ? nextWhileReady(situation, settings, now) : nextWhileBackingOff(situation, now);

type Ready = Extract<Situation, { state: 'ready' }>;
type BackingOff = Extract<Situation, { state: 'backing_off' }>;

const nextWhileReady = (process: Ready, settings: LifecycleSettings, now: number): Step => {
  if (process.ownsObjects && !process.isActive) return { act: 'drain' };
  const sickness = sicknessOf(process, settings);
  if (sickness !== undefined) return { act: 'replace', reason: sickness };
  const stopAt = stopTime(process, settings);
  if (now >= stopAt) return { act: 'drain' };
  const { succeedAt = Infinity } = process;
  if (now >= succeedAt) return { act: 'succeed' };
  return { act: 'wait', lookAgainAt: Math.min(now + settings.watchMs, stopAt, succeedAt) };
};

const stopTime = (process: Ready, settings: LifecycleSettings): number =>
  process.inFlight > 0 || process.ownsObjects
    ? Infinity
    : process.idleSince + Math.max(idleLimit(process, settings), settings.waitUntilGraceMs);

const idleLimit = ({ isActive, isSurplus }: Ready, { idleMs, warmMs }: LifecycleSettings): number => {
  if (!isActive) return isSurplus ? 0 : warmMs;
  return idleMs === 0 ? Infinity : idleMs;
};

const MB = 1024 * 1024;

export const sicknessOf = (
  { residentBytes, isTraced }: Pick<Ready, 'residentBytes' | 'isTraced'>,
  { memoryLimitMb }: LifecycleSettings,
): string | undefined => {
  const mostMb = memoryLimitMb + (isTraced ? TRACER_MB : 0);
  return residentBytes !== undefined && residentBytes > mostMb * MB
    ? `It used ${Math.round(residentBytes / MB)} MB of memory, more than the ${mostMb} MB it may.`
    : undefined;
};

/** How long failures of a version that nobody needs are remembered beyond their back-off. */
const FORGET_AFTER_MS = 60_000;

const nextWhileBackingOff = ({ isActive, retryAt }: BackingOff, now: number): Step => {
  if (isActive) return now >= retryAt ? { act: 'start' } : { act: 'wait', lookAgainAt: retryAt };
  const forgetAt = retryAt + FORGET_AFTER_MS;
  return now >= forgetAt ? { act: 'forget' } : { act: 'wait', lookAgainAt: forgetAt };
};

/** A version that is loaded and idle although no deployment names it. */
export interface Warm {
  readonly versionId: string;
  readonly script: string;
  /** When it left its deployment or served its last request, whichever came later. */
  readonly neededUntil: number;
}

/** Those beyond the most recent ones of their Workers. */
export const surplusOf = (warm: readonly Warm[], mostWarm: number): ReadonlySet<string> => {
  const counts = new Map<string, number>();
  const surplus = new Set<string>();
  for (const { versionId, script } of warm.toSorted((a, b) => b.neededUntil - a.neededUntil)) {
    const count = (counts.get(script) ?? 0) + 1;
    counts.set(script, count);
    if (count > mostWarm) surplus.add(versionId);
  }
  return surplus;
};
