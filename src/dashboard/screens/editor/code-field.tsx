import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { codeLook, goToLine, languageOf, lineEndsOf, markedLine, markedLineIn, typingOver } from '../../code/index.ts';
import type { Place } from './fault-place.ts';

/** What the editor remembers of all files: what was done to each can be undone when it comes back. */
export class CodeMemory {
  readonly states = new Map<string, EditorState>();
  onChange: (text: string) => void = () => {};
  /** Where the line that is marked is by now; undefined once somebody wrote in it. */
  onMoved: (line: number | undefined) => void = () => {};
  /** The last wish to go somewhere that was done. */
  gone = 0;
}

/** A wish to go to a place: the same wish is done once. */
export interface Way extends Place {
  readonly wish: number;
}

interface CodeFieldProps {
  /** Of the module; another one is another field. */
  readonly name: string;
  readonly text: string;
  readonly memory: CodeMemory;
  /** Marked, with the cursor in it. */
  readonly way: Way | undefined;
  readonly onChange: (text: string) => void;
  readonly onMoved: (line: number | undefined) => void;
}

/** One text file, to be edited. Tab indents; after Esc it leaves. */
export const CodeField = ({ name, text, memory, way, onChange, onMoved }: CodeFieldProps) => {
  const place = useRef<HTMLDivElement>(null);
  const shown = useRef<EditorView>(undefined);
  const latest = useRef(text);
  latest.current = text;
  memory.onChange = onChange;
  memory.onMoved = onMoved;
  useEffect(() => {
    if (place.current === null) return undefined;
    const before = memory.states.get(name);
    const doc = latest.current;
    const state =
      before?.sliceDoc() === doc ? before : EditorState.create({ doc, extensions: [lineEndsOf(doc), extensionsFor(name, memory)] });
    const view = new EditorView({ parent: place.current, state });
    shown.current = view;
    // Lines wrap elsewhere once the font is there.
    void document.fonts.ready.then(() => view.requestMeasure());
    return () => {
      memory.states.set(name, view.state);
      view.destroy();
    };
  }, [name, memory]);
  useEffect(() => {
    if (way?.file !== name || way.wish === memory.gone || shown.current === undefined) return;
    memory.gone = way.wish;
    goToLine(shown.current, way);
  }, [name, memory, way]);
  return <div ref={place} className="editor-code" />;
};

const extensionsFor = (name: string, memory: CodeMemory): Extension => [
  codeLook(),
  languageOf(name),
  history(),
  drawSelection(),
  typingOver,
  markedLine(),
  indentOnInput(),
  bracketMatching(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  search({ top: true }),
  highlightSelectionMatches(),
  keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab]),
  EditorView.contentAttributes.of({ 'aria-label': `${name}, Esc and then Tab leaves it`, tabindex: '0' }),
  EditorView.updateListener.of(({ docChanged, startState, state }) => {
    if (!docChanged) return;
    memory.onChange(state.sliceDoc());
    const line = markedLineIn(state);
    if (line !== markedLineIn(startState)) memory.onMoved(line);
  }),
];
