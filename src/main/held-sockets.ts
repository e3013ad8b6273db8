import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { privateFolder, resourceSockets } from '../runtime/index.ts';

/**
 * Sockets are made under another name and renamed, so that nobody finds one before it listens, and one that was left is replaced.
 * The thread then sleeps for good: a Node that polled them would take the connections itself.
 */
const HOLDER = `
const { createServer } = require('node:net');
const { renameSync, rmSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const held = workerData.map((path) => {
  const made = path + '.new';
  rmSync(made, { force: true });
  const server = createServer().listen({ path: made, backlog: 4096 });
  renameSync(made, path);
  return server._handle.fd;
});
parentPort.postMessage(held);
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
`;

/**
 * Unix sockets that listen whether or not somebody takes what comes: a process that is started with their descriptors does. Between
 * its end and the start of the next, connections wait in the kernel instead of being refused. They go with this process.
 */
export class HeldSockets {
  /** Descriptors, by what they are for. */
  readonly sockets: Readonly<Record<string, number>>;

  private constructor(sockets: Readonly<Record<string, number>>) {
    this.sockets = sockets;
  }

  static async open(paths: Readonly<Record<string, string>>): Promise<HeldSockets> {
    const names = Object.keys(paths);
    const limits = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 };
    const holder = new Worker(HOLDER, { eval: true, workerData: Object.values(paths), resourceLimits: limits });
    const [descriptors] = (await once(holder, 'message')) as [readonly number[]]; // Sent by the lines above.
    holder.unref();
    return new HeldSockets(Object.fromEntries(names.map((name, index) => [name, descriptors[index] ?? -1])));
  }
}

/** Where bindings reach their data. */
export const holdDataSockets = async (dataDir: string): Promise<HeldSockets> =>
  HeldSockets.open(resourceSockets(await privateFolder('data', dataDir)));
