import { Chunk, getChunks, MergeView, unifiedMergeView } from '@codemirror/merge';
import { StateEffect, Text, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { codeLook, languageOf, readOnly } from '../../code/index.ts';
import { diffLook, goneTo, linesIn, placeOf } from './diff-look.ts';

interface DiffOptions {
  /** Of the module: its ending says the language. */
  readonly module: string;
  readonly before: string;
  readonly after: string;
  /** How the two are called. */
  readonly names: readonly [before: string, after: string];
  readonly isFolded: boolean;
}

/** A diff on the page. */
export interface DiffView {
  readonly changes: number;
  /** Shows one of the changes, counted from 0. */
  readonly go: (change: number) => void;
  readonly close: () => void;
}

const FOLDED = { margin: 3, minSize: 5 };
/** Of characters: beyond it the difference is told by whole lines. */
const DIFF = { scanLimit: 5_000, timeout: 500 };

const textOf = (text: string): Text => Text.of(text.split(/\r\n?|\n/));

/** How many lines came, and how many went. */
export const countLines = (older: string, newer: string): { readonly added: number; readonly removed: number } => {
  const [before, after] = [textOf(older), textOf(newer)];
  const chunks = Chunk.build(before, after, DIFF);
  const all = (text: Text, isOld: boolean): number => chunks.reduce((sum, chunk) => sum + linesIn(text, placeOf(chunk, isOld)), 0);
  return { added: all(after, false), removed: all(before, true) };
};

const look = (module: string, label: string): Extension => [codeLook(), languageOf(module), readOnly(label)];

/** Only behind it is known what differs. */
const addDiffLook = (view: EditorView): void => view.dispatch({ effects: StateEffect.appendConfig.of(diffLook()) });

const folding = (isFolded: boolean) => (isFolded ? { collapseUnchanged: FOLDED } : {});

/** A little above the middle, so that what follows is seen too. */
const show = (view: EditorView, chunk: Chunk, isOld: boolean): void => {
  const place = placeOf(chunk, isOld);
  const at = Math.min(place[0], view.state.doc.length);
  view.dispatch({ effects: [goneTo.of(place), EditorView.scrollIntoView(at, { y: 'center' })] });
};

/** The older left, the newer right. */
export const openBeside = (parent: Element, { module, before, after, names, isFolded }: DiffOptions): DiffView => {
  const merge = new MergeView({
    parent,
    a: { doc: before, extensions: look(module, `${module} in ${names[0]}`) },
    b: { doc: after, extensions: look(module, `${module} in ${names[1]}`) },
    diffConfig: DIFF,
    ...folding(isFolded),
  });
  addDiffLook(merge.a);
  addDiffLook(merge.b);
  const go = (change: number): void => {
    const chunk = merge.chunks[change];
    if (chunk === undefined) return;
    show(merge.a, chunk, true);
    show(merge.b, chunk, false);
  };
  return { changes: merge.chunks.length, go, close: () => merge.destroy() };
};

/** What went stands above what came. */
export const openInOne = (parent: Element, { module, before, after, names, isFolded }: DiffOptions): DiffView => {
  const view = new EditorView({
    parent,
    doc: after,
    extensions: [
      look(module, `${module} in ${names[1]}, with what it replaces of ${names[0]}`),
      unifiedMergeView({ original: before, mergeControls: false, diffConfig: DIFF, ...folding(isFolded) }),
    ],
  });
  addDiffLook(view);
  const chunks = getChunks(view.state)?.chunks ?? [];
  const go = (change: number): void => {
    const chunk = chunks[change];
    if (chunk !== undefined) show(view, chunk, false);
  };
  return { changes: chunks.length, go, close: () => view.destroy() };
};
