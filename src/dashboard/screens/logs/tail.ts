import { useEffect, useMemo, useRef, useState } from 'react';
import { call } from '../../api/index.ts';
import { isPicked, kept, lineOfEvent, noticeIn, type Line, type Picked, type TailEvent } from './line.ts';

/** As many lines as somebody reads, and as many that failed; the oldest go. */
export const MOST_LINES = 2_000;
/** Lines come by the hundred a second: they are shown a few times in it. */
const SHOWN_EVERY_MS = 200;

export interface Tail {
  /** Of all that was heard, what is asked for now. */
  readonly lines: readonly Line[];
  /** So many more were heard while something else was asked for. */
  readonly others: number;
  readonly state: 'opening' | 'open' | 'closed';
  /** That only some of what happens is shown. */
  readonly notice: string | undefined;
  readonly error: unknown;
  readonly clear: () => void;
  readonly again: () => void;
}

interface Wanted extends Picked {
  readonly worker: string;
  readonly isPaused: boolean;
}

/** What the server need not send; that an answer of 503 is an error too, no filter of a tail can say. */
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
  // What came and is not shown yet. It stays when other things are asked of the server: of what is paused nothing is lost.
  const waiting = useRef<Line[]>([]);
  // What was heard stays, whatever is asked for then: it is there again when that is asked for no more.
  useEffect(() => {
    waiting.current = [];
    setLines([]);
    setNotice(undefined);
  }, [worker]);
  const picked = useMemo(
    () => lines.filter((line) => isPicked(line, { versionId, onlyErrors, search })),
    [lines, versionId, onlyErrors, search],
  );
  useEffect(() => {
    const leaving = new AbortController();
    let socket: WebSocket | undefined;
    let count = 0;
    const run = (runs.current += 1);
    const heard = ({ data }: MessageEvent): void => {
      const event = JSON.parse(String(data)) as TailEvent;
      const said = noticeIn(event);
      if (said !== undefined) return setNotice(event.event?.['type'] === 'overload' ? said : undefined);
      waiting.current.push(lineOfEvent(event, `${run}-${(count += 1)}`));
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
      const fresh = waiting.current.toReversed();
      if (fresh.length === 0) return;
      if (latest.current.isPaused) {
        waiting.current = kept(fresh, MOST_LINES).toReversed();
        return;
      }
      waiting.current = [];
      setLines((before) => kept([...fresh, ...before], MOST_LINES));
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
  }, [worker, versionId, search, turn]);
  return {
    lines: picked,
    others: lines.length - picked.length,
    state,
    notice,
    error,
    clear: () => setLines([]),
    again: () => setTurn(turn + 1),
  };
};
