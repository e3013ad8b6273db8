import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { Bones, Button, Icon, late } from '../../parts/index.ts';
import { bytes, count } from '../../words/index.ts';
import type { Differences } from './compare.tsx';
import type { Sides } from './module-texts.ts';
import type { Walk } from './use-walk.ts';

const FileDiff = late(async () => (await import('./file-diff.tsx')).FileDiff, {
  what: 'What shows code did not load.',
  bones: <Bones lines={[70, 50, 60, 80]} />,
});
const LineCounts = late(async () => (await import('./line-counts.tsx')).LineCounts, {
  what: 'The lines were not counted.',
  // The diff itself says that it did not load.
  frame: () => null,
});

export type Module = Differences['modules']['differing'][number];

/** Of a longer one lines are counted when it is opened: nobody should wait for what is not looked at. */
const MOST_COUNTED_BYTES = 200_000;

interface CodeFileProps {
  readonly worker: string;
  readonly module: Module;
  readonly differences: Differences;
  readonly way: 'beside' | 'one';
  readonly walk: Walk;
  readonly isText: boolean;
}

const CHANGES = { added: 'Added', removed: 'Removed', changed: '' } as const;

/** One module that differs; the diff comes when it is opened. */
export const CodeFile = ({ worker, module, differences, way, walk, isText }: CodeFileProps) => {
  const { name, before, after, change } = module;
  const [isFolded, setIsFolded] = useState(true);
  const isOpen = walk.isOpen(name);
  const isCounted = isText && (isOpen || (before?.size ?? 0) + (after?.size ?? 0) <= MOST_COUNTED_BYTES);
  const sides: Sides = {
    worker,
    module: name,
    baseline: before === null ? undefined : differences.baseline,
    version: after === null ? undefined : differences.version,
  };
  return (
    <div className="compare-file">
      <div className="compare-file-head">
        <button type="button" className="compare-turner" aria-expanded={isOpen} onClick={() => walk.turn(name)}>
          <span className="compare-turn">
            <Icon of={ChevronRight} />
          </span>
          <span className="mono">{name}</span>
          <span className="small third num">{isCounted && <LineCounts {...sides} />}</span>
        </button>
        {isOpen && isText ? (
          <Steps name={name} walk={walk} isFolded={isFolded} onFold={() => setIsFolded(!isFolded)} />
        ) : (
          <span className="small third compare-sizes">{[CHANGES[change], sizesOf(module)].filter(Boolean).join(', ')}</span>
        )}
      </div>
      {isOpen && !isText && (
        <p className="second compare-binary">
          {(after ?? before)?.type === 'sourcemap' ? 'A source map is not shown.' : 'It is not text, and is not shown.'}
        </p>
      )}
      {isOpen && isText && (
        <FileDiff {...sides} way={change === 'changed' ? way : 'one'} isFolded={isFolded} onOpened={(view) => walk.onOpened(name, view)} />
      )}
    </div>
  );
};

interface StepsProps {
  readonly name: string;
  readonly walk: Walk;
  readonly isFolded: boolean;
  readonly onFold: () => void;
}

/** Through an opened file: all of its lines, and from change to change. */
const Steps = ({ name, walk, isFolded, onFold }: StepsProps) => {
  const changes = walk.changesIn(name);
  const { at } = walk;
  return (
    <div className="compare-steps">
      <span className="small third num" role="status">
        {at?.file === name && changes !== undefined && `${count(at.change + 1)} of ${count(changes)}`}
      </span>
      <Button kind="quiet" isSmall aria-pressed={!isFolded} onClick={onFold}>
        All lines
      </Button>
      <Button kind="quiet" isSmall shortcut="N" onClick={() => walk.next(name)}>
        Next change
      </Button>
    </div>
  );
};

/** `1.2 kB, was 1.1 kB` */
const sizesOf = ({ before, after }: Module): string => {
  const now = after ?? before;
  if (now === null) return '';
  const size = bytes(now.size);
  if (before === null || after === null || bytes(before.size) === size) return size;
  return `${size}, was ${bytes(before.size)}`;
};
