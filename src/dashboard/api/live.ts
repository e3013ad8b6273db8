import { useSyncExternalStore } from 'react';
import type { z } from 'zod';
import type { ownEndpoints } from '../../contract/index.ts';
import { addressOf, type Result } from './client.ts';
import { refresh } from './queries.ts';
import { isStillSignedIn, makeSure, whenForgotten } from './session.ts';
import { openStream } from './stream.ts';

export type Edge = Result<'getStatus'>['edges'][number];

/** What the dashboard is told of without asking. */
export interface Live {
  /** Undefined while the stream is open; else since when it is not, and when it is tried again. */
  readonly away: { readonly since: Date; readonly nextTry: Date } | undefined;
  /** Undefined until they were told of. */
  readonly edges: readonly Edge[] | undefined;
  readonly generation: number;
  /** The last change that somebody made, here or elsewhere. */
  readonly lastChange: Change | undefined;
}

export type Change = Extract<z.infer<(typeof ownEndpoints)['watchEvents']['event']>, { readonly action: string }>;

const NOTHING: Live = { away: undefined, edges: undefined, generation: 0, lastChange: undefined };
let live = NOTHING;
const listeners = new Set<() => void>();
const hearers = new Set<(change: Change) => void>();

const set = (next: Partial<Live>): void => {
  live = { ...live, ...next };
  for (const listener of listeners) listener();
};

whenForgotten(() => set(NOTHING));

/** Listens for as long as somebody is signed in. Answers how to stop. */
export const listen = (): (() => void) =>
  openStream({
    address: addressOf('watchEvents', {}),
    keeps: 'edges',
    places: { kind: 'changes', most: 1 },
    on: {
      edges: (data) => set(data as Pick<Live, 'edges' | 'generation'>),
      change: (data) => heard(data as Change),
    },
    onOpen: (isAgain) => {
      makeSure();
      // Nobody told what happened meanwhile.
      if (isAgain || live.away !== undefined) void refresh(undefined);
      set({ away: undefined });
    },
    onBroken: (nextTry) => set({ away: { since: live.away?.since ?? new Date(), nextTry } }),
    mayGoOn: isStillSignedIn,
  });

const heard = (change: Change): void => {
  set({ lastChange: change });
  void refresh(change.worker ?? undefined);
  for (const hear of hearers) hear(change);
};

/** Calls back on each change that is heard of. Answers how to leave. */
export const onChange = (hear: (change: Change) => void): (() => void) => {
  hearers.add(hear);
  return () => hearers.delete(hear);
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useLive = (): Live => useSyncExternalStore(subscribe, () => live);
