import { StateEffect, StateField, type EditorState, type Extension, type Transaction } from '@codemirror/state';
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view';

const mark = StateEffect.define<number>();

/** The line that is marked, from its beginning; none once somebody wrote in it. */
const marked = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (before, transaction) => {
    const asked = transaction.effects.find((effect) => effect.is(mark));
    if (asked?.is(mark) === true) return Decoration.set(Decoration.line({ class: 'editor-fault-line' }).range(asked.value));
    return isWrittenIn(before, transaction) ? Decoration.none : before.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

export const markedLine = (): Extension => marked;

/** Its number, from 1. */
export const markedLineIn = (state: EditorState): number | undefined => {
  const at = startOf(state.field(marked));
  return at === undefined ? undefined : state.doc.lineAt(at).number;
};

/** Marks a line, and puts the cursor to a column of it and into sight. As far as the text has them: both are counted from 1. */
export const goToLine = (view: EditorView, { line, column }: { readonly line: number; readonly column: number }): void => {
  const { from, to } = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
  const at = Math.min(from + Math.max(column - 1, 0), to);
  view.dispatch({ effects: [mark.of(from), EditorView.scrollIntoView(at, { y: 'center' })], selection: { anchor: at } });
  view.focus();
};

const startOf = (set: DecorationSet): number | undefined => (set.iter().value === null ? undefined : set.iter().from);

const isWrittenIn = (set: DecorationSet, { changes, startState }: Transaction): boolean => {
  const at = startOf(set);
  if (at === undefined || changes.empty) return false;
  const { from, to } = startState.doc.lineAt(at);
  return changes.touchesRange(from, to) !== false;
};
