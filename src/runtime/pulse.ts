import { probeAnswers } from './probe.ts';

/** Whether a process still answers, asked through its probe while it has work; one question at a time. */
export class Pulse {
  readonly #probeSocket: string;
  #unansweredSince: number | undefined;

  constructor(probeSocket: string) {
    this.#probeSocket = probeSocket;
  }

  /** Since when the open question waits for its answer. A process that loops answers nothing. */
  get unansweredSince(): number | undefined {
    return this.#unansweredSince;
  }

  ask(now: number): void {
    if (this.#unansweredSince !== undefined) return;
    this.#unansweredSince = now;
    const over = () => {
      this.#unansweredSince = undefined;
    };
    // A refused connection means that the process has ended, which its exit tells better.
    probeAnswers(this.#probeSocket).then(over, over);
  }
}
