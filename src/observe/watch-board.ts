import type { Watched } from './report.ts';

/**
 * Of which Workers somebody watches the log, how edges hear of it, and whether they have tracers by now. A Worker is watched as long
 * as one of those who asked for it holds on.
 */
export class WatchBoard {
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

  /** Whether an edge has said that each of its processes of this Worker is traced. Of an edge without any that is so too. */
  isAttached(script: string): boolean {
    return [...this.#attached.values()].some((scripts) => scripts.has(script));
  }

  /** What an edge last said. */
  attached(edge: string, scripts: readonly string[]): void {
    const before = this.#attached.get(edge);
    if (before !== undefined && before.size === scripts.length && scripts.every((script) => before.has(script))) return;
    this.#attached.set(edge, new Set(scripts));
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
