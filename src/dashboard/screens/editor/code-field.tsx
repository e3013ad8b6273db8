import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { codeLook, languageOf, lineEndsOf } from '../../code/index.ts';

/** What the editor remembers of all files: what was done to each can be undone when it comes back. */
export class CodeMemory {
  readonly states = new Map<string, EditorState>();
  onChange: (text: string) => void = () => {};
}

interface CodeFieldProps {
  /** Of the module; another one is another field. */
  readonly name: string;
  readonly text: string;
  readonly memory: CodeMemory;
  readonly onChange: (text: string) => void;
}

/** One text file, to be edited. Tab indents; after Esc it leaves. */
export const CodeField = ({ name, text, memory, onChange }: CodeFieldProps) => {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(text);
  latest.current = text;
  memory.onChange = onChange;
  useEffect(() => {
    if (place.current === null) return undefined;
    const before = memory.states.get(name);
    const doc = latest.current;
    const state =
      before?.sliceDoc() === doc ? before : EditorState.create({ doc, extensions: [lineEndsOf(doc), extensionsFor(name, memory)] });
    const view = new EditorView({ parent: place.current, state });
    // Lines wrap elsewhere once the font is there.
    void document.fonts.ready.then(() => view.requestMeasure());
    return () => {
      memory.states.set(name, view.state);
      view.destroy();
    };
  }, [name, memory]);
  return <div ref={place} className="editor-code" />;
};

const extensionsFor = (name: string, memory: CodeMemory): Extension => [
  codeLook(),
  languageOf(name),
  history(),
  drawSelection(),
  indentOnInput(),
  bracketMatching(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  search({ top: true }),
  highlightSelectionMatches(),
  keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab]),
  EditorView.contentAttributes.of({ 'aria-label': `${name}, Esc and then Tab leaves it`, tabindex: '0' }),
  EditorView.updateListener.of(({ docChanged, state }) => {
    if (docChanged) memory.onChange(state.sliceDoc());
  }),
];
