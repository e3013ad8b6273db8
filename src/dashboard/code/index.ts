export { lineEndsOf } from './line-ends.ts';
export { codeLook, languageOf, readOnly } from './extensions.ts';
