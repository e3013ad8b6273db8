import type { Look } from '../../domain/index.ts';
import { percentage } from '../words/index.ts';
import { versionName } from './version-chip.tsx';

export interface Shown {
  readonly number: number | null;
  readonly percentage: number;
  readonly look: Look;
  /** Of past versions every other one, where several are shown. */
  readonly isLighter?: boolean;
}

/** The newer version stands left, as progress does. */
export const newerFirst = <V extends { readonly number: number | null }>(versions: readonly V[]): V[] =>
  versions.toSorted((a, b) => (b.number ?? 0) - (a.number ?? 0));

/** `v42 10%, v41 90%` */
export const splitInWords = (versions: readonly Shown[]): string =>
  newerFirst(versions)
    .map((version) => `${versionName(version.number)} ${percentage(version.percentage)}`)
    .join(', ');

/** The one picture of a split. A version without a share has no segment. */
export const SplitBar = ({ versions, size }: { readonly versions: readonly Shown[]; readonly size?: 'row' | 'settled' | 'dialog' }) => {
  const shares = newerFirst(versions).filter((version) => version.percentage > 0);
  const name = shares.length === 0 ? 'Nothing deployed' : splitInWords(versions);
  return (
    <div className={`split${size ? ` is-${size}` : ''}${shares.length === 0 ? ' is-empty' : ''}`} role="img" aria-label={name}>
      {shares.map((version) => (
        <span
          key={version.number}
          className={`look-${version.look}${version.isLighter === true ? ' is-lighter' : ''}`}
          style={{ flexGrow: version.percentage }}
        />
      ))}
    </div>
  );
};
