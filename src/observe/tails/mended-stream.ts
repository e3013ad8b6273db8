import { Duplex } from 'node:stream';
import { MaskMender } from './mask-mender.ts';

/** A client's connection as a WebSocket server may read it: each frame that comes on it has a mask. */
export class MendedStream extends Duplex {
  readonly #socket: Duplex;

  /** `head` is what the client sent behind its request. */
  constructor(socket: Duplex, head: Buffer) {
    super();
    this.#socket = socket;
    const mender = new MaskMender();
    const take = (chunk: Buffer): void => {
      const mended = mender.mend(chunk);
      if (mended.length > 0 && !this.push(mended)) socket.pause();
    };
    socket
      .on('data', take)
      .once('end', () => this.push(null))
      .once('error', (error) => this.destroy(error))
      .once('close', () => this.destroy())
      .pause();
    take(head);
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
