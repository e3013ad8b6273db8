import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** As many requests may wait on a connection; one that sends more is ended. */
const MOST_WAITING = 100;

/**
 * Who pipelines on HTTP/1.1 is answered one request after the other. All at once, a single connection could open
 * thousands to a version, and a switch to WebSocket could come in the middle of an earlier answer.
 */
export class Turns {
  readonly #latest = new WeakMap<Socket, ServerResponse>();
  readonly #waiting = new WeakMap<Socket, number>();

  /** Begins now, or once every answer before this one is out; never where the connection ends before that. */
  take({ socket }: IncomingMessage, response: ServerResponse, begin: () => void): void {
    this.#latest.set(socket, response);
    // Node gives a response its socket when its turn has come.
    if (response.socket !== null) return begin();
    const waiting = (this.#waiting.get(socket) ?? 0) + 1;
    if (waiting > MOST_WAITING) return void socket.destroy();
    this.#waiting.set(socket, waiting);
    response.once('socket', () => {
      this.#waiting.set(socket, (this.#waiting.get(socket) ?? 1) - 1);
      begin();
    });
  }

  /** An earlier answer on this request's connection is not out yet. */
  areAhead({ socket }: IncomingMessage): boolean {
    return this.#latest.get(socket)?.writableFinished === false;
  }
}
