import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Recorder, Sighting } from './recorder.ts';
import { edgeSays, headersFor, type Address } from './visit.ts';

const SPEAK_EVERY_MS = 300;
/** A WebSocket that does not say back what it was told is lost, and ended as such. */
const ECHO_WITHIN_MS = 20_000;

/** A WebSocket that says something again and again and hears it back with the version's id, until its visitor leaves. */
export class Chat {
  readonly opened: Promise<void>;
  readonly #socket: WebSocket;
  readonly #seen: Sighting;
  readonly #closed: Promise<unknown>;
  #speaking: NodeJS.Timeout | undefined;
  #said = 0;
  #heard = 0;
  #isLeaving = false;

  constructor(recorder: Recorder, address: Address) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.opened = promise;
    this.#seen = recorder.request('websocket');
    const socket = new WebSocket(`${address.edgeUrl.replace(/^http/, 'ws')}/chat`, {
      headers: headersFor(address, {}, true),
      handshakeTimeout: ECHO_WITHIN_MS,
    });
    this.#socket = socket;
    this.#closed = once(socket, 'close').catch(() => undefined);
    socket.once('upgrade', (answer) => {
      this.#seen.answered(edgeSays(answer));
      this.#seen.names(String(answer.headers['x-version']));
    });
    socket.once('open', () => {
      this.#speaking = setInterval(() => this.#speak(), SPEAK_EVERY_MS);
      resolve();
    });
    socket.on('message', (data) => this.#hear(String(data)));
    socket.once('error', (error) => this.#seen.broke(error.message));
    socket.once('close', (code) => {
      clearInterval(this.#speaking);
      if (!this.#isLeaving) this.#seen.broke(`closed with ${code}`);
      resolve();
    });
  }

  /** Says goodbye once all that was said came back. */
  async leave(): Promise<void> {
    clearInterval(this.#speaking);
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#speak();
      const patience = setTimeout(() => this.#socket.terminate(), ECHO_WITHIN_MS);
      while (this.#heard < this.#said && this.#socket.readyState === WebSocket.OPEN)
        await Promise.race([once(this.#socket, 'message'), this.#closed]);
      clearTimeout(patience);
      this.#isLeaving = this.#heard === this.#said;
      this.#socket.close(1000);
    }
    await this.#closed;
    this.#seen.ended();
  }

  #speak(): void {
    this.#socket.send(String((this.#said += 1)));
  }

  #hear(text: string): void {
    const [number = '', versionId = ''] = text.split(' ');
    this.#heard += 1;
    if (Number(number) !== this.#heard) this.#seen.broke(`heard ${number} in place of ${this.#heard}`);
    this.#seen.names(versionId);
  }
}
