import type { RoutingTable, WorkerEntry } from '../../domain/index.ts';
import type { CollectRule } from '../../observe/index.ts';

/** Of a Worker's versions with URLs of their own the newest so many are traced too: that is where somebody looks at one. */
const PREVIEWS = 10;

/** What is to be kept of Workers' invocations: of those that their settings name, and of those whose traffic two versions share. */
export const rulesIn = ({ workers }: Pick<RoutingTable, 'workers'>): readonly CollectRule[] =>
  workers.flatMap((worker) => {
    const { name: script, collects } = worker;
    const hasTwo = isSplit(worker);
    if (collects === undefined && !hasTwo) return [];
    const { sampleRate = 1, isKept = false, logpush = false } = collects ?? {};
    return [{ script, sampleRate, isKept, logpush, ...(hasTwo ? { isSplit: true as const } : {}) }];
  });

/** The Workers of whose invocations somebody wants more than outcomes. */
export const collectedScripts = (rules: readonly CollectRule[], watched: ReadonlySet<string>): ReadonlySet<string> => {
  const wanted = rules.filter(({ isKept, logpush, isSplit }) => isKept || logpush || isSplit === true);
  return new Set([...wanted.map(({ script }) => script), ...watched]);
};

/** The versions whose logs and exceptions somebody wants: they run with a tracer. */
export const collectedIn = ({ workers }: Pick<RoutingTable, 'workers'>, watched: ReadonlySet<string>): ReadonlySet<string> => {
  const collected = new Set<string>();
  for (const worker of workers) {
    const isWatched = watched.has(worker.name) || worker.collects !== undefined;
    if (!isWatched && !isSplit(worker)) continue;
    for (const { versionId } of worker.deployment?.split ?? []) collected.add(versionId);
    if (!isWatched) continue;
    for (const versionId of worker.previewVersions.slice(0, PREVIEWS)) collected.add(versionId);
    for (const versionId of Object.values(worker.aliases).slice(0, PREVIEWS)) collected.add(versionId);
  }
  return collected;
};

const isSplit = ({ deployment }: WorkerEntry): boolean => (deployment?.split.filter(({ share }) => share > 0).length ?? 0) > 1;
