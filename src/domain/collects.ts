/** What is kept of a Worker's invocations: its settings say so, not its versions. */
export interface Collects {
  /** Whether records of its invocations are kept. */
  readonly isKept: boolean;
  /** Share of the records that are kept, 0 to 1. */
  readonly sampleRate: number;
  /** Whether Logpush jobs get them. */
  readonly logpush: boolean;
}

/** Of a Worker's settings what this reads; the rest of `observability` is kept and shown. */
interface Settings {
  readonly logpush?: boolean | null | undefined;
  readonly observability?: Readonly<Record<string, unknown>> | null | undefined;
}

/**
 * Undefined where nothing is. `observability.logs` says more about logs than `observability` itself does, member by member
 * (https://developers.cloudflare.com/workers/wrangler/configuration/#observability).
 */
export const collectsOf = ({ logpush, observability }: Settings): Collects | undefined => {
  const whole = observability ?? {};
  const logs = isObject(whole['logs']) ? whole['logs'] : {};
  const isKept = (logs['enabled'] ?? whole['enabled']) === true;
  if (!isKept && logpush !== true) return undefined;
  const sampleRate = shareIn(logs['head_sampling_rate']) ?? shareIn(whole['head_sampling_rate']) ?? 1;
  return { isKept, sampleRate, logpush: logpush === true };
};

/** Whether two settings differ in what is kept. */
export const collectsOtherwise = (before: Settings, after: Settings): boolean => {
  const [one, other] = [collectsOf(before), collectsOf(after)];
  return one?.isKept !== other?.isKept || one?.sampleRate !== other?.sampleRate || one?.logpush !== other?.logpush;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const shareIn = (value: unknown): number | undefined => (typeof value === 'number' && value >= 0 && value <= 1 ? value : undefined);
