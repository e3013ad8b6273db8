import { join } from 'node:path';
import { DataProcess } from '../data/index.ts';
import { privateFolder } from '../runtime/index.ts';
import { runChild, type Service } from './child.ts';
import { openLog } from './log.ts';
import type { Settings } from './settings.ts';

/** Starts what holds the data of bindings. It is a half of its own, so that neither a new control plane nor a new edge stops it. */
const startData = async (settings: Settings): Promise<Service> => {
  const log = openLog('data');
  const data = await DataProcess.open({
    dataDir: join(settings.data, 'resources'),
    runtimeDir: await privateFolder('data', settings.data),
    log: (detail, sentence) => log.warn(detail, sentence),
  });
  return { ready: { type: 'ready', role: 'data' }, stop: () => data[Symbol.asyncDispose]() };
};

await runChild(startData);
