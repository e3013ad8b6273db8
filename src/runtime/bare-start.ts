import type { VersionSpec } from '../domain/index.ts';
import { planBare } from './plan.ts';
import { VersionProcess, type ProcessOptions } from './version-process.ts';

/**
 * CPU milliseconds that a process takes to its first answer with nothing of a user's in it, measured once per program:
 * what is above that was spent on the version.
 */
export const bareStartCpuMs = (options: Pick<ProcessOptions, 'runtimeDir'>): Promise<number | undefined> => {
  measured ??= measure(options.runtimeDir).catch((cause: unknown) => {
    measured = undefined;
    throw cause;
  });
  return measured;
};

let measured: Promise<number | undefined> | undefined;

const measure = async (runtimeDir: string): Promise<number | undefined> => {
  await using bare = await VersionProcess.start(NOTHING, { runtimeDir, modulePath: () => '', plan: (_, where) => planBare(where) });
  return bare.startupCpuMs;
};

const NOTHING: VersionSpec = {
  id: 'bare',
  script: 'bare',
  tag: undefined,
  createdOn: '',
  syntax: 'modules',
  mainModule: '',
  modules: [],
  bindings: [],
  compatibilityDate: undefined,
  compatibilityFlags: [],
  limits: {},
};
