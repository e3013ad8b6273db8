import { EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

const ANY_END = /\r\n?|\n/g;

/**
 * How the lines of a text end stays as it is: all by CR LF, or by LF. Where they end in both ways, or by CR, these stand in their lines as
 * any other character. What is pasted ends its lines as the text does. Read by `state.sliceDoc()`: the document itself knows LF only.
 */
export const lineEndsOf = (text: string): Extension => {
  const separator = text.includes('\r\n') && !/(?<!\r)\n|\r(?!\n)/.test(text) ? '\r\n' : '\n';
  return [EditorState.lineSeparator.of(separator), EditorView.clipboardInputFilter.of((pasted) => pasted.replaceAll(ANY_END, separator))];
};
