import assert from 'node:assert/strict';
import test from 'node:test';
import { EditorState } from '@codemirror/state';
import { lineEndsOf } from './line-ends.ts';

const stateOf = (doc: string) => EditorState.create({ doc, extensions: lineEndsOf(doc) });

test('[UI-132] a text comes out of the editor as it went in, however its lines end', () => {
  for (const text of ['', 'a', 'a\nb\n', 'a\r\nb\r\n', 'a\r\nb\nc', 'a\rb', 'a\r\n\r\nb', '\ufeffa\r\n', '\n\r\n', '\r', 'a\r\nb\r'])
    assert.equal(stateOf(text).sliceDoc(), text, JSON.stringify(text));
});

test('[UI-132] a line that is added ends as those beside it', () => {
  const added = (text: string): string => {
    const state = stateOf(text);
    return state.update(state.replaceSelection(state.lineBreak)).state.sliceDoc();
  };
  assert.equal(added('a\r\nb'), '\r\na\r\nb');
  assert.equal(added('a\nb'), '\na\nb');
  assert.equal(stateOf('a\r\nb').doc.lines, 2);
});
