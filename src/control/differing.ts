import { accept, type Result } from '../base/index.ts';
import {
  differencesBetween,
  type Asset,
  type Compared,
  type Differences,
  type Refusal,
  type Resource,
  type Version,
} from '../domain/index.ts';
import type { Worker } from '../store/index.ts';
import { comparedVersions, type WantedComparison } from './compared.ts';
import type { Control } from './control.ts';
import { withFiles } from './preflight.ts';

/** How two versions differ, with what they are made of and what their bindings reach. */
export interface Differing {
  readonly version: Version;
  readonly baseline: Version;
  readonly differences: Differences;
  /** Of their assets; none where both have the same. */
  readonly files: { readonly before: readonly Asset[]; readonly after: readonly Asset[] };
  readonly resources: readonly Resource[];
}

/** The two that are named, else the newer of those that serve beside the other, or the one that served before. */
export const differing = async (
  control: Control,
  worker: Worker,
  wanted: Pick<WantedComparison, 'version' | 'baseline'>,
): Promise<Result<Differing, Refusal>> => {
  const read = await control.store.snapshot(async (queries) => {
    const found = await comparedVersions(queries, worker, wanted);
    return found.ok ? accept({ ...found.value, resources: await queries.resources.all() }) : found;
  });
  if (!read.ok) return read;
  const { version, baseline, resources } = read.value;
  const isSame = version.assets?.manifest === baseline.assets?.manifest;
  const sides: readonly [Compared, Compared] = isSame
    ? [baseline, version]
    : [await withFiles(control, baseline), await withFiles(control, version)];
  const [{ files: before = [] }, { files: after = [] }] = sides;
  return accept({ version, baseline, resources, files: { before, after }, differences: differencesBetween(...sides) });
};
