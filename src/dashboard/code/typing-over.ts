import { Prec } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

/**
 * What is typed over a selection is written here and not by the browser: that would keep the look of what it takes away in a style of its
 * own, which the page's policy refuses. Only what is composed of several keys stays the browser's.
 */
export const typingOver = Prec.highest(
  EditorView.domEventHandlers({
    beforeinput: (event, view) => {
      const { state } = view;
      const isOver = state.selection.ranges.some(({ empty }) => !empty);
      if (event.inputType !== 'insertText' || event.data === null || event.isComposing || !isOver || state.readOnly) return false;
      event.preventDefault();
      view.dispatch(state.replaceSelection(event.data), { userEvent: 'input.type', scrollIntoView: true });
      return true;
    },
  }),
);
