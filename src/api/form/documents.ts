import { addText, bracketedName, emptyObject, objectFrom, type BracketedObject } from './bracketed.ts';
import { parsedJson } from '../json.ts';
import { FormRefused, malformed, type DocumentName } from './refusal.ts';

export interface Documents {
  readonly metadata: unknown;
  readonly settings?: unknown;
  readonly fields: Readonly<Record<string, string>>;
}

/** The text fields of a form: metadata and settings, each as one JSON text or spread in brackets, and any others. */
export const documents = (): { add: (name: string, bytes: Uint8Array) => void; read: () => Documents } => {
  const texts = new Map<string, string>();
  const spread = new Map<string, BracketedObject>();

  const add = (name: string, bytes: Uint8Array): void => {
    const text = textOf(name, bytes);
    const root = /^(?:metadata|settings)(?=\[)/.exec(name)?.[0];
    if (root !== undefined) return addSpread(root, name, text);
    if (texts.has(name)) throw malformed(`the field ${JSON.stringify(name)} is given twice`);
    texts.set(name, text);
  };
  const addSpread = (root: string, name: string, text: string): void => {
    const object = spread.get(root) ?? emptyObject();
    spread.set(root, object);
    const path = bracketedName(name)?.path;
    if (path === undefined) throw malformed(`the brackets of the field ${JSON.stringify(name)} cannot be read`);
    if (!addText(object, path, text)) throw malformed(`the field ${JSON.stringify(name)} contradicts an earlier one`);
  };
  const document = (name: DocumentName): unknown => {
    const [text, object] = [texts.get(name), spread.get(name)];
    if (text !== undefined && object !== undefined) throw malformed(`${name} is given both as JSON and in brackets`);
    if (object !== undefined) return objectFrom(object);
    return text === undefined ? undefined : documentIn(name, text);
  };
  const read = (): Documents => {
    const settings = document('settings');
    const fields = [...texts].filter(([name]) => name !== 'metadata' && name !== 'settings');
    return { metadata: document('metadata'), ...(settings === undefined ? {} : { settings }), fields: Object.fromEntries(fields) };
  };
  return { add, read };
};

const decoder = new TextDecoder('utf-8', { fatal: true });

const textOf = (name: string, bytes: Uint8Array): string => {
  try {
    return decoder.decode(bytes);
  } catch {
    throw malformed(`the field ${JSON.stringify(name)} is not UTF-8`);
  }
};

const documentIn = (field: DocumentName, text: string): unknown => {
  const json = parsedJson(text);
  if (!json.ok) throw new FormRefused({ code: 'metadata_not_json', field, detail: json.refusal });
  return json.value;
};
