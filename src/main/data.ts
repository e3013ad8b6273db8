import { join } from 'node:path';
import { DataProcess, Queues, R2, RateLimits } from '../data/index.ts';
import { privateFolder } from '../runtime/index.ts';
import { heldForUs, runChild, type Service } from './child.ts';
import { openLog } from './log.ts';
import type { Settings } from './settings.ts';

/** Starts what holds the data of bindings. It is a half of its own, so that neither a new control plane nor a new edge stops it. */
const startData = async (settings: Settings): Promise<Service> => {
  const log = openLog('data');
  const descriptors = heldForUs(process.env);
  const options = {
    dataDir: join(settings.data, 'resources'),
    runtimeDir: await privateFolder('data', settings.data),
    log: (detail: Readonly<Record<string, unknown>>, sentence: string): void => log.warn(detail, sentence),
  };
  const holders: readonly AsyncDisposable[] = [
    await DataProcess.open({ ...options, descriptors }),
    await R2.open({ ...options, descriptor: descriptors['r2_bucket'] }),
    await Queues.open({ ...options, descriptor: descriptors['queue'] }),
    await RateLimits.open({ runtimeDir: options.runtimeDir, descriptor: descriptors['ratelimit'] }),
  ];
  return {
    ready: { type: 'ready', role: 'data' },
    stop: async () => void (await Promise.all(holders.map((holder) => holder[Symbol.asyncDispose]()))),
  };
};

await runChild('data', startData);
