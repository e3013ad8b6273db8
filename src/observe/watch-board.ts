import type { Watched } from './report.ts';

/** What is kept of those that do not listen; what one machine has is few. */
const MOST_EDGES = 64;

/**
 * Of which Workers somebody watches the log, how edges hear of it, and whether they have tracers by now. A Worker is watched as long
 * as one of those who asked for it holds on.
 */
export class WatchBoard {
  /** How many streams each edge that listens has. */
  readonly #listening = new Map<string, number>();
  readonly #holders = new Map<string, number>();
  readonly #attached = new Map<string, ReadonlySet<string>>();
  readonly #followers = new Set<() => void>();

  get watched(): Watched {
    return { scripts: [...this.#holders.keys()].toSorted() };
  }

  isWatched(script: string): boolean {
    return this.#holders.has(script);
  }

  /** Asks for all invocations of a Worker until it is disposed of. */
  hold(script: string): Disposable {
    const before = this.#holders.get(script) ?? 0;
    this.#holders.set(script, before + 1);
    if (before === 0) this.#changed();
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        const left = (this.#holders.get(script) ?? 1) - 1;
        if (left > 0) return void this.#holders.set(script, left);
        this.#holders.delete(script);
        this.#changed();
      },
    };
  }

  /** Called when an edge begins to listen to what is watched; what it answers when it listens no longer. */
  listens(edge: string): () => void {
    this.#listening.set(edge, (this.#listening.get(edge) ?? 0) + 1);
    return () => {
      const left = (this.#listening.get(edge) ?? 1) - 1;
      if (left > 0) return void this.#listening.set(edge, left);
      // It may be gone for ever: nobody waits for it.
      this.#listening.delete(edge);
      this.#attached.delete(edge);
      this.#changed();
    };
  }

  /** Whether each edge that listens has said that all its processes of this Worker are traced. Of one without any that is so too. */
  isAttached(script: string): boolean {
    const edges = [...this.#listening.keys()];
    return edges.length > 0 && edges.every((edge) => this.#attached.get(edge)?.has(script) === true);
  }

  /** What an edge last said. */
  attached(edge: string, scripts: readonly string[]): void {
    const before = this.#attached.get(edge);
    if (before !== undefined && before.size === scripts.length && scripts.every((script) => before.has(script))) return;
    this.#attached.delete(edge);
    this.#attached.set(edge, new Set(scripts));
    const [oldest] = this.#attached.keys();
    if (this.#attached.size > MOST_EDGES && oldest !== undefined) this.#attached.delete(oldest);
    this.#changed();
  }

  /** Called at each change of what is watched or attached, until it is told no longer. */
  follow(listener: () => void): () => void {
    this.#followers.add(listener);
    return () => this.#followers.delete(listener);
  }

  #changed(): void {
    for (const listener of this.#followers) listener();
  }
}
