import { moduleNameFrom } from '../../../domain/index.ts';
import { KNOWN_ENDINGS, typeOf, type Edit, type EditedFile } from './files.ts';

/** What is done to the files of an edit. */
export const withText = (edit: Edit, name: string, text: string): Edit => withFile(edit, name, (file) => ({ ...file, text }));

export const withNew = (edit: Edit, name: string): Edit => ({
  ...edit,
  files: [...edit.files, { name, contentType: typeOf(name) ?? 'text/plain', text: '', from: undefined }],
});

/** One that ends in something else since is of the type that this says. */
export const withName = (edit: Edit, from: string, to: string): Edit => {
  const renamed = withFile(edit, from, (file) => ({
    ...file,
    name: to,
    contentType: typeOf(from) === typeOf(to) || file.text === undefined ? file.contentType : (typeOf(to) ?? file.contentType),
  }));
  return edit.entry === from ? { ...renamed, entry: to } : renamed;
};

export const without = (edit: Edit, name: string): Edit => ({ ...edit, files: edit.files.filter((file) => file.name !== name) });

const withFile = (edit: Edit, name: string, change: (file: EditedFile) => EditedFile): Edit => ({
  ...edit,
  files: edit.files.map((file) => (file.name === name ? change(file) : file)),
});

const FAULTS = {
  empty: 'It needs a name.',
  too_long: 'It is longer than 512 bytes.',
  absolute: 'It must not begin with a slash: modules are named from the Worker’s own folder.',
  traversal: 'It must not lead out of the Worker’s own folder.',
  backslash: 'Folders are told apart by /, not by \\.',
  control_character: 'It holds a character that no name can have.',
} as const;

/** What is wrong with a name for a file; undefined where nothing is. `bytes`: it is not text, and its type stays. */
export const faultInFileName = (name: string, { files }: Edit, isBytes = false): string | undefined => {
  const parsed = moduleNameFrom(name);
  if (!parsed.ok) return FAULTS[parsed.refusal.reason];
  if (parsed.value !== name) return `Its name would be ${parsed.value}.`;
  if (files.some((file) => file.name === name)) return `There is a file ${name} already.`;
  if (isBytes || typeOf(name) !== undefined) return undefined;
  return `It must end in ${KNOWN_ENDINGS.map((ending) => `.${ending}`).join(', ')}.`;
};
