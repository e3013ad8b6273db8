export { codeLook, languageOf, readOnly } from './extensions.ts';
