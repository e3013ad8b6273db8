export interface HangSettings {
  /**
   * How much CPU time a process may use without a word, where its version sets no `limits.cpu_ms`: Cloudflare's default. With many
   * requests at once, each of them with a limit below it, no more than this all together.
   */
  readonly silentCpuMs: number;
  /** How long it may be silent without using the processor. */
  readonly hangMs: number;
  /** How often a process with requests is looked at. */
  readonly beatMs: number;
}

/** https://developers.cloudflare.com/workers/platform/limits/#cpu-time */
export const DEFAULT_HANG: HangSettings = {
  silentCpuMs: 30_000,
  hangMs: 10_000,
  beatMs: 100,
};

/** A process with requests from which nothing came: no byte of an answer, and no word of its probe. */
export interface Silence {
  /** How long its probe was asked in vain; undefined while it is not asked. */
  readonly unansweredMs: number | undefined;
  /** CPU time that it used meanwhile; undefined where the machine does not tell. */
  readonly usedCpuMs: number | undefined;
  readonly requests: number;
}

export interface Hung {
  readonly fault: 'cpu' | 'silence';
  readonly reason: string;
}

/** Below this share of the time, a process is blocked or stopped rather than at work. */
const RESTING = 0.1;

/**
 * Why a silent process counts as hung, if it does. Work that is bound by the processor is legal up to the version's limit of
 * CPU time, so the clock alone decides only where a process does not even work, or where nobody can tell. workerd answers none of
 * the requests that came together before it has run the code of all (2026-11, tried), so each of them brings its own limit.
 */
export const whyHung = (
  { unansweredMs, usedCpuMs, requests }: Silence,
  limitMs: number | undefined,
  settings: HangSettings,
): Hung | undefined => {
  if (unansweredMs === undefined || unansweredMs < settings.beatMs) return undefined;
  const { hangMs, silentCpuMs } = settings;
  const ownMs = limitMs ?? silentCpuMs;
  const allowedMs = Math.max(ownMs, Math.min(ownMs * requests, silentCpuMs));
  if (usedCpuMs === undefined) {
    return unansweredMs >= Math.max(hangMs, allowedMs) ? notFor(unansweredMs) : undefined;
  }
  if (usedCpuMs >= allowedMs)
    return {
      fault: 'cpu',
      reason: `It used ${Math.round(usedCpuMs)} ms of CPU time without an answer, more than the ${allowedMs} ms it may with ${requests} ${requests === 1 ? 'request' : 'requests'}.`,
    };
  return unansweredMs >= hangMs && usedCpuMs < unansweredMs * RESTING ? notFor(unansweredMs) : undefined;
};

const notFor = (ms: number): Hung => ({
  fault: 'silence',
  reason: `It did not answer for ${Math.round(ms / 100) / 10} s while it had requests.`,
});
