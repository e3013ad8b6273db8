import { ChevronRight } from 'lucide-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { Bones, Icon, Segments } from '../../parts/index.ts';
import { useAddress } from '../../shell/index.ts';
import { bytes, count } from '../../words/index.ts';
import type { Differences } from './compare.tsx';

const FileDiff = lazy(async () => ({ default: (await import('./file-diff.tsx')).FileDiff }));

type Module = Differences['modules']['differing'][number];

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

export const Code = ({ name, differences }: { readonly name: string; readonly differences: Differences }) => {
  const [{ diff }, change] = useAddress();
  const isNarrow = useIsNarrow();
  const way = diff === 'one' || isNarrow ? 'one' : 'beside';
  const { differing, same } = differences.modules;
  const [mostChanged] = differing.toSorted((a, b) => grownBy(b) - grownBy(a));
  return (
    <section id="code" className="section" aria-labelledby="code-heading">
      <div className="section-head">
        <h2 id="code-heading" className="heading">
          Code
        </h2>
        {differing.length > 0 && !isNarrow ? (
          <Segments name="How" of={WAYS} value={way} onChange={(value) => change({ diff: value }, false)} />
        ) : (
          <p className="small third">{same === 1 ? '1 module is the same' : `${count(same)} modules are the same`}</p>
        )}
      </div>
      {differing.length === 0 && <p className="second">Nothing differs.</p>}
      {differing.map((module) => (
        <File key={module.name} name={name} module={module} differences={differences} isOpen={module === mostChanged} way={way} />
      ))}
    </section>
  );
};

/** As far as its size tells: what somebody wants to see first. */
const grownBy = ({ before, after }: Module): number => Math.abs((after?.size ?? 0) - (before?.size ?? 0));

interface FileProps {
  readonly name: string;
  readonly module: Module;
  readonly differences: Differences;
  readonly isOpen: boolean;
  readonly way: 'beside' | 'one';
}

/** One module; the diff comes when it is opened. */
const File = ({ name, module, differences, isOpen: isOpenAtFirst, way }: FileProps) => {
  const [isOpen, setIsOpen] = useState(isOpenAtFirst);
  const isText = module.before?.is_text !== false && module.after?.is_text !== false;
  const [lines, setLines] = useState<string>();
  return (
    <div className="compare-file">
      <button type="button" className="compare-file-head" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        <span className="compare-turn">
          <Icon of={ChevronRight} />
        </span>
        <span className="mono">{module.name}</span>
        <span className="small third">{lines ?? sizesOf(module)}</span>
        <span className="small third compare-change">{module.change}</span>
      </button>
      {isOpen &&
        (isText ? (
          <Suspense fallback={<Bones lines={[70, 50, 60, 80]} />}>
            <FileDiff
              worker={name}
              module={module.name}
              baseline={module.before === null ? undefined : differences.baseline}
              version={module.after === null ? undefined : differences.version}
              way={way}
              onCounted={(added, removed) => setLines(`+${count(added)} −${count(removed)}`)}
            />
          </Suspense>
        ) : (
          <p className="second compare-binary">It is not text, and is not shown.</p>
        ))}
    </div>
  );
};

const sizesOf = ({ before, after }: Module): string => {
  const now = after ?? before;
  const isBoth = before !== null && after !== null;
  return [now === null ? '' : bytes(now.size), isBoth ? `was ${bytes(before.size)}` : ''].filter(Boolean).join(', ');
};
