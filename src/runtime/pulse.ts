import type { Silence } from './hang.ts';
import { probeAnswers } from './probe.ts';

/** Below this a process rests: a WebSocket nobody writes to must not cost ten questions a second. */
const AT_WORK_CPU_MS = 20;
const ASK_RESTING_MS = 1000;

/** Whether a process with requests still says anything: bytes of its answers, or else its probe, one question at a time. */
export class Pulse {
  readonly #probeSocket: string;
  readonly #cpuMs: () => number | undefined;
  #hasSpoken = false;
  #lastHeardAt = 0;
  #askedAt: number | undefined;
  /** CPU time at the beat that heard something last; undefined until the first beat. */
  #cpuBefore: number | undefined;
  #isFresh = true;

  /** `cpuMs`: CPU time of the thread that runs the version's code. */
  constructor(probeSocket: string, cpuMs: () => number | undefined) {
    this.#probeSocket = probeSocket;
    this.#cpuMs = cpuMs;
  }

  /** Something came from the process. Called for every piece of every answer. */
  heard(): void {
    this.#hasSpoken = true;
  }

  /** It was idle, and now has a request. */
  wake(now: number): void {
    this.#lastHeardAt = now;
    this.#isFresh = true;
  }

  /** Takes in what came since the last beat; where nothing did, asks the probe. */
  beat(now: number): Omit<Silence, 'requests'> {
    const cpuMs = this.#cpuMs();
    if (this.#hasSpoken) {
      this.#hasSpoken = false;
      this.#isFresh = false;
      this.#lastHeardAt = now;
      this.#cpuBefore = cpuMs;
      return { unansweredMs: undefined, usedCpuMs: 0 };
    }
    if (this.#isFresh) this.#cpuBefore = cpuMs;
    const usedCpuMs = cpuMs === undefined || this.#cpuBefore === undefined ? undefined : cpuMs - this.#cpuBefore;
    const isAtWork = this.#isFresh || usedCpuMs === undefined || usedCpuMs >= AT_WORK_CPU_MS;
    this.#isFresh = false;
    if (isAtWork || now - this.#lastHeardAt >= ASK_RESTING_MS) this.#ask(now);
    // What came after the question counts as its answer, although the question itself still waits in line behind requests.
    const unansweredMs = this.#askedAt === undefined ? undefined : now - Math.max(this.#askedAt, this.#lastHeardAt);
    return { unansweredMs, usedCpuMs };
  }

  #ask(now: number): void {
    if (this.#askedAt !== undefined) return;
    this.#askedAt = now;
    const answered = () => {
      this.#askedAt = undefined;
      this.#hasSpoken = true;
    };
    // A refused connection means that the process has ended, which its exit tells better.
    probeAnswers(this.#probeSocket).then(answered, answered);
  }
}
