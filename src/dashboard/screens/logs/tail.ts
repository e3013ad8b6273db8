import { useEffect, useRef, useState } from 'react';
import { call } from '../../api/index.ts';
import { lineOfEvent, noticeIn, type Line, type TailEvent } from './line.ts';

/** As many lines as somebody reads; the oldest go. */
export const MOST_LINES = 2_000;
/** Lines come by the hundred a second: they are shown a few times in it. */
const SHOWN_EVERY_MS = 200;

export interface Tail {
  readonly lines: readonly Line[];
  readonly state: 'opening' | 'open' | 'closed';
  /** That only some of what happens is shown. */
  readonly notice: string | undefined;
  readonly error: unknown;
  readonly clear: () => void;
  readonly again: () => void;
}

interface Wanted {
  readonly worker: string;
  readonly versionId: string | undefined;
  readonly onlyErrors: boolean;
  readonly search: string | undefined;
  readonly isPaused: boolean;
}

/** That an answer of 503 is an error too, no filter of a tail can say: errors are picked out here. */
const filtersOf = ({ versionId, search }: Wanted) => [
  ...(versionId === undefined ? [] : [{ scriptVersion: versionId }]),
  ...(search === undefined ? [] : [{ query: search }]),
];

/** The address is of the server as it knows itself; the browser may know it by another name. */
const socketAddress = (url: string): string => {
  const { pathname, search } = new URL(url);
  return `${window.location.protocol === 'https:' ? 'wss' : 'ws'}://${window.location.host}${pathname}${search}`;
};

/** What `wrangler tail` shows: each invocation as it ends, as long as the page looks. */
export const useTail = (wanted: Wanted): Tail => {
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [state, setState] = useState<Tail['state']>('opening');
  const [notice, setNotice] = useState<string>();
  const [error, setError] = useState<unknown>();
  const [turn, setTurn] = useState(0);
  const latest = useRef(wanted);
  latest.current = wanted;
  const { worker, versionId, onlyErrors, search } = wanted;
  const runs = useRef(0);
  // Lines of another filter say nothing under this one; those of the same stay when it is opened again.
  useEffect(() => {
    setLines([]);
    setNotice(undefined);
  }, [worker, versionId, onlyErrors, search]);
  useEffect(() => {
    const leaving = new AbortController();
    const waiting: Line[] = [];
    let socket: WebSocket | undefined;
    let count = 0;
    const run = (runs.current += 1);
    const heard = ({ data }: MessageEvent): void => {
      const event = JSON.parse(String(data)) as TailEvent;
      const said = noticeIn(event);
      if (said !== undefined) return setNotice(event.event?.['type'] === 'overload' ? said : undefined);
      const line = lineOfEvent(event, `${run}-${(count += 1)}`);
      if (line.hasFailed || !onlyErrors) waiting.push(line);
      return undefined;
    };
    const open = async (): Promise<void> => {
      setState('opening');
      setError(undefined);
      const filters = filtersOf(latest.current);
      const { result } = await call('createTail', { params: { script_name: worker }, body: { filters }, signal: leaving.signal });
      if (leaving.signal.aborted) return;
      socket = new WebSocket(socketAddress(result.url), 'trace-v1');
      // A socket that was left closes later, when another is open.
      const { signal } = leaving;
      socket.addEventListener('open', () => setState('open'), { signal });
      socket.addEventListener('message', (message) => void heard(message), { signal });
      socket.addEventListener('close', () => setState('closed'), { signal });
    };
    const timer = window.setInterval(() => {
      if (waiting.length === 0 || latest.current.isPaused) return void waiting.splice(0, waiting.length - MOST_LINES);
      const fresh = waiting.splice(0).toReversed();
      setLines((before) => [...fresh, ...before].slice(0, MOST_LINES));
    }, SHOWN_EVERY_MS);
    open().catch((failure: unknown) => {
      if (leaving.signal.aborted) return;
      setError(failure);
      setState('closed');
    });
    return () => {
      leaving.abort();
      window.clearInterval(timer);
      socket?.close();
    };
  }, [worker, versionId, onlyErrors, search, turn]);
  return { lines, state, notice, error, clear: () => setLines([]), again: () => setTurn(turn + 1) };
};
