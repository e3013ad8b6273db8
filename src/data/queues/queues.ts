import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock, type Clock } from '../../base/index.ts';
import { resourceSocket } from '../../runtime/index.ts';
import { closeServer } from '../close-server.ts';
import { listen } from '../listen.ts';
import { Broker } from './broker.ts';
import { MessageStore } from './message-store.ts';
import { createQueueServer, type Log } from './server.ts';

export interface QueuesOptions {
  /** Where what is stored is. */
  readonly dataDir: string;
  /** Where the socket is. */
  readonly runtimeDir: string;
  readonly log: Log;
  readonly clock?: Clock;
  /** Of a socket that is held for it; without one it makes its own. */
  readonly descriptor?: number | undefined;
}

const EXPIRE_EVERY_MS = 30_000;
/** Batches whose Worker is about to finish are settled still; the others are delivered again. */
const SETTLE_WITHIN_MS = 3_000;
const LOOK_EVERY_MS = 20;
const END_WITHIN_MS = 1_000;

/** Queues on this machine: messages in SQLite, one socket for every queue (docs/decisions/0017). */
export class Queues implements AsyncDisposable {
  readonly #broker: Broker;
  readonly #server: Server;
  readonly #expiring: NodeJS.Timeout;

  private constructor(broker: Broker, server: Server, log: Log) {
    this.#broker = broker;
    this.#server = server;
    const expire = (): void =>
      void broker.expire().catch((error: unknown) => log({ error: String(error) }, 'Messages whose time is over could not be deleted.'));
    this.#expiring = setInterval(expire, EXPIRE_EVERY_MS).unref();
    expire();
  }

  /** Resolves once it answers. Nobody else has its file then: what ran before has ended. */
  static async open({ dataDir, runtimeDir, log, clock = systemClock, descriptor }: QueuesOptions): Promise<Queues> {
    const folder = join(dataDir, 'queues');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await mkdir(runtimeDir, { recursive: true, mode: 0o700 });
    const broker = new Broker(new MessageStore(join(folder, 'messages.db')), clock);
    const server = createQueueServer(broker, log);
    await listen(server, { path: resourceSocket(runtimeDir, 'queue'), descriptor });
    return new Queues(broker, server, log);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#expiring);
    this.#broker.rest();
    const giveUpAt = performance.now() + SETTLE_WITHIN_MS;
    while (this.#broker.batchesOut > 0 && performance.now() < giveUpAt) await wait(LOOK_EVERY_MS);
    await closeServer(this.#server, END_WITHIN_MS);
    this.#broker[Symbol.dispose]();
  }
}
