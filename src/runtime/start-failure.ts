/**
 * Why a version does not run:
 * - `threw`: its code failed while it was evaluated (also: syntax errors, modules that do not exist);
 * - `cpu_exceeded`, `timed_out`, `out_of_memory`: it went over a limit of the start;
 * - `no_such_runtime_feature`: a compatibility date or flag that this workerd does not have or does not allow;
 * - `nothing_registered`: it has no handlers, entrypoints or classes;
 * - `quarantined`: a stored module no longer has the bytes it was stored with (I1);
 * - `backing_off`: it failed repeatedly a moment ago and is not tried again before `retryAfterMs`;
 * - `superseded`: another version of its Worker is deployed, and only that one may run;
 * - `stopped`: we are shutting down;
 * - `not_started`: the machine or the runtime failed, the version may be fine.
 */
export type StartFailureKind =
  | 'threw'
  | 'cpu_exceeded'
  | 'timed_out'
  | 'out_of_memory'
  | 'no_such_runtime_feature'
  | 'nothing_registered'
  | 'quarantined'
  | 'backing_off'
  | 'superseded'
  | 'stopped'
  | 'not_started';

/** The message is for the author of the Worker: in workerd's own words where it spoke. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
  readonly kind: StartFailureKind;
  /** Only of `backing_off`: milliseconds until it is tried again. */
  readonly retryAfterMs: number | undefined;

  constructor(kind: StartFailureKind, message: string, options: { readonly cause?: unknown; readonly retryAfterMs?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** A version that may not run, because its Worker owns Durable Objects and another of its versions, or none, is deployed. */
export class Superseded extends StartFailure {
  readonly script: string;
  /** What was to be started: a version, or two together. */
  readonly unitId: string;

  constructor(script: string, unitId: string) {
    super('superseded', `Only the deployed version of ${script} runs, because its Durable Objects have one owner.`);
    this.script = script;
    this.unitId = unitId;
  }
}

/** Whatever was thrown on the way to a running version, as the reason why there is none. */
export const asStartFailure = (failure: unknown): StartFailure => {
  if (failure instanceof StartFailure) return failure;
  if (failure instanceof Error && failure.name === 'AbortError') return new StartFailure('stopped', 'The edge is shutting down.');
  return new StartFailure('not_started', failure instanceof Error ? failure.message : String(failure), { cause: failure });
};

/** What workerd wrote before it ended, told as the reason why the version did not start. */
export const failureFrom = (stderr: string, ending: string): StartFailure => {
  const said = complaintsIn(stderr);
  const uncaught = said.find((text) => text.startsWith('Uncaught '));
  if (uncaught !== undefined) return new StartFailure('threw', uncaught);
  const feature = said.find((text) => RUNTIME_FEATURE.test(text));
  if (feature !== undefined)
    return new StartFailure('no_such_runtime_feature', feature.replace(HOW_WORKERD_WOULD, 'Switchback accepts no experimental flags.'));
  if (ranOutOfMemory(stderr)) return new StartFailure('out_of_memory', 'Script startup exceeded memory limits.');
  const nothing = said.find((text) => text.startsWith('No event handlers were registered.'));
  if (nothing !== undefined) return new StartFailure('nothing_registered', nothing);
  const last = said.at(-1) ?? stderr.trim().split('\n').at(-1);
  return new StartFailure('not_started', `The runtime ${ending} before the version answered${last ? `: ${last}` : '.'}`);
};

/** workerd 2026-11 starts each complaint about a service with its name, and goes on over the next lines with the stack. */
const complaintsIn = (stderr: string): string[] =>
  stderr
    .split(/^service (?:main(?::[-0-9a-f]+)?|owner): /m)
    .slice(1)
    .map((text) => text.trim())
    .filter((text) => !ADVICE.test(text));

const ADVICE = /became the default as of/;
const RUNTIME_FEATURE = /compatibility (flag|date)/i;
/** An advice for people who start workerd themselves. */
const HOW_WORKERD_WOULD = /To use this flag, you must pass --experimental on the command line\.$/;
/** Whether a process ended because the heap of its JavaScript was full, by what it wrote last. */
export const ranOutOfMemory = (stderr: string): boolean => OUT_OF_MEMORY.test(stderr);

const OUT_OF_MEMORY = /heap out of memory|allocation failed|Out of memory/;
