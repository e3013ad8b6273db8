import { useMemo } from 'react';
import { count, counted } from '../../words/index.ts';
import { countLines } from './diff-view.ts';
import { useTexts, type Sides } from './module-texts.ts';

/** `+9 −2` */
export const LineCounts = (sides: Sides) => {
  const { before, after } = useTexts(sides);
  const lines = useMemo(
    () => (before.data === undefined || after.data === undefined ? undefined : countLines(before.data, after.data)),
    [before.data, after.data],
  );
  if (lines === undefined) return null;
  return (
    <>
      <span aria-hidden>
        +{count(lines.added)} −{count(lines.removed)}
      </span>
      <span className="visually-hidden">
        {counted(lines.added, 'line')} added, {count(lines.removed)} removed
      </span>
    </>
  );
};
