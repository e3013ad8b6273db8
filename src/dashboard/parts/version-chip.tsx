import type { Look } from '../../domain/index.ts';

/** How the looks are called where somebody cannot see them. */
export const LOOK_NAMES: Readonly<Record<Look, string>> = {
  new: 'new',
  stable: 'settled',
  past: 'past',
  back: 'rolled back',
  idle: 'never deployed',
};

interface Chip {
  readonly number: number | null;
  readonly look: Look;
  /** Its short id and tag, shown on hover. */
  readonly title?: string;
}

export const versionName = (number: number | null): string => (number === null ? 'a deleted version' : `v${number}`);

export const VersionChip = ({ number, look, title }: Chip) => (
  <span className={`chip look-${look}`} title={title ?? LOOK_NAMES[look]}>
    {versionName(number)}
  </span>
);
