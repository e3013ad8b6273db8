import { connect, type Socket } from 'node:net';
import { setImmediate as otherEvents } from 'node:timers/promises';
import type { RunningVersion } from '../version-pool.ts';

/**
 * Whether processes are there to be called. To ask by connecting costs a call between Workers more than a tenth of its time; instead a
 * connection that nobody uses is kept to each, whose end the system tells as soon as the process ends, before that is noticed otherwise.
 */
export class Lifelines {
  readonly #open = new WeakMap<RunningVersion, Socket>();
  readonly #opening = new WeakMap<RunningVersion, Promise<boolean>>();

  async isThere(version: RunningVersion): Promise<boolean> {
    if (this.#open.has(version)) {
      // An end that came before this was asked is read by then.
      await otherEvents();
      if (this.#open.has(version)) return true;
    }
    // The runtime ends what is idle, too.
    return this.#opening.get(version) ?? this.#begin(version);
  }

  #begin(version: RunningVersion): Promise<boolean> {
    const opening = this.#connect(version).finally(() => this.#opening.delete(version));
    this.#opening.set(version, opening);
    return opening;
  }

  #connect(version: RunningVersion): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(version.socketPath).unref().resume();
      socket.once('connect', () => {
        this.#open.set(version, socket);
        resolve(true);
      });
      const onEnd = (): void => void (this.#open.get(version) === socket && this.#open.delete(version));
      socket.once('end', onEnd).once('close', onEnd);
      socket.once('error', () => resolve(false));
    });
  }
}
