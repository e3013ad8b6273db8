import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../base/index.ts';
import { resourceSocket } from '../../runtime/index.ts';
import { closeServer } from '../close-server.ts';
import { listen } from '../listen.ts';
import { BlobFolder } from './blob-folder.ts';
import { bucketIndex } from './bucket-index.ts';
import type { BucketStore } from './bucket-store.ts';
import { R2Database } from './database.ts';
import { sweepUploads } from './multipart.ts';
import { createR2Server, type Log } from './server.ts';

export interface R2Options {
  /** Where what is stored is. */
  readonly dataDir: string;
  /** Where the socket is. */
  readonly runtimeDir: string;
  readonly log: Log;
  readonly clock?: Clock;
  /** Of a socket that is held for it; without one it makes its own. */
  readonly descriptor?: number | undefined;
}

const SWEEP_EVERY_MS = 60 * 60 * 1000;
const END_WITHIN_MS = 5_000;

/** R2 on this machine: an index in SQLite, values as files, one socket for every bucket (docs/decisions/0015). */
export class R2 implements AsyncDisposable {
  readonly #store: BucketStore;
  readonly #server: Server;
  readonly #sweep: NodeJS.Timeout;
  readonly #tidied: Promise<void>;

  private constructor(store: BucketStore, server: Server, log: Log) {
    this.#store = store;
    this.#server = server;
    const tidy = async (work: () => Promise<unknown>): Promise<void> => {
      await work().catch((error: unknown) => log({ error: String(error) }, 'R2 could not remove what is left over.'));
    };
    this.#tidied = tidy(async () => {
      await sweepUploads(store);
      const removed = await store.blobs.collect((blob) => store.index.isPiece(blob));
      if (removed > 0) log({ removed }, 'Values that no object refers to were removed.');
    });
    this.#sweep = setInterval(() => void tidy(() => sweepUploads(store)), SWEEP_EVERY_MS).unref();
  }

  /** Resolves once it answers. Nobody else has its files then: what ran before has ended. */
  static async open({ dataDir, runtimeDir, log, clock = systemClock, descriptor }: R2Options): Promise<R2> {
    const folder = join(dataDir, 'r2');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await mkdir(runtimeDir, { recursive: true, mode: 0o700 });
    const database = new R2Database(join(folder, 'index.db'));
    const blobs = await BlobFolder.open(join(folder, 'blobs'));
    const store: BucketStore = { database, index: bucketIndex(database.sql), blobs, clock };
    const server = createR2Server(store, log);
    await listen(server, { path: resourceSocket(runtimeDir, 'r2_bucket'), descriptor });
    return new R2(store, server, log);
  }

  /** Resolves when what an earlier process left over is removed. */
  get tidied(): Promise<void> {
    return this.#tidied;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#sweep);
    await closeServer(this.#server, END_WITHIN_MS);
    await this.#tidied;
    this.#store.database[Symbol.dispose]();
  }
}
