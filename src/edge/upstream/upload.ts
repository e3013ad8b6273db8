import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';

const LAST_CHUNK = '0\r\n\r\n';

/** A request's body on its way to the runtime, at the pace at which the runtime takes it. */
export class Upload {
  readonly #socket: Socket;
  readonly #isChunked: boolean;
  isDone = false;

  constructor(body: Readable, socket: Socket, isChunked: boolean, onError: (error: Error) => void) {
    this.#socket = socket;
    this.#isChunked = isChunked;
    body.on('error', onError);
    body.on('data', (piece: Buffer) => {
      if (this.#write(piece)) return;
      body.pause();
      socket.once('drain', () => body.resume());
    });
    body.on('end', () => {
      this.isDone = true;
      if (isChunked) socket.write(LAST_CHUNK, 'latin1');
    });
  }

  #write(piece: Buffer): boolean {
    if (!this.#isChunked) return this.#socket.write(piece);
    this.#socket.cork();
    this.#socket.write(`${piece.length.toString(16)}\r\n`, 'latin1');
    this.#socket.write(piece);
    const hasRoom = this.#socket.write('\r\n', 'latin1');
    this.#socket.uncork();
    return hasRoom;
  }
}
