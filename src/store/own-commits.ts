import { AsyncLocalStorage } from 'node:async_hooks';
import type { Commit } from './store.ts';

const watched = new AsyncLocalStorage<OwnCommits>();

/**
 * What one piece of work has committed so far, however deep in it: whoever answers for it must know, where it fails later,
 * whether it can still be said that nothing was changed.
 */
export class OwnCommits {
  #last: Commit | undefined;
  #isInDoubt = false;
  #changesRouting = false;

  get last(): Commit | undefined {
    return this.#last;
  }

  /** A commit failed in a way that leaves open whether it is stored. */
  get isInDoubt(): boolean {
    return this.#isInDoubt;
  }

  /** One of them changed the routing table, so that edges have to hear of it. */
  get changesRouting(): boolean {
    return this.#changesRouting;
  }

  during<Value>(work: () => Promise<Value>): Promise<Value> {
    return watched.run(this, work);
  }

  /** For the store. */
  static note(commit: Commit): void {
    const own = watched.getStore();
    if (own === undefined) return;
    own.#last = commit;
    own.#changesRouting ||= commit.generation !== commit.previous;
  }

  /** For the store. */
  static doubt(): void {
    const own = watched.getStore();
    if (own !== undefined) own.#isInDoubt = true;
  }
}
