import { VersionChip } from '../../parts/index.ts';
import type { Side } from './compare.tsx';

/** Where there is no head of a table, each value says whose it is. */
export const NarrowChip = ({ side }: { readonly side: Side }) => (
  <span className="compare-narrow small" aria-hidden>
    <VersionChip {...side} />
  </span>
);
