import { useSyncExternalStore } from 'react';
import { addressOf, type Result } from './client.ts';
import { refresh } from './queries.ts';

export type Edge = Result<'getStatus'>['edges'][number];

/** What the dashboard is told of without asking. */
export interface Live {
  /** Undefined while the stream is open; else since when it is not, and when it is tried again. */
  readonly away: { readonly since: Date; readonly nextTry: Date } | undefined;
  readonly edges: readonly Edge[];
  readonly generation: number;
  /** The last change that somebody made, here or elsewhere. */
  readonly lastChange: Change | undefined;
}

export interface Change {
  readonly id: string;
  readonly at: string;
  readonly action: string;
  readonly target: string;
  readonly worker: string | null;
  readonly actor: { readonly id: string; readonly email: string };
  readonly source: string;
  readonly generation: number;
}

const FIRST_TRY_MS = 1_000;
const LAST_TRY_MS = 15_000;

let live: Live = { away: undefined, edges: [], generation: 0, lastChange: undefined };
const listeners = new Set<() => void>();
const hearers = new Set<(change: Change) => void>();

const set = (next: Partial<Live>): void => {
  live = { ...live, ...next };
  for (const listener of listeners) listener();
};

/** Listens for as long as somebody is signed in. Answers how to stop. `onEnd`: the session is over. */
export const listen = (onEnd: () => void): (() => void) => {
  let source: EventSource | undefined;
  let timer: number | undefined;
  let tryMs = FIRST_TRY_MS;
  const open = (): void => {
    source = new EventSource(addressOf('watchEvents', {}));
    source.addEventListener('open', () => {
      tryMs = FIRST_TRY_MS;
      // Nobody told what happened meanwhile.
      if (live.away !== undefined) void refresh(undefined);
      set({ away: undefined });
    });
    source.addEventListener('edges', ({ data }) => set(JSON.parse(String(data)) as Pick<Live, 'edges' | 'generation'>));
    source.addEventListener('change', ({ data }) => heard(JSON.parse(String(data)) as Change));
    source.addEventListener('error', () => {
      source?.close();
      set({ away: { since: live.away?.since ?? new Date(), nextTry: new Date(Date.now() + tryMs) } });
      timer = window.setTimeout(() => void again(), tryMs);
      tryMs = Math.min(2 * tryMs, LAST_TRY_MS);
    });
  };
  const again = async (): Promise<void> => {
    // An event source does not say why it was refused.
    const response = await fetch(addressOf('getSession', {})).catch(() => undefined);
    if (response?.status === 401) onEnd();
    else open();
  };
  open();
  return () => {
    window.clearTimeout(timer);
    source?.close();
  };
};

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
