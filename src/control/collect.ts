import type { Control } from './control.ts';

/** An upload stores its modules before the version that refers to them; nothing this young is collected. */
const GRACE_MS = 60 * 60_000;

/** Removes module files that no version refers to any more. May run at any time, and twice. */
export const collectModules = async (control: Pick<Control, 'store' | 'modules' | 'clock'>): Promise<number> => {
  const referenced = await control.store.read.versions.digests();
  return control.modules.collect((digest) => referenced.has(digest), control.clock.now(), GRACE_MS);
};
