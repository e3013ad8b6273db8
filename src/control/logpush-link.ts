import { createHash, randomUUID } from 'node:crypto';
import { planLogpush, USUAL_LOGPUSH, type LogpushPlan } from '../domain/index.ts';
import { worldFault } from '../files/index.ts';
import type { LogpushOrder, LogpushState, ObserveClient, OrderedJob } from '../observe/index.ts';
import type { Commit, LogpushJob } from '../store/index.ts';
import type { Control } from './control.ts';
import { destinationOf } from './logpush.ts';

/** The process that sends may have started anew, and knows no destination then. */
const LOOK_EVERY_MS = 2_000;

interface LinkOptions extends Pick<Control, 'store' | 'vault'> {
  readonly observe: ObserveClient;
  readonly log: (event: string, detail: Readonly<Record<string, unknown>>) => void;
}

/**
 * Keeps the observe process told of what Logpush is to send and where to: at every change, and after it started anew. It reads
 * everything each time, so that nothing hangs on what it saw before.
 */
export class LogpushLink implements Disposable {
  readonly #options: LinkOptions;
  /** Of this control plane: an order of the one before is told again. */
  readonly #boot = randomUUID();
  readonly #ignoreCommits: () => void;
  #timer: NodeJS.Timeout | undefined;
  #telling: Promise<void> | undefined;
  #isToldAgain = false;
  /** Why it failed last. */
  #fault: string | undefined;
  /** What is wrong with single jobs, each said once. */
  readonly #faults = new Map<number, string>();

  constructor(options: LinkOptions) {
    this.#options = options;
    // Whether a Worker's invocations are sent is one of its settings.
    this.#ignoreCommits = options.store.onCommit(({ workers }: Commit) => {
      if (workers.size > 0) void this.tell();
    });
  }

  /** Looks from time to time whether the other side knows; does so at once too. */
  start(): void {
    this.#timer ??= setInterval(() => void this.tell(), LOOK_EVERY_MS);
    void this.tell();
  }

  /** Tells what is to be sent. Resolves once that is known there, or nobody answers there now, in which case it is told later. */
  async tell(): Promise<void> {
    if (this.#telling !== undefined) {
      this.#isToldAgain = true;
      return this.#telling;
    }
    this.#telling = this.#tellUntilSettled();
    return this.#telling;
  }

  /** How the jobs do; undefined while nobody answers. */
  async state(withinMs?: number): Promise<LogpushState | undefined> {
    const time = withinMs === undefined ? {} : { withinMs };
    return this.#options.observe.read<LogpushState>({ path: '/logpush/state', ...time }).catch((error: unknown) => {
      if (worldFault(error) === undefined) throw error;
      return undefined;
    });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#ignoreCommits();
  }

  async #tellUntilSettled(): Promise<void> {
    do {
      this.#isToldAgain = false;
      await this.#tellOnce().catch((error: unknown) => {
        if (worldFault(error) === undefined) this.#failed(String(error));
      });
    } while (this.#isToldAgain);
    // At once, so that nobody waits for a telling that will not be.
    this.#telling = undefined;
  }

  /** It is tried again every few seconds, and each reason is logged once. */
  #failed(reason: string): void {
    if (reason !== this.#fault) this.#options.log('what Logpush sends could not be told', { error: reason });
    this.#fault = reason;
  }

  async #tellOnce(): Promise<void> {
    const order = await this.#order();
    const state = await this.#options.observe.read<LogpushState>({ path: '/logpush/state' });
    if (state === undefined || state.revision === order.revision) return;
    await this.#options.observe.read({ method: 'PUT', path: '/logpush/order', body: order });
  }

  async #order(): Promise<LogpushOrder> {
    const { store } = this.#options;
    const jobs = await store.read.logpush.all();
    // A commit between the two readings has it told once more.
    const workers = jobs.length === 0 ? [] : await store.read.workers.all();
    const pushed = workers.filter(({ settings }) => settings.logpush === true);
    const content = {
      jobs: jobs.map((job) => this.#ordered(job)),
      scripts: Object.fromEntries(pushed.map(({ name, settings }) => [name, settings.tags ?? []])),
    };
    const revision = createHash('sha256').update(this.#boot).update(JSON.stringify(content)).digest('hex');
    return { revision, ...content };
  }

  /** A job that cannot be carried out as it is sends nothing, and keeps what waits. */
  #ordered(job: LogpushJob): OrderedJob {
    const { id, settings } = job;
    const plan = planLogpush(settings);
    const destination = settings.isEnabled ? destinationOf(this.#options, job) : null;
    const fault = plan.ok
      ? destination === undefined
        ? 'its destination cannot be opened'
        : undefined
      : 'its settings are not valid any more';
    if (fault !== undefined && this.#faults.get(id) !== fault) {
      this.#options.log('a Logpush job sends nothing', { job: id, error: fault, ...(plan.ok ? {} : { refusal: plan.refusal }) });
    }
    if (fault === undefined) this.#faults.delete(id);
    else this.#faults.set(id, fault);
    return { id, plan: plan.ok ? plan.value : usualPlan(), isEnabled: plan.ok && settings.isEnabled, destination: destination ?? null };
  }
}

const usualPlan = (): LogpushPlan => {
  const plan = planLogpush(USUAL_LOGPUSH);
  if (!plan.ok) throw new Error('The usual settings of Logpush are not valid.');
  return plan.value;
};
