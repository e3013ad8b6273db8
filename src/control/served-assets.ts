import type { WorkerAssets } from '../domain/index.ts';
import type { Queries, Worker } from '../store/index.ts';

/** How long the hashed files of a version that left its deployment are served: pages it made are open in browsers that long. */
const RETAINED_MS = 24 * 60 * 60_000;
/** Deployments that are looked through for them. */
const MOST_DEPLOYMENTS = 1_000;
/** Versions whose files are looked through for one that is missing. */
const MOST_RETAINED = 200;

/** Which versions' assets are served, of those that have some; undefined where there are none. */
export const servedAssets = async (
  queries: Queries,
  worker: Worker,
  withAssets: ReadonlySet<string>,
  previewVersions: readonly string[],
  now: Date,
): Promise<WorkerAssets | undefined> => {
  if (withAssets.size === 0) return undefined;
  const retained = new Map<string, number | null>();
  let until: number | null = null;
  const since = new Date(now.getTime() - RETAINED_MS).toISOString();
  for (const { split, createdOn } of await queries.deployments.servedSince(worker.tag, since, MOST_DEPLOYMENTS)) {
    for (const { versionId } of split) {
      if (withAssets.has(versionId) && !retained.has(versionId) && retained.size < MOST_RETAINED) retained.set(versionId, until);
    }
    // The one before this one served until this one came.
    until = Date.parse(createdOn) + RETAINED_MS;
  }
  const reachable = new Set([...previewVersions, ...retained.keys()]);
  return {
    versions: [...reachable].filter((versionId) => withAssets.has(versionId)),
    retained: [...retained].map(([versionId, end]) => ({ versionId, until: end })),
  };
};
