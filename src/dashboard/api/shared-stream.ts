import { hold, type News, type Source } from './event-source.ts';

export interface SharedStream extends Source {
  /** The last event of this name is told to who joins: it says how things are, not what happened. */
  readonly keeps?: string | undefined;
  /** Of one kind a browser holds so many streams at once; those beyond wait. */
  readonly places: { readonly kind: string; readonly most: number };
}

/** From the window that holds a stream to all others, or to the one that asked. */
type Message =
  | { readonly kind: 'joined'; readonly from: string }
  | { readonly kind: 'told'; readonly to?: string; readonly news: readonly News[] };

/**
 * Hears of a stream together with all other windows of this browser that do. A browser opens six connections to a server of HTTP/1.1,
 * over all its windows, and each stream takes one for as long as it is read: so one window holds it, and tells the others. The browser
 * gives the lock to the next one when that window leaves, however it does. Answers how to leave.
 *
 * A page from another machine over plain http has no locks (https://w3c.github.io/web-locks/#navigator-mixins): it has a stream of its own.
 */
export const join = (stream: SharedStream): (() => void) => {
  if (!('locks' in navigator)) return hold(stream);
  const me = crypto.randomUUID();
  const name = `switchback ${stream.address}`;
  const channel = new BroadcastChannel(name);
  const left = new AbortController();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is of one origin
  const post = (message: Message): void => channel.postMessage(message);
  /** What who joins has missed; undefined while another window holds the stream. */
  let missed: readonly News[] | undefined;
  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    if (data.kind === 'told' && (data.to ?? me) === me) data.news.forEach(stream.tell);
    if (data.kind === 'joined' && missed !== undefined && missed.length > 0) post({ kind: 'told', to: data.from, news: missed });
  });
  const held = (): Promise<void> =>
    new Promise((release) => {
      let state: readonly News[] = [];
      let kept: readonly News[] = [];
      missed = [];
      const end = hold({
        ...stream,
        tell: (news) => {
          if (news.kind === 'event') kept = news.name === stream.keeps ? [news] : kept;
          else state = [news];
          missed = [...state, ...kept];
          post({ kind: 'told', news: [news] });
          stream.tell(news);
        },
      });
      left.signal.addEventListener('abort', () => {
        end();
        release();
      });
    });
  const { kind, most } = stream.places;
  const places = Array.from({ length: most }, (_, at) => `switchback ${kind} ${at + 1}`);
  void locked([name], left.signal, () => locked(places, left.signal, held));
  post({ kind: 'joined', from: me });
  return () => {
    left.abort();
    channel.close();
  };
};

/** Does something under the first of these locks that is free. Who leaves before waits no longer. */
const locked = async (names: readonly string[], left: AbortSignal, work: () => Promise<void>): Promise<void> => {
  const found = new AbortController();
  const signal = AbortSignal.any([left, found.signal]);
  const first = async (): Promise<void> => {
    if (signal.aborted) return;
    found.abort();
    await work();
  };
  await Promise.all(names.map((name) => navigator.locks.request(name, { signal }, first).catch(unlessLeft)));
};

/** Waiting for a lock that is not wanted any more is over; whatever else broke is told. */
const unlessLeft = (error: unknown): void => {
  if (!(error instanceof DOMException && error.name === 'AbortError')) throw error;
};
