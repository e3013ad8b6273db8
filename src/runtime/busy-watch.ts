import { whyHung, type HangSettings, type Hung } from './hang.ts';
import type { VersionProcess } from './version-process.ts';

/** Looks at the processes that have requests, and at no others, every beat: a process that hangs is noticed within two. */
export class BusyWatch {
  readonly #settings: HangSettings;
  readonly #onHung: (process: VersionProcess, hung: Hung) => void;
  readonly #busy = new Set<VersionProcess>();
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: HangSettings, onHung: (process: VersionProcess, hung: Hung) => void) {
    this.#settings = settings;
    this.#onHung = onHung;
  }

  /** This process had no requests and now has one. */
  add(process: VersionProcess): void {
    process.pulse.wake(Date.now());
    this.#busy.add(process);
    this.#timer ??= setInterval(() => this.#beat(), this.#settings.beatMs).unref();
  }

  #beat(): void {
    const now = Date.now();
    for (const process of this.#busy) {
      const hung = process.inFlight === 0 || process.hasEnded ? undefined : this.#whyHung(process, now);
      if (hung !== undefined) this.#onHung(process, hung);
      if (hung !== undefined || process.inFlight === 0 || process.hasEnded) this.#busy.delete(process);
    }
    if (this.#busy.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #whyHung({ pulse, versions, inFlight }: VersionProcess, now: number): Hung | undefined {
    // Of two versions in one process nobody knows which is at work.
    const limits = versions.map(({ spec }) => spec.limits.cpu_ms ?? this.#settings.silentCpuMs);
    return whyHung({ ...pulse.beat(now), requests: inFlight }, Math.max(...limits), this.#settings);
  }
}
