import { useEffect, useState } from 'react';
import { Segments } from '../../parts/index.ts';
import { useAddress } from '../../shell/index.ts';
import { count } from '../../words/index.ts';
import { CodeFile, type Module } from './code-file.tsx';
import type { Differences } from './compare.tsx';
import { useWalk } from './use-walk.ts';

const WAYS = [
  { value: 'beside', text: 'Side by side' },
  { value: 'one', text: 'One column' },
] as const;

const NARROW = '(max-width: 767px)';

/** On a narrow screen there is room for one column only. */
const useIsNarrow = (): boolean => {
  const [isNarrow, setIsNarrow] = useState(() => window.matchMedia(NARROW).matches);
  useEffect(() => {
    const media = window.matchMedia(NARROW);
    const look = (): void => setIsNarrow(media.matches);
    media.addEventListener('change', look);
    return () => media.removeEventListener('change', look);
  }, []);
  return isNarrow;
};

/** As far as its size tells: what somebody wants to see first. */
const grownBy = ({ before, after }: Module): number => Math.abs((after?.size ?? 0) - (before?.size ?? 0));

/** Text that the API hands out: source maps are none to be read. */
const isText = ({ before, after }: Module): boolean =>
  [before, after].every((side) => side === null || (side.is_text && side.type !== 'sourcemap'));

export const Code = ({ name, differences }: { readonly name: string; readonly differences: Differences }) => {
  const [{ diff }, change] = useAddress();
  const isNarrow = useIsNarrow();
  const way = diff === 'one' || isNarrow ? 'one' : 'beside';
  const { same } = differences.modules;
  const modules = differences.modules.differing.toSorted((a, b) => grownBy(b) - grownBy(a) || a.name.localeCompare(b.name));
  const files = modules.filter(isText).map((module) => module.name);
  const walk = useWalk(files, files[0]);
  return (
    <section id="code" className="section" aria-labelledby="code-heading">
      <div className="section-head">
        <h2 id="code-heading" className="heading">
          Code
        </h2>
        {modules.length > 0 && !isNarrow ? (
          <Segments name="How" of={WAYS} value={way} onChange={(value) => change({ diff: value }, false)} />
        ) : (
          <p className="small third">{same === 1 ? '1 module is the same' : `${count(same)} modules are the same`}</p>
        )}
      </div>
      {modules.length === 0 && <p className="second">Nothing differs.</p>}
      {modules.map((module) => (
        <CodeFile key={module.name} worker={name} module={module} differences={differences} way={way} walk={walk} isText={isText(module)} />
      ))}
    </section>
  );
};
