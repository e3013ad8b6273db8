import { request } from 'node:http';
import type { Split } from '../domain/index.ts';

/** Which share of the objects each version of a process has, and the way to change it: nothing else has to change with it. */
export class ObjectShares {
  readonly #socketPath: string;
  readonly #withinMs: number;
  #wanted: Split;
  #taken: Split;
  #taking: Promise<void> | undefined;

  /** `withinMs`: it answers once every object that changed its version has been reset, or after 2 s; longer than this it hangs. */
  constructor(socketPath: string, initial: Split, withinMs: number) {
    this.#socketPath = socketPath;
    this.#withinMs = withinMs;
    this.#wanted = initial;
    this.#taken = initial;
  }

  /** Whether the process took these last. */
  has(shares: Split): boolean {
    return areEqual(shares, this.#taken);
  }

  /** Resolves when the process has taken these, or others that came since. Rejects where it does not: then it has to be started anew. */
  async follow(shares: Split): Promise<void> {
    this.#wanted = shares;
    // Each looks for itself: what was being taken may have been settled a moment before these came.
    while (!areEqual(this.#wanted, this.#taken)) await (this.#taking ??= this.#take().finally(() => (this.#taking = undefined)));
  }

  async #take(): Promise<void> {
    const shares = this.#wanted;
    await told(this.#socketPath, JSON.stringify(shares), this.#withinMs);
    this.#taken = shares;
  }
}

const areEqual = (some: Split, others: Split): boolean => JSON.stringify(some) === JSON.stringify(others);

const told = (socketPath: string, body: string, withinMs: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(withinMs);
    const asked = request({ socketPath, method: 'POST', path: '/', agent: false, signal, headers: { host: 'shares' } }, (answer) => {
      answer.resume();
      answer.on('error', reject);
      answer.on('end', () =>
        answer.statusCode === 200 ? resolve() : reject(new Error(`The shares were answered with ${answer.statusCode}.`)),
      );
    });
    asked.on('error', reject);
    asked.end(body);
  });
