import { readFileSync } from 'node:fs';
import { canReadProcesses, cpuMs, descendantsOf, endedChildrenCpuMs, TICKS_A_SECOND } from './processes.ts';

const LOOK_EVERY_MS = 1_000;

interface Look {
  readonly machine: number;
  /** What each living process of ours has used. */
  readonly living: ReadonlyMap<number, number>;
  /** The same in all, with the processes that ended and were waited for. */
  readonly ours: number;
}

/**
 * How many cores others used while a row was measured. The machine's load does not tell: it counts our own processes too.
 * A process that is killed together with its parent just before a look is not counted as ours to its end, so rows that kill
 * many show somewhat too much.
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
    this.#othersMs += Math.max(0, now.machine - before.machine - oursBetween(before, now));
  }
}

/** Neither count is ever too great: the sum loses what nobody waited for, the living lack those that ended. */
const oursBetween = (before: Look, now: Look): number => {
  let living = 0;
  for (const [pid, used] of now.living) living += used - (before.living.get(pid) ?? 0);
  return Math.max(living, now.ours - before.ours);
};

const look = (): Look => {
  const pids = [process.pid, ...descendantsOf(process.pid).map(({ pid }) => pid)];
  const living = new Map(pids.map((pid) => [pid, cpuMs(pid)]));
  const ours = pids.reduce((sum, pid) => sum + (living.get(pid) ?? 0) + endedChildrenCpuMs(pid), 0);
  return { machine: machineMs(), living, ours };
};

/** Processor time of all processes; interrupts, which loopback traffic causes, belong to none. */
const machineMs = (): number => {
  const [user = 0, nice = 0, system = 0, , , , , steal = 0] =
    readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/\s+/).slice(1).map(Number) ?? [];
  return ((user + nice + system + steal) * 1000) / TICKS_A_SECOND;
};
