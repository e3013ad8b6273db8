import { accept, refuse, type Result } from '../base/index.ts';
import type { Refusal, Split, VersionSpec } from '../domain/index.ts';
import type { Worker } from '../store/index.ts';
import type { Control } from './control.ts';
import { specFor, storedSpec } from './specs.ts';
import type { TriedVersion } from './versions.ts';

/**
 * Whether both versions of a split start in one process, which those of a Worker with Durable Objects share: each was tried alone. Two
 * that serve together already do, unless one of them gets a successor, which is tried in its place.
 */
export const startTogether = async (
  control: Control,
  worker: Pick<Worker, 'tag' | 'name'>,
  split: Split,
  successors: ReadonlyMap<string, TriedVersion> = new Map(),
): Promise<Result<null, Refusal>> => {
  const [one, other] = split.map(({ versionId }) => versionId);
  if (one === undefined || other === undefined) return accept(null);
  const hasSuccessor = successors.has(one) || successors.has(other);
  if (!hasSuccessor && !(await isNewPair(control, worker, [one, other]))) return accept(null);
  const next = async (versionId: string): Promise<Result<VersionSpec, Refusal>> => {
    const successor = successors.get(versionId);
    return successor === undefined ? storedSpec(control, versionId) : accept(await specFor(control, worker, successor));
  };
  const [first, second] = [await next(one), await next(other)];
  if (!first.ok) return first;
  if (!second.ok) return second;
  if ((first.value.durableObjects ?? []).length === 0) return accept(null);
  const trial = await control.trySplit([first.value, second.value]);
  if (trial.ok) return accept(null);
  return refuse({ code: 'split_does_not_start', versionIds: [one, other], message: trial.failure.message });
};

/** Of a Worker with objects: whether these do not serve together yet. */
const isNewPair = async ({ store }: Control, { tag }: Pick<Worker, 'tag'>, versionIds: readonly string[]): Promise<boolean> => {
  if ((await store.read.namespaces.ofWorker(tag)).length === 0) return false;
  const serving = (await store.read.deployments.active(tag))?.split.map(({ versionId }) => versionId) ?? [];
  return versionIds.some((versionId) => !serving.includes(versionId));
};
