import { readFileSync } from 'node:fs';
import { canReadProcesses, cpuMs, descendantsOf, TICKS_A_SECOND } from './processes.ts';

const LOOK_EVERY_MS = 1_000;

interface Look {
  readonly machine: number;
  readonly ours: ReadonlyMap<number, number>;
}

/**
 * How many cores others used while a row was measured. The machine's load does not tell: it counts our own processes too.
 * What ends between two looks is not counted as ours, so rows that start many processes show somewhat too much.
 */
export class Neighbours implements Disposable {
  readonly #startedAt = performance.now();
  readonly #timer: NodeJS.Timeout | undefined;
  #last: Look | undefined;
  #othersMs = 0;

  constructor() {
    if (!canReadProcesses) return;
    this.#last = look();
    this.#timer = setInterval(() => this.#lookAgain(), LOOK_EVERY_MS).unref();
  }

  /** Undefined where the machine does not tell. */
  coresUsed(): number | undefined {
    if (this.#last === undefined) return undefined;
    this.#lookAgain();
    return this.#othersMs / (performance.now() - this.#startedAt);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #lookAgain(): void {
    const [before, now] = [this.#last, look()];
    this.#last = now;
    if (before === undefined) return;
    let ours = 0;
    for (const [pid, used] of now.ours) ours += used - (before.ours.get(pid) ?? 0);
    this.#othersMs += Math.max(0, now.machine - before.machine - ours);
  }
}

const look = (): Look => {
  const pids = [process.pid, ...descendantsOf(process.pid).map(({ pid }) => pid)];
  return { machine: machineMs(), ours: new Map(pids.map((pid) => [pid, cpuMs(pid)])) };
};

/** Processor time of all processes; interrupts, which loopback traffic causes, belong to none. */
const machineMs = (): number => {
  const [user = 0, nice = 0, system = 0, , , , , steal = 0] =
    readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/\s+/).slice(1).map(Number) ?? [];
  return ((user + nice + system + steal) * 1000) / TICKS_A_SECOND;
};
