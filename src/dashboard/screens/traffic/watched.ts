import { useSyncExternalStore } from 'react';
import { whenForgotten } from '../../api/index.ts';
import type { Shown } from '../../parts/index.ts';

/** A version of a deployment that was made here. */
export interface WatchedVersion extends Shown {
  readonly id: string;
}

/** What was deployed last in this window: its traffic is looked at as it moves. */
export interface Watched {
  readonly worker: string;
  readonly deploymentId: string;
  /** The version that it was about first. */
  readonly versions: readonly WatchedVersion[];
}

let watched: Watched | undefined;
const listeners = new Set<() => void>();

export const watch = (next: Watched | undefined): void => {
  watched = next;
  for (const listener of listeners) listener();
};

whenForgotten(() => watch(undefined));

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useWatched = (): Watched | undefined => useSyncExternalStore(subscribe, () => watched);
