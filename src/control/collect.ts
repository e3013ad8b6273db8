import { assetDigests } from './assets.ts';
import type { Control } from './control.ts';

/** An upload stores its modules and assets before the version that refers to them, and has an hour to; nothing this young is collected. */
const GRACE_MS = 2 * 60 * 60_000;

/** Removes files of modules and assets that no version refers to any more. May run at any time, and twice. */
export const collectModules = async (control: Pick<Control, 'store' | 'modules' | 'clock'>): Promise<number> => {
  const now = control.clock.now();
  const before = new Date(now.getTime() - GRACE_MS).toISOString();
  const [modules, assets] = [await control.store.read.versions.digests(), await assetDigests(control)];
  const underWay = new Set(await control.store.read.assets.usedSince(before));
  const isReferenced = (digest: string): boolean => modules.has(digest) || assets.has(digest) || underWay.has(digest);
  await control.store.note((queries) => queries.assets.forget(isReferenced, before));
  return control.modules.collect(isReferenced, now, GRACE_MS);
};
