import type { EdgeReport, FeedMessage, ProcessReport } from '../domain/index.ts';
import { FiringEdge } from './firing-edge.ts';

/** One edge that listens to the feed now. */
interface Listener {
  readonly edge: string;
  readonly send: (message: FeedMessage) => void;
}

export interface EdgeStatus {
  readonly id: string;
  readonly url: string;
  readonly generation: number;
  readonly connected: boolean;
  /** How long it has not been heard of; 0 while it is connected. */
  readonly awayMs: number;
  readonly processes: readonly ProcessReport[];
}

/** How long an acknowledgement waits for a connected edge to confirm (DESIGN, "Acknowledge"). */
const CONFIRM_MS = 2_000;
/** How long a deployment waits for cold versions to get ready before it swaps all the same. */
const WARM_MS = 5_000;

/** Which edges listen, what they serve, and waiting for them. Holds no table: the publisher reads that from the store. */
export class EdgeFeed {
  readonly #listeners = new Map<string, Listener>();
  readonly #reports = new Map<string, EdgeReport>();
  readonly #heardAt = new Map<string, number>();
  readonly #waiters = new Set<() => void>();
  readonly #firing = new FiringEdge((edge, firing) => this.#listeners.get(edge)?.send({ type: 'firing', firing }));

  /** The edge's newer connection replaces its older one. Answers how to leave. */
  join(edge: string, send: (message: FeedMessage) => void, isFiring = false): () => void {
    const listener = { edge, send };
    this.#listeners.set(edge, listener);
    this.#firing.joined(edge, isFiring);
    this.#wake();
    return () => {
      if (this.#listeners.get(edge) === listener) {
        this.#listeners.delete(edge);
        this.#firing.left(edge);
        this.#heardAt.set(edge, Date.now());
      }
      this.#wake();
    };
  }

  publish(message: FeedMessage): void {
    for (const listener of this.#listeners.values()) listener.send(message);
  }

  report(report: EdgeReport): void {
    this.#reports.set(report.edge, report);
    this.#heardAt.set(report.edge, Date.now());
    this.#wake();
  }

  /** Calls back whenever an edge comes, goes or reports. */
  watch(look: () => void): () => void {
    this.#waiters.add(look);
    return () => this.#waiters.delete(look);
  }

  /** Waits until every connected edge serves from this generation; answers those that do not in time. */
  async confirmed(generation: number): Promise<readonly string[]> {
    const pending = () => this.#connected().filter((edge) => (this.#reports.get(edge)?.generation ?? -1) < generation);
    await this.#until(() => pending().length === 0, CONFIRM_MS);
    return pending();
  }

  /**
   * Asks every connected edge to make these versions ready, and waits until they are, have failed, or time is up. `areCollected`: what
   * is observed of them will be kept.
   */
  async warm(versionIds: readonly string[], areCollected = false): Promise<void> {
    const isSettled = (edge: string) =>
      versionIds.every((id) => {
        const state = this.#reports.get(edge)?.processes.find(({ versionId }) => versionId === id)?.state;
        return state === 'ready' || state === 'backing_off';
      });
    const waiting = this.#connected().filter((edge) => !isSettled(edge));
    if (waiting.length === 0) return;
    for (const edge of waiting) this.#listeners.get(edge)?.send({ type: 'warm', versionIds, ...(areCollected ? { areCollected } : {}) });
    // An edge that has gone, or came only now, is not waited for.
    await this.#until(() => waiting.every((edge) => !this.#listeners.has(edge) || isSettled(edge)), WARM_MS);
  }

  status(): readonly EdgeStatus[] {
    const now = Date.now();
    return [...this.#reports.values()].map(({ edge, url, generation, processes }) => ({
      id: edge,
      url,
      generation,
      processes,
      connected: this.#listeners.has(edge),
      awayMs: this.#listeners.has(edge) ? 0 : now - (this.#heardAt.get(edge) ?? now),
    }));
  }

  #connected(): readonly string[] {
    return [...this.#listeners.keys()];
  }

  #wake(): void {
    for (const waiter of this.#waiters) waiter();
  }

  async #until(isDone: () => boolean, timeoutMs: number): Promise<void> {
    if (isDone()) return;
    await new Promise<void>((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#waiters.delete(look);
        resolve();
      };
      const look = () => void (isDone() && finish());
      const timer = setTimeout(finish, timeoutMs);
      this.#waiters.add(look);
    });
  }
}
