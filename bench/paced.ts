import { setTimeout as wait } from 'node:timers/promises';
import { Pool, type Dispatcher } from 'undici';
import { percentile } from './spread.ts';

export interface Target {
  readonly url: string;
  readonly host: string;
}

export interface Traffic {
  readonly rate: number;
  readonly connections: number;
}

/**
 * Visitors that come at a constant rate whether or not earlier ones were answered (an open loop): one that finds every
 * connection busy waits, and its waiting counts. Rates of autocannon come in bursts, a second's requests at its beginning,
 * so it cannot ask this question.
 */
export class PacedVisitors implements AsyncDisposable {
  readonly #pool: Pool;
  readonly #target: Target;
  readonly #rate: number;
  readonly #answered = new Set<Promise<void>>();
  #isOn = true;
  #sent = 0;
  #failed = 0;
  #latencies: number[] = [];
  readonly #pacing: Promise<void>;

  constructor(target: Target, { rate, connections }: Traffic) {
    this.#target = target;
    this.#rate = rate;
    this.#pool = new Pool(target.url, { connections, pipelining: 1, headersTimeout: 30_000 });
    this.#pacing = this.#pace();
  }

  get sent(): number {
    return this.#sent;
  }

  /** Requests without a whole answer of status 200. */
  get failed(): number {
    return this.#failed;
  }

  /** Milliseconds of every request since the last call. */
  takeLatencies(): readonly number[] {
    const taken = this.#latencies;
    this.#latencies = [];
    return taken;
  }

  /** Sends no more and waits for the answers that are outstanding. */
  async stop(): Promise<void> {
    this.#isOn = false;
    await this.#pacing;
    await Promise.all(this.#answered);
    await this.#pool.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOn) await this.stop();
  }

  async #pace(): Promise<void> {
    const startedAt = performance.now();
    while (this.#isOn) {
      const due = Math.floor(((performance.now() - startedAt) / 1000) * this.#rate);
      while (this.#sent < due) this.#send();
      await wait(1);
    }
  }

  #send(): void {
    this.#sent += 1;
    const { promise, resolve } = Promise.withResolvers<void>();
    const sentAt = performance.now();
    this.#answered.add(promise);
    const over = (isAnswered: boolean): void => {
      this.#latencies.push(performance.now() - sentAt);
      if (!isAnswered) this.#failed += 1;
      this.#answered.delete(promise);
      resolve();
    };
    this.#pool.dispatch({ path: '/', method: 'GET', headers: { host: this.#target.host } }, new Answer(over));
  }
}

class Answer implements Dispatcher.DispatchHandler {
  readonly #over: (isAnswered: boolean) => void;
  #status = 0;

  constructor(over: (isAnswered: boolean) => void) {
    this.#over = over;
  }

  onRequestStart(): void {}

  onResponseStart(_: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(): void {}

  onResponseEnd(): void {
    this.#over(this.#status === 200);
  }

  onResponseError(): void {
    this.#over(false);
  }
}

/** Milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/** Median and 99th percentile of one round at a constant rate, its first second apart. */
export const pacedRound = async (target: Target, traffic: Traffic, seconds: number): Promise<Percentiles> => {
  await using visitors = new PacedVisitors(target, traffic);
  await wait(1000);
  visitors.takeLatencies();
  await wait(seconds * 1000);
  await visitors.stop();
  if (visitors.failed > 0) throw new Error(`${visitors.failed} of ${visitors.sent} requests to ${target.url} failed.`);
  const latencies = visitors.takeLatencies();
  return { p50: percentile(latencies, 50), p99: percentile(latencies, 99) };
};
