import { constants, type Http2Session, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { EdgeLimits } from './limits.ts';
import type { Seats } from './seats.ts';

const MOST_STREAMS = 100;
/** Of one request, pseudo-headers too. */
const MOST_HEADERS = 128;
/** Settings in one frame. */
const MOST_SETTINGS = 32;
const MOST_INVALID_FRAMES = 100;
const MOST_REJECTED_STREAMS = 100;
/** Streams that a visitor may open and reset at once, and then again each second (CVE-2023-44487). A page left half-way resets a hundred. */
const MOST_RESETS = 1_000;
const RESETS_A_SECOND = 33;
/** What one connection may hold of queued frames, header tables and streams, in megabytes; each stream's own buffers come on top. */
const MOST_SESSION_MB = 10;
/** Pings and settings within {@link CONTROL_WINDOW_MS}; each costs an answer. */
const MOST_CONTROL_FRAMES = 10_000;
const CONTROL_WINDOW_MS = 10_000;
/** How long a connection may take to close once nothing happens on it any more. */
const GOODBYE_MS = 2_000;

/** CONTINUATION frames are bounded by nghttp2 itself: eight for a request (CVE-2024-28182). */
export const http2Options = ({ maxHeaderBytes }: EdgeLimits) => ({
  settings: { maxConcurrentStreams: MOST_STREAMS, maxHeaderListSize: maxHeaderBytes, enablePush: false },
  maxHeaderListPairs: MOST_HEADERS,
  maxSettings: MOST_SETTINGS,
  maxSessionInvalidFrames: MOST_INVALID_FRAMES,
  maxSessionRejectedStreams: MOST_REJECTED_STREAMS,
  streamResetBurst: MOST_RESETS,
  streamResetRate: RESETS_A_SECOND,
  maxSessionMemory: MOST_SESSION_MB,
});

type SessionLimits = Pick<EdgeLimits, 'keepAliveTimeoutMs' | 'requestTimeoutMs'>;

/** The connections that speak HTTP/2, and what Node bounds on HTTP/1.1 alone: idleness, and the time a request may take to arrive. */
export class Sessions {
  readonly #limits: SessionLimits;
  readonly #seats: Seats;
  readonly #watch: (stream: ServerHttp2Stream) => void;
  readonly #open = new Map<Http2Session, { readonly address: string; streams: number }>();

  constructor(limits: SessionLimits, seats: Seats, watch: (stream: ServerHttp2Stream) => void) {
    this.#limits = limits;
    this.#seats = seats;
    this.#watch = watch;
  }

  keep(session: ServerHttp2Session, address: string): void {
    const kept = { address, streams: 0 };
    this.#open.set(session, kept);
    session.once('close', () => this.#open.delete(session));
    const tooMany = (): void => session.destroy(new Error('Too many pings or settings.'), constants.NGHTTP2_ENHANCE_YOUR_CALM);
    const count = countsWithin(MOST_CONTROL_FRAMES, CONTROL_WINDOW_MS, tooMany);
    session.on('ping', count).on('remoteSettings', count);
    session.setTimeout(this.#limits.keepAliveTimeoutMs, () => {
      if (kept.streams > 0) return;
      session.close();
      // One that reads nothing would never let it close.
      setTimeout(() => session.destroy(), GOODBYE_MS).unref();
    });
  }

  /** Begins, where there is a seat for one more. The visitor of a refused stream may safely send it again (RFC 9113 8.7). */
  take(stream: ServerHttp2Stream, begin: () => void): void {
    const kept = stream.session === undefined ? undefined : this.#open.get(stream.session);
    if (kept === undefined) return void stream.destroy();
    const leave = this.#seats.take(kept.address);
    if (leave === undefined) return stream.close(constants.NGHTTP2_REFUSED_STREAM);
    kept.streams += 1;
    stream.once('close', () => {
      kept.streams -= 1;
      leave();
    });
    this.#watch(stream);
    if (!stream.endAfterHeaders) endUnlessWhole(stream, this.#limits.requestTimeoutMs);
    begin();
  }

  close(): void {
    for (const session of this.#open.keys()) session.close();
  }

  cut(): void {
    for (const session of this.#open.keys()) session.destroy();
  }
}

const endUnlessWhole = (stream: ServerHttp2Stream, timeoutMs: number): void => {
  const timer = setTimeout(() => stream.destroy(new Error('The request took too long to arrive.')), timeoutMs).unref();
  const over = (): void => clearTimeout(timer);
  stream.once('end', over).once('close', over);
};

/** Counts calls, and tells where there are more than so many within a window of time. */
const countsWithin = (most: number, windowMs: number, tooMany: () => void): (() => void) => {
  let begunAt = performance.now();
  let calls = 0;
  return () => {
    const now = performance.now();
    if (now - begunAt > windowMs) [begunAt, calls] = [now, 0];
    if ((calls += 1) === most + 1) tooMany();
  };
};
