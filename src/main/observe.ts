import { join } from 'node:path';
import { openObserver } from '../observe/index.ts';
import { privateFolder } from '../runtime/index.ts';
import { destinationRules } from './destination-rules.ts';
import { runChild, type Service } from './child.ts';
import { openLog } from './log.ts';
import type { Settings } from './settings.ts';

/** Starts what hears of every invocation. It is a process of its own, so that neither visitors nor the API wait for it. */
const startObserve = async (settings: Settings): Promise<Service> => {
  const log = openLog('observe');
  const observer = await openObserver({
    folder: await privateFolder('observe', settings.data),
    dataDir: join(settings.data, 'observe'),
    modulesDir: join(settings.data, 'modules'),
    archiveBytes: settings.observeMb * 1024 * 1024,
    logpush: { spoolBytes: settings.logpushSpoolMb * 1024 * 1024, rules: destinationRules(settings) },
    log: (detail, sentence) => log.warn(detail, sentence),
  });
  return { ready: { type: 'ready', role: 'observe' }, stop: () => observer[Symbol.asyncDispose]() };
};

await runChild('observe', startObserve);
