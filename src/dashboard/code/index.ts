export { lineEndsOf } from './line-ends.ts';
export { codeLook, languageOf, readOnly } from './extensions.ts';
export { goToLine, markedLine, markedLineIn } from './marked-line.ts';
export { typingOver } from './typing-over.ts';
