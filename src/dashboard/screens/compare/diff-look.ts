import { getChunks, type Chunk } from '@codemirror/merge';
import { RangeSetBuilder, StateEffect, StateField, type EditorState, type Extension, type Text } from '@codemirror/state';
import { Decoration, EditorView, GutterMarker, gutterLineClass, gutterWidgetClass, type WidgetType } from '@codemirror/view';

/** Where a chunk is in one of the two documents. */
export type Place = readonly [from: number, to: number];

export const placeOf = ({ fromA, toA, fromB, toB }: Chunk, isOld: boolean): Place => (isOld ? [fromA, toA] : [fromB, toB]);

class ClassMarker extends GutterMarker {
  override readonly elementClass: string;

  constructor(name: string) {
    super();
    this.elementClass = name;
  }
}

const changedLine = new ClassMarker('is-changed');
const gap = new ClassMarker('is-gap');
const folded = new ClassMarker('is-folded');
const removed = new ClassMarker('is-removed');

/** The package tells its widgets apart by what they have, and by nothing that it gives away. */
const besideWidget = (widget: WidgetType): GutterMarker => {
  if ('lines' in widget) return folded;
  return 'height' in widget ? gap : removed;
};

const linesOf = (text: Text, [from, to]: Place): readonly number[] => {
  if (from >= to || text.length === 0) return [];
  const first = text.lineAt(from).number;
  const last = text.lineAt(Math.min(to - 1, text.length)).number;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
};

/** How many lines are in it. */
export const linesIn = (text: Text, place: Place): number => linesOf(text, place).length;

const chunksOf = (state: EditorState) => getChunks(state) ?? { chunks: [], side: 'b' as const };

/** The colour of a changed line begins at its number. */
const gutterLines = (state: EditorState) => {
  const { chunks, side } = chunksOf(state);
  const builder = new RangeSetBuilder<GutterMarker>();
  for (const chunk of chunks)
    for (const number of linesOf(state.doc, placeOf(chunk, side === 'a'))) {
      const { from } = state.doc.line(number);
      builder.add(from, from, changedLine);
    }
  return builder.finish();
};

const wholeLine = Decoration.line({ class: 'is-whole' });

/** A line of which all is new says so by its colour: to mark each of its characters too would tell nothing. */
const wholeLines = (state: EditorState) => {
  const { chunks, side } = chunksOf(state);
  const isOld = side === 'a';
  const builder = new RangeSetBuilder<Decoration>();
  for (const chunk of chunks) {
    const [from] = placeOf(chunk, isOld);
    const changed = chunk.changes.map((change): Place =>
      isOld ? [change.fromA + from, change.toA + from] : [change.fromB + from, change.toB + from],
    );
    for (const number of linesOf(state.doc, placeOf(chunk, isOld))) {
      const line = state.doc.line(number);
      const start = line.from + (line.text.length - line.text.trimStart().length);
      const end = line.from + line.text.trimEnd().length;
      if (changed.some((place) => place[0] <= start && end <= place[1])) builder.add(line.from, line.from, wholeLine);
    }
  }
  return builder.finish();
};

const currentLine = Decoration.line({ class: 'is-current' });

/** Says at which change one is; of none: nothing. */
export const goneTo = StateEffect.define<Place>();

const current = StateField.define({
  create: () => Decoration.none,
  update(shown, { effects, state }) {
    const effect = effects.find((each) => each.is(goneTo));
    if (effect === undefined) return shown;
    const lines = linesOf(state.doc, effect.value as Place);
    return Decoration.set(lines.map((number) => currentLine.range(state.doc.line(number).from)));
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** What the merge view leaves to us: how its lines, gaps and folds look all the way across. */
export const diffLook = (): Extension => [
  gutterLineClass.compute([], gutterLines),
  gutterWidgetClass.of((_, widget) => besideWidget(widget)),
  EditorView.decorations.compute([], wholeLines),
  current,
];
