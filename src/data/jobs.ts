import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

/** How long what a job came to can be asked for. */
const KEPT_MS = 60 * 60_000;

interface Job<Value> {
  readonly resourceId: string;
  readonly done: Promise<Value>;
}

/** Work that goes on between the requests that ask how it is. What it came to is forgotten with the server. */
export class Jobs<Value> {
  readonly #jobs = new Map<string, Job<Value>>();

  /** Starts a job, and answers its id. */
  start(resourceId: string, work: Promise<Value>): string {
    const id = randomUUID();
    this.#jobs.set(id, { resourceId, done: work });
    const forget = () => void setTimeout(() => this.#jobs.delete(id), KEPT_MS).unref();
    // Whoever asks gets the failure; that nobody does is none.
    work.then(forget, forget);
    return id;
  }

  has(id: string, resourceId: string): boolean {
    return this.#jobs.get(id)?.resourceId === resourceId;
  }

  /** What a job came to; undefined where it is under way still after this time. Throws what it failed with. */
  async outcome(id: string, withinMs: number): Promise<Value | undefined> {
    const patience = new AbortController();
    const late = wait(withinMs, undefined, { signal: patience.signal, ref: false }).catch(() => undefined);
    try {
      return await Promise.race([this.#jobs.get(id)?.done, late]);
    } finally {
      patience.abort();
    }
  }
}
