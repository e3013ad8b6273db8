import type { TraceMap } from '@jridgewell/trace-mapping';
import type { TracedVersion, TraceException } from '../trace.ts';
import { mappedStack, type SourceMaps } from './source-maps.ts';

/** Where a stack may lead to many modules. */
const MOST_MAPS = 8;

/** Whether there is anything to map: most records have no exceptions, and go on at once. */
export const canBeMapped = (exceptions: readonly TraceException[], { sourceMaps }: TracedVersion): boolean =>
  sourceMaps !== undefined && exceptions.some(({ stack }) => stack !== undefined);

/** Exceptions with stacks as the sources have them. Waits for maps that were not read yet, never throws. */
export const sourceMapped = async (
  exceptions: readonly TraceException[],
  { script, sourceMaps = {} }: TracedVersion,
  maps: SourceMaps,
): Promise<readonly TraceException[]> => {
  const stacks = exceptions.map(({ stack = '' }) => stack).join('\n');
  const named = Object.entries(sourceMaps).filter(([module]) => stacks.includes(`${module}:`));
  const loaded = new Map<string, TraceMap>();
  for (const [module, digest] of named.slice(0, MOST_MAPS)) {
    const map = await maps.map(digest, script);
    if (map !== undefined) loaded.set(module, map);
  }
  if (loaded.size === 0) return exceptions;
  return exceptions.map((exception) =>
    exception.stack === undefined
      ? exception
      : { ...exception, stack: mappedStack(exception.stack, (module) => loaded.get(plain(module))) },
  );
};

/** The runtime may name a module as a file. */
const plain = (module: string): string => module.replace(/^file:\/+/, '');
