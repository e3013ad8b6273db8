import { Tally, type Count, type CpuCount, type Fact, type InvocationKind, type Outcome, type PickReason } from '../../observe/index.ts';
import { newRay } from '../ray.ts';
import { noticed } from '../start-within.ts';
import type { RunningVersion } from '../version-pool.ts';
import { FactQueue } from './fact-queue.ts';
import { outcomeOfBreak, type EndOutcome } from './outcomes.ts';
import { ProcessorTime } from './processor-time.ts';

/** What of a request its edge alone knows. */
export interface RequestFacts {
  readonly host: string;
  /** With the query. */
  readonly path: string;
  readonly clientIp: string | undefined;
  /** The one that the Worker sees: its trace is found by it. */
  readonly ray: string | undefined;
}

/** One invocation that is over, as whoever carried it tells. */
export interface Ended {
  readonly kind: InvocationKind;
  readonly script: string;
  readonly versionId: string;
  /** Where it ran; undefined where nothing was there to run it, or it was not let in. */
  readonly process: RunningVersion | undefined;
  /** By the clock of `performance.now()`. */
  readonly startedAt: number;
  readonly outcome: EndOutcome;
  readonly why: PickReason;
  readonly status?: number | undefined;
  readonly method?: string | undefined;
  readonly request?: RequestFacts | undefined;
}

/** A process whose connections break has ended by then, if that is why. */
const ENDED_WITHIN_MS = 200;
/** Mostly it has by then already. Of one that runs the trace does not wait much longer for what its edge tells. */
const TOLD_WITHIN_MS = 50;
/** Whoever asks every second is not to miss one of two. */
const CPU_EVERY_MS = 950;

/**
 * What this edge sees of every invocation. All are counted. Facts are kept of what is traced for somebody, and of failures that no trace
 * will tell of. Nothing else happens on the way of a request; what is made of it happens when it is taken.
 */
export class Invocations {
  readonly #tally = new Tally();
  readonly #processorTime = new ProcessorTime();
  readonly #facts: FactQueue;
  #cpuReadAt = 0;
  readonly #breaking = new Set<Promise<void>>();
  /** The Workers of whose invocations somebody wants more than outcomes. */
  collected: ReadonlySet<string> = new Set();
  /** A fact waits, and none did. */
  onFact: () => void = () => undefined;

  constructor(facts = new FactQueue()) {
    this.#facts = facts;
  }

  get waitingFacts(): number {
    return this.#facts.size;
  }

  get droppedFacts(): number {
    return this.#facts.dropped;
  }

  ended(invocation: Ended): void {
    const { outcome, startedAt } = invocation;
    const wallMs = performance.now() - startedAt;
    const now = Date.now();
    if (outcome === 'broke_off') return this.#brokeOff(invocation, wallMs, now);
    this.#count(invocation, outcome, wallMs, now);
    this.#tell(invocation, outcome, wallMs, now, this.#isTraced(invocation));
  }

  takeCounts(): readonly Count[] {
    return this.#tally.take();
  }

  /** What facts share that are taken next: that is read once a second, and for the last time. */
  takeCpu(isLast = false): readonly CpuCount[] {
    const now = Date.now();
    if (!isLast && Math.abs(now - this.#cpuReadAt) < CPU_EVERY_MS) return [];
    this.#cpuReadAt = now;
    return this.#processorTime.read(now);
  }

  takeFacts(most: number): readonly Fact[] {
    return this.#facts.take(most).map(({ fact, process }) => {
      const cpuMs = process && this.#processorTime.shareOf(process);
      return cpuMs === undefined ? fact : Object.assign(fact, { cpuMs });
    });
  }

  takeDropped(): number {
    return this.#facts.takeDropped();
  }

  /** Resolves when of all that is over it is known how it ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#breaking);
  }

  /** A process may have a tracer though nobody wants anything of its Worker: then that tells nothing a fact could be joined to. */
  #isTraced({ process, script }: Ended): boolean {
    return process?.isTraced === true && this.collected.has(script);
  }

  #brokeOff(invocation: Ended, wallMs: number, now: number): void {
    const breaking = this.#broken(invocation, wallMs, now).finally(() => this.#breaking.delete(breaking));
    this.#breaking.add(breaking);
  }

  async #broken(invocation: Ended, wallMs: number, now: number): Promise<void> {
    const { process } = invocation;
    if (process === undefined) {
      this.#tell(invocation, 'unknown', wallMs, now, false);
      return this.#count(invocation, 'unknown', wallMs, now);
    }
    const isTraced = this.#isTraced(invocation);
    let ending = await noticed(process, isTraced ? TOLD_WITHIN_MS : ENDED_WITHIN_MS);
    // No trace will come from a process that has ended.
    this.#tell(invocation, outcomeOfBreak(ending), wallMs, now, isTraced && ending === undefined);
    if (isTraced) ending ??= await noticed(process, ENDED_WITHIN_MS - TOLD_WITHIN_MS);
    this.#count(invocation, outcomeOfBreak(ending), wallMs, Date.now());
  }

  #count({ script, versionId, kind, status, process }: Ended, outcome: Outcome, wallMs: number, now: number): void {
    this.#tally.count(script, versionId, kind, status, outcome, wallMs, now);
    if (process !== undefined) this.#processorTime.served(process, script);
  }

  #tell(invocation: Ended, outcome: Outcome, wallMs: number, now: number, isTraced: boolean): void {
    const isTold = isTraced ? isJoined(invocation) : isFailure(outcome);
    if (!isTold || !this.#facts.admits(invocation.script, isTraced, now)) return;
    this.#facts.add({ fact: factOf(invocation, outcome, wallMs, isTraced, now), process: invocation.process });
    if (this.#facts.size === 1) this.onFact();
  }
}

/** Whether its fact finds its trace: by the ray, or by the order in which a version was called. Any other would become a second record. */
const isJoined = ({ kind, request }: Ended): boolean => request?.ray !== undefined || kind === 'scheduled' || kind === 'queue';

/** A visitor who leaves is none of the version's. An answer of 500 that a version made itself is one, and told of where it is traced. */
const isFailure = (outcome: Outcome): boolean => outcome !== 'ok' && outcome !== 'canceled' && outcome !== 'responseStreamDisconnected';

const factOf = (
  { kind, script, versionId, why, status, method, request }: Ended,
  outcome: Outcome,
  wallMs: number,
  isTraced: boolean,
  now: number,
): Omit<Fact, 'cpuMs'> => ({
  ray: request?.ray ?? newRay(),
  script,
  versionId,
  kind,
  at: Math.round(now - wallMs),
  wallMs,
  outcome,
  why,
  ...(status === undefined ? {} : { status }),
  ...(method === undefined ? {} : { method }),
  ...(request === undefined ? {} : { url: urlOf(request) }),
  ...(request?.clientIp === undefined ? {} : { clientIp: request.clientIp }),
  isTraced,
});

const MOST_URL = 1_024;

const urlOf = ({ host, path }: RequestFacts): string => {
  const query = path.indexOf('?');
  return (host + (query === -1 ? path : path.slice(0, query))).slice(0, MOST_URL);
};
