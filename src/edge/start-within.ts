import type { RunningVersion, VersionPool } from './version-pool.ts';

/** A version's start took longer than requests are held. The start itself goes on. */
export class StartTookTooLong extends Error {
  override readonly name = 'StartTookTooLong';
}

/** The version once it answers, waited for within a bound. Throws the runtime's reason, or {@link StartTookTooLong}. */
export const startWithin = async (versions: VersionPool, versionId: string, timeoutMs: number): Promise<RunningVersion> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StartTookTooLong(`The version did not start within ${timeoutMs} ms.`)), timeoutMs);
  });
  try {
    return await Promise.race([versions.start(versionId), late]);
  } finally {
    clearTimeout(timer);
  }
};

/** How long the supervisor may take to notice that a process is gone. */
const NOTICE_MS = 1_000;

type End = Awaited<RunningVersion['exited']>;
type Hear = (end: End) => void;

/**
 * Who waits for the end of a process, by the promise of it, which hears of one listener in all: it keeps whoever listens for as long as
 * the process runs, and a version that breaks off its answers is waited for as often as it likes.
 */
const ends = new WeakMap<RunningVersion['exited'], Set<Hear>>();

const hearersOf = (exited: RunningVersion['exited']): Set<Hear> => {
  const known = ends.get(exited);
  if (known !== undefined) return known;
  const hearers = new Set<Hear>();
  ends.set(exited, hearers);
  void exited.then((end) => {
    ends.delete(exited);
    for (const hear of hearers) hear(end);
  });
  return hearers;
};

/** Resolves with its end once that of a process that does not answer has been noticed, or soon without. */
export const noticed = ({ exited }: RunningVersion, withinMs = NOTICE_MS): Promise<End | undefined> =>
  new Promise((resolve) => {
    const hearers = hearersOf(exited);
    const over = (end?: End): void => {
      clearTimeout(patience);
      hearers.delete(over);
      resolve(end);
    };
    const patience = setTimeout(over, withinMs);
    hearers.add(over);
  });

const RETRY_AFTER_S = 5;

/** The page for a failed start, and when to come back: the runtime says when only of what it does not try now, because it keeps failing. */
export const startFailed = (error: unknown): { readonly page: 'could_not_start' | 'keeps_failing'; readonly retryAfterS: number } => {
  const ms = error instanceof Error && 'retryAfterMs' in error ? error.retryAfterMs : undefined;
  return typeof ms === 'number'
    ? { page: 'keeps_failing', retryAfterS: Math.max(1, Math.ceil(ms / 1000)) }
    : { page: 'could_not_start', retryAfterS: RETRY_AFTER_S };
};
