import { useRef, useState } from 'react';
import { useKeys } from '../../shell/index.ts';
import type { DiffView } from './diff-view.ts';

/** A change in a file, counted from 0. */
interface Stop {
  readonly file: string;
  readonly change: number;
}

export interface Walk {
  readonly at: Stop | undefined;
  readonly isOpen: (file: string) => boolean;
  readonly turn: (file: string) => void;
  readonly onOpened: (file: string, view: DiffView | undefined) => void;
  /** To the next change of a file, or its first. */
  readonly next: (file: string) => void;
  /** How many changes an opened file has. */
  readonly changesIn: (file: string) => number | undefined;
}

/** From change to change, through all `files`, also those that are still closed: `N` goes on, `P` goes back. */
export const useWalk = (files: readonly string[], firstOpen: string | undefined): Walk => {
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(firstOpen === undefined ? [] : [firstOpen]));
  const [at, setAt] = useState<Stop>();
  const [counts, setCounts] = useState<Readonly<Record<string, number>>>({});
  const views = useRef(new Map<string, DiffView>());
  /** Where to go once its file is there: to its first change, or its last. */
  const goal = useRef<{ readonly file: string; readonly end: 'first' | 'last' }>(undefined);

  const go = (file: string, change: number): void => {
    views.current.get(file)?.go(change);
    setAt({ file, change });
  };
  const enter = (file: string, end: 'first' | 'last'): void => {
    const view = views.current.get(file);
    if (view !== undefined) return go(file, end === 'first' ? 0 : view.changes - 1);
    goal.current = { file, end };
    setOpen((before) => new Set([...before, file]));
  };
  const step = (by: 1 | -1): void => {
    const first = files.find((file) => open.has(file)) ?? files[0];
    if (first === undefined) return;
    if (at === undefined) return enter(first, by === 1 ? 'first' : 'last');
    const change = at.change + by;
    const view = views.current.get(at.file);
    if (view !== undefined && change >= 0 && change < view.changes) return go(at.file, change);
    const beside = files[(files.indexOf(at.file) + by + files.length) % files.length];
    enter(beside ?? first, by === 1 ? 'first' : 'last');
  };
  useKeys({ n: () => step(1), p: () => step(-1) });

  return {
    at,
    isOpen: (file) => open.has(file),
    turn: (file) => setOpen(open.has(file) ? new Set([...open].filter((each) => each !== file)) : new Set([...open, file])),
    onOpened: (file, view) => {
      if (view === undefined) return void views.current.delete(file);
      views.current.set(file, view);
      setCounts((before) => ({ ...before, [file]: view.changes }));
      if (goal.current?.file !== file) return undefined;
      enter(file, goal.current.end);
      goal.current = undefined;
      return undefined;
    },
    next: (file) => (at?.file === file ? step(1) : enter(file, 'first')),
    changesIn: (file) => counts[file],
  };
};
