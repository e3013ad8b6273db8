import { javascript } from '@codemirror/lang-javascript';
import { json } from '@codemirror/lang-json';
import { python } from '@codemirror/lang-python';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** Hue means traffic, so code is told apart by weight and by three voices of ink. */
const voices = HighlightStyle.define([
  { tag: [tags.keyword, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword], fontWeight: '600' },
  { tag: [tags.comment, tags.lineComment, tags.blockComment], color: 'var(--ink-3)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--ink-2)' },
]);

const theme = EditorView.theme({
  '&': { fontSize: '13px', color: 'var(--ink)', backgroundColor: 'var(--page)' },
  '&.cm-focused': { outline: 'none' },
  '&:has(.cm-content:focus-visible)': { outline: '2px solid var(--ink)', outlineOffset: '-2px' },
  '.cm-content:focus': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '20px', fontVariantLigatures: 'none' },
  '.cm-content': { caretColor: 'var(--ink)', padding: '0' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--ink-3)', border: '0' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 8px 0 12px', minWidth: '40px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--hover)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { background: 'var(--selected)' },
});

/** The policy of the page lets in only styles that carry its word of the day. */
const nonce = (): string => document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? '';

/** How code looks wherever it is shown: lines wrap and are never cut. */
export const codeLook = (): Extension => [
  EditorView.cspNonce.of(nonce()),
  EditorView.lineWrapping,
  EditorState.phrases.of({ '$ unchanged lines': '$ lines the same' }),
  lineNumbers(),
  syntaxHighlighting(voices),
  theme,
];

/** To be read, with the keyboard too. It is no field, so the keys of the page hold in it. */
export const readOnly = (label: string): Extension => [
  EditorState.readOnly.of(true),
  EditorView.editable.of(false),
  EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true', tabindex: '0' }),
];

/** By the name of a module. Of what is not known: plain text. */
export const languageOf = (name: string): Extension => {
  if (/\.(m|c)?[jt]sx?$/.test(name)) return javascript({ typescript: /\.(m|c)?tsx?$/.test(name), jsx: name.endsWith('x') });
  if (name.endsWith('.json')) return json();
  return name.endsWith('.py') ? python() : [];
};
