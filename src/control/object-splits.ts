import { accept, refuse, type Result } from '../base/index.ts';
import type { Refusal, Split } from '../domain/index.ts';
import type { Worker } from '../store/index.ts';
import type { Control } from './control.ts';
import { storedSpec } from './specs.ts';

/**
 * Whether both versions of a split start in one process, which those of a Worker with Durable Objects share: each was tried alone. Two
 * that serve together already do.
 */
export const startTogether = async (control: Control, { tag }: Worker, split: Split): Promise<Result<null, Refusal>> => {
  const [one, other] = split;
  if (one === undefined || other === undefined) return accept(null);
  const { namespaces, deployments } = control.store.read;
  if ((await namespaces.ofWorker(tag)).length === 0) return accept(null);
  const serving = (await deployments.active(tag))?.split.map(({ versionId }) => versionId) ?? [];
  if ([one, other].every(({ versionId }) => serving.includes(versionId))) return accept(null);
  const [first, second] = [await storedSpec(control, one.versionId), await storedSpec(control, other.versionId)];
  if (!first.ok) return first;
  if (!second.ok) return second;
  const trial = await control.trySplit([first.value, second.value]);
  if (trial.ok) return accept(null);
  return refuse({ code: 'split_does_not_start', versionIds: [one.versionId, other.versionId], message: trial.failure.message });
};
