import type { VersionCompatibility } from './refusal.ts';
import type { VersionCode } from './version.ts';

type Compatibility = Pick<VersionCode, 'compatibilityDate' | 'compatibilityFlags'>;

/** Whether the code of all of these can run in one process: with one date, and the same flags in whichever order. */
export const areCompatible = (versions: readonly Compatibility[]): boolean => new Set(versions.map(settingsOf)).size <= 1;

const settingsOf = ({ compatibilityDate, compatibilityFlags }: Compatibility): string =>
  [compatibilityDate ?? '', ...new Set(compatibilityFlags.toSorted())].join(' ');

export const compatibilityOf = ({
  id,
  compatibilityDate,
  compatibilityFlags,
}: Compatibility & { readonly id: string }): VersionCompatibility => ({
  versionId: id,
  date: compatibilityDate,
  flags: compatibilityFlags,
});
