import { typedText } from './typed-text.ts';

/**
 * The form of Cloudflare's SDKs: an object spread over parts named `metadata[main_module]`, `metadata[bindings][][type]`
 * (cloudflare-typescript, internal/uploads.ts). Elements of a list carry no index: a key that comes again begins the next.
 */
export interface BracketedName {
  readonly root: string;
  /** `''` stands for `[]`, an element of a list. */
  readonly path: readonly string[];
}

export const bracketedName = (name: string): BracketedName | undefined => {
  const [, root, brackets] = /^([^[\]]+)((?:\[[^[\]]*\])+)$/.exec(name) ?? [];
  return root === undefined || brackets === undefined ? undefined : { root, path: brackets.slice(1, -1).split('][') };
};

type Node = string | Node[] | Members;
interface Members {
  readonly byName: Map<string, Node>;
  latest: string | undefined;
}

export type BracketedObject = Members;

export const emptyObject = (): BracketedObject => ({ byName: new Map(), latest: undefined });

/** Adds one part's text; false where it contradicts what is there (a value twice, or a value that is also an object). */
export const addText = (object: BracketedObject, path: readonly string[], text: string): boolean => addMember(object, path, text, false);

/**
 * Inside a list element, clients write each member in one piece: coming back to an earlier one means the next element,
 * even when its own members would fit (`{json: {a}, name}, {json: {b}, name}`).
 */
const addMember = (object: Members, path: readonly string[], text: string, isInList: boolean): boolean => {
  const [name = '', ...rest] = path;
  if (name === '') return false;
  const present = object.byName.get(name);
  if (present === undefined) object.byName.set(name, grown(rest, text));
  else if (isInList && object.latest !== name) return false;
  else if (!addWithin(present, rest, text, isInList)) return false;
  object.latest = name;
  return true;
};

const addElement = (list: Node[], path: readonly string[], text: string): boolean => {
  const [name, ...rest] = path;
  if (name !== '') return false;
  const last = list.at(-1);
  if (last === undefined || !addWithin(last, rest, text, true)) list.push(grown(rest, text));
  return true;
};

const addWithin = (node: Node, path: readonly string[], text: string, isInList: boolean): boolean => {
  if (typeof node === 'string' || path.length === 0) return false;
  return Array.isArray(node) ? addElement(node, path, text) : addMember(node, path, text, isInList);
};

const grown = (path: readonly string[], text: string): Node => {
  const [name, ...rest] = path;
  if (name === undefined) return text;
  return name === '' ? [grown(rest, text)] : { byName: new Map([[name, grown(rest, text)]]), latest: name };
};

/** The object that was spread, its scalars typed again. */
export const objectFrom = (object: BracketedObject): unknown => valueOf(object, []);

const valueOf = (node: Node, names: readonly string[]): unknown => {
  if (typeof node === 'string') return typedText(node, names);
  if (Array.isArray(node)) return node.map((element) => valueOf(element, names));
  return Object.fromEntries([...node.byName].map(([name, member]) => [name, valueOf(member, [...names, name])]));
};
