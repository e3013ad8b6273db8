import type { Fact } from '../report.ts';
import type { Trace, TracedVersion } from '../trace.ts';
import type { Drops } from '../drops.ts';
import { Waiting } from './waiting.ts';

/** A trace and whose it is. */
export interface Told {
  readonly trace: Trace;
  readonly version: TracedVersion;
}

/** At least one of the two is there. */
export type Joined = (told: Told | undefined, fact: Fact | undefined) => void;

/** An edge tells facts ten times a second, those of answers that broke off once it is known why: a fifth of a second later. */
export const FACT_WITHIN_MS = 450;
/** As long as the runtime lets work go on after an answer (`waitUntil`), and some. */
export const TRACE_WITHIN_MS = 35_000;
const MOST_WAITING = 50_000;
/** How long it is remembered that a trace went on alone: its fact, should it still come, makes no second record. */
const WENT_ALONE_MS = 60_000;
/** What has no ray can be one where when it began or when it ended is not further apart: a process that had to start began late. */
const APART_MS = 1_000;
/** So near are both of one, and seldom those of two: nobody has to wait and see whether a nearer one comes. */
const NEAR_MS = 20;

/**
 * Brings together what a version's process and its edge tell of one invocation, whichever comes first. Neither waits for ever, and
 * neither is lost because the other never comes.
 */
export class Join {
  readonly #joined: Joined;
  readonly #drops: Drops;
  readonly #traces: Waiting<Told>;
  readonly #facts: Waiting<Fact>;
  readonly #alone: Waiting<Told>;

  constructor(joined: Joined, drops: Drops) {
    this.#joined = joined;
    this.#drops = drops;
    this.#traces = new Waiting(FACT_WITHIN_MS, MOST_WAITING);
    this.#facts = new Waiting(TRACE_WITHIN_MS, MOST_WAITING);
    this.#alone = new Waiting(WENT_ALONE_MS, MOST_WAITING);
  }

  trace(told: Told, now: number): void {
    const key = keyOfTrace(told);
    if (key === undefined) return this.#joined(told, undefined);
    const fact = this.#facts.takeNearest(key, (each) => apart(told, each, isNear));
    if (fact !== undefined) return this.#joined(told, fact);
    if (!this.#traces.add(key, told, now)) this.#drops.add('waiting_for_other_half');
  }

  fact(fact: Fact, now: number): void {
    const key = keyOfFact(fact);
    if (key === undefined) return this.#joined(undefined, fact);
    const told = this.#traces.takeNearest(key, (each) => apart(each, fact, isNear));
    if (told !== undefined) return this.#joined(told, fact);
    if (this.#alone.takeNearest(key, (each) => apart(each, fact, canBeOne)) !== undefined) return;
    if (!this.#facts.add(key, fact, now)) this.#drops.add('waiting_for_other_half');
  }

  /** Lets go on alone what has waited long enough. To be called often. */
  sweep(now: number): void {
    for (const [key, told] of this.#traces.expired(now)) {
      const fact = this.#facts.takeNearest(key, (each) => apart(told, each, canBeOne));
      if (fact === undefined) this.#alone.add(key, told, now);
      this.#joined(told, fact);
    }
    for (const [, fact] of this.#facts.expired(now)) this.#joined(undefined, fact);
    for (const _ of this.#alone.expired(now)) continue;
  }
}

const hasRay = (kind: string): boolean => kind !== 'scheduled' && kind !== 'queue';

type Together = (ofStart: number, ofEnd: number) => boolean;

const isNear: Together = (ofStart, ofEnd) => Math.max(ofStart, ofEnd) <= NEAR_MS;
const canBeOne: Together = (ofStart, ofEnd) => Math.min(ofStart, ofEnd) <= APART_MS;

/** How far apart they are; infinitely where they are not one. */
const apart = ({ trace }: Told, fact: Fact, areTogether: Together): number => {
  if (hasRay(fact.kind)) return 0;
  const ofStart = Math.abs((trace.eventTimestamp ?? trace.endedAt) - fact.at);
  const ofEnd = Math.abs(trace.endedAt - (fact.at + fact.wallMs));
  return areTogether(ofStart, ofEnd) ? ofStart + ofEnd : Infinity;
};

/**
 * Requests are known by their ray, which the Worker may hand on to its own objects: those are invocations of their own. What is no request
 * has none, and may run many at once: of the same version and kind those are one that began and ended nearest to each other.
 */
const keyOfTrace = ({ trace: { kind, event, durableObjectId }, version }: Told): string | undefined => {
  if (durableObjectId !== undefined) return undefined;
  if (!hasRay(kind)) return `${version.id} ${kind}`;
  const ray = rayIn(event);
  return ray === undefined ? undefined : `${version.id} ${ray}`;
};

const keyOfFact = ({ kind, versionId, ray, isTraced }: Fact): string | undefined => {
  if (!isTraced) return undefined;
  return hasRay(kind) ? `${versionId} ${ray}` : `${versionId} ${kind}`;
};

/** The edge gives each request that reaches a version its ray, and takes away what the visitor says. */
export const rayIn = (event: Trace['event']): string | undefined => {
  // What came from a process was checked to be JSON, and no further.
  const { request } = (event ?? {}) as { readonly request?: { readonly headers?: Readonly<Record<string, unknown>> } | null };
  const ray = request?.headers?.['cf-ray'];
  return typeof ray === 'string' && ray !== '' ? ray : undefined;
};
