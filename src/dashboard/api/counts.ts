import type { z } from 'zod';
import type { observeEndpoints } from '../../contract/index.ts';
import { addressOf } from './client.ts';
import { isStillSignedIn } from './session.ts';
import { openStream } from './stream.ts';

export type LiveCount = z.infer<(typeof observeEndpoints)['watchLive']['event']>;

interface Hearer {
  readonly onCount: (count: LiveCount) => void;
  readonly onOpen?: () => void;
  readonly onBroken?: () => void;
}

interface Stream {
  readonly hearers: Set<Hearer>;
  readonly close: () => void;
}

/** Of Workers at once: of the six connections that a browser opens, two are left for what is asked for. Other pages are told by their reads. */
const MOST_STREAMS = 3;

/** By the name of the Worker. */
const streams = new Map<string, Stream>();

const opened = (name: string): Stream => {
  const hearers = new Set<Hearer>();
  const tell = (what: (hearer: Hearer) => void) => (): void => hearers.forEach(what);
  const close = openStream({
    address: addressOf('watchLive', { params: { name } }),
    places: { kind: 'counts', most: MOST_STREAMS },
    on: { message: (data) => hearers.forEach(({ onCount }) => onCount(data as LiveCount)) }, // As the contract says.
    onOpen: tell(({ onOpen }) => onOpen?.()),
    onBroken: tell(({ onBroken }) => onBroken?.()),
    mayGoOn: isStillSignedIn,
  });
  return { hearers, close };
};

/** What a Worker's versions answer, second by second. However many look at it, a window listens once to each Worker. */
export const watchCounts = (name: string, hearer: Hearer): (() => void) => {
  const stream = streams.get(name) ?? opened(name);
  streams.set(name, stream);
  stream.hearers.add(hearer);
  return () => {
    stream.hearers.delete(hearer);
    if (stream.hearers.size > 0 || streams.get(name) !== stream) return;
    streams.delete(name);
    stream.close();
  };
};
