import type { WebSocket } from 'ws';
import type { InvocationRecord } from '../record.ts';
import { isShown, type TailFilter } from './filter.ts';
import { Pace } from './pace.ts';
import { tailNotice } from './tail-event.ts';

/** A tail that nobody ends is over after so long, as Cloudflare's are. */
const LIVES_MS = 6 * 60 * 60_000;
/** A tail whose client does not connect, or is gone, waits for it so long. */
const WAITS_MS = 60_000;
/** A client that said nothing for this long, though it was asked, is gone. */
const SILENT_MS = 60_000;
const ASKS_EVERY_MS = 20_000;
/** A client that does not answer the end of its tail is cut off. */
const CLOSES_WITHIN_MS = 1_000;
/** What a client sends is not read, but answers to its pings are written: one that sends and never reads is cut off. */
const MOST_PONG_BYTES = 4 * 1024 * 1024;

/** RFC 6455 7.4.1. wrangler ends on the first, and opens another tail on every other. */
export const DONE = 1000;
export const RESTARTING = 1012;

export interface TailTerms {
  readonly id: string;
  /** Whoever knows it may read. */
  readonly token: string;
  readonly script: string;
  readonly filters: readonly TailFilter[];
  /** Milliseconds since 1970. */
  readonly openedAt: number;
}

const SAMPLING =
  'Tail is currently in sampling mode due to the high volume of messages. To prevent messages from being dropped consider adding filters.';
const resumed = (leftOut: number): string =>
  `Tail has exited sampling mode and is no longer dropping messages. ${leftOut} ${leftOut === 1 ? 'message was' : 'messages were'} dropped.`;

/** One client's tail of one Worker: what it asked for, and the connection on which it gets that. */
export class TailSession {
  readonly terms: TailTerms;
  readonly #pace = new Pace();
  #socket: WebSocket | undefined;
  #hadSocket = false;
  #aloneSince: number;
  #heardAt = 0;
  #askedAt = 0;

  constructor(terms: TailTerms) {
    this.terms = terms;
    this.#aloneSince = terms.openedAt;
  }

  get expiresAt(): number {
    return this.terms.openedAt + LIVES_MS;
  }

  get isConnected(): boolean {
    return this.#socket !== undefined;
  }

  /** Whether its client was there, and is gone. */
  get isLeft(): boolean {
    return this.#hadSocket && this.#socket === undefined;
  }

  connect(socket: WebSocket, now: () => number): void {
    this.#socket = socket;
    this.#hadSocket = true;
    const hear = (): void => void (this.#heardAt = now());
    hear();
    this.#askedAt = now();
    socket
      .on('message', hear)
      .on('pong', hear)
      .on('ping', () => {
        hear();
        if (socket.bufferedAmount > MOST_PONG_BYTES) socket.terminate();
      })
      // Whatever is wrong with a connection ends it, and its end is all that matters here.
      .on('error', () => socket.terminate())
      .on('close', () => {
        this.#socket = undefined;
        this.#aloneSince = now();
      });
  }

  /** Sends the record if it is asked for and there is room. `text` makes the event as JSON. */
  offer(record: InvocationRecord, now: number, text: () => string): void {
    const socket = this.#socket;
    if (socket === undefined || !isShown(record, this.terms.filters, Math.random())) return;
    const next = this.#pace.next(now, socket.bufferedAmount);
    if (next === 'sent') socket.send(text());
    if (next === 'first-left-out') this.#tell('overload', SAMPLING, now);
  }

  /** To be called each second or so; answers whether it is over. */
  tick(now: number): boolean {
    const leftOut = this.#pace.over(now);
    if (leftOut !== undefined) this.#tell('overload-stop', resumed(leftOut), now);
    if (now >= this.expiresAt) return true;
    const socket = this.#socket;
    if (socket === undefined) return now - this.#aloneSince >= WAITS_MS;
    if (now - this.#heardAt >= SILENT_MS) socket.terminate();
    else if (now - this.#askedAt >= ASKS_EVERY_MS) {
      this.#askedAt = now;
      socket.ping();
    }
    return false;
  }

  end(code: number, reason: string): void {
    const socket = this.#socket;
    socket?.close(code, reason);
    setTimeout(() => socket?.terminate(), CLOSES_WITHIN_MS).unref();
  }

  #tell(type: 'overload' | 'overload-stop', message: string, now: number): void {
    this.#socket?.send(JSON.stringify(tailNotice(type, message, now)));
  }
}
