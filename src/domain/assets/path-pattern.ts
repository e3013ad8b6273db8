/** What a pattern's names stand for in a path; `*` is `splat`. */
export type Replacements = Readonly<Record<string, string>>;

export interface PathPattern {
  /** Undefined where the path does not match. */
  match(path: string): Replacements | undefined;
}

type Token = { readonly text: string } | { readonly name: string; readonly stopsAt: string };

const MOST_NAMES = 8;
/** A longer path is no asset's, and no rule's. */
const MOST_PATH = 2_048;

/**
 * A rule's path of `_headers` or `_redirects`: `*` for anything, `:name` for anything up to a slash, in a host up to a dot too
 * (https://developers.cloudflare.com/workers/static-assets/headers/#match-a-path). Undefined where two have the same name.
 *
 * Not a regular expression: a tenant writes the rule and a visitor the path, and no pair of them may take long. Each place in the
 * path is tried once for each token.
 */
export const pathPattern = (rule: string): PathPattern | undefined => {
  const tokens = tokensOf(rule);
  const names = tokens.flatMap((token) => ('name' in token ? [token.name] : []));
  if (names.length > MOST_NAMES || new Set(names).size < names.length) return undefined;
  const [first] = tokens;
  const prefix = first !== undefined && 'text' in first ? first.text : '';
  return { match: (path) => (path.length <= MOST_PATH && path.startsWith(prefix) ? matched(tokens, path) : undefined) };
};

const tokensOf = (rule: string): readonly Token[] => {
  const hostEnd = rule.startsWith('https://') ? rule.indexOf('/', 'https://'.length) : 0;
  const tokens: Token[] = [];
  let at = 0;
  for (const found of rule.matchAll(/\*|:([A-Za-z]\w*)/g)) {
    if (found.index > at) tokens.push({ text: rule.slice(at, found.index) });
    const stopsAt = found.index < hostEnd ? '/.' : '/';
    tokens.push(found[1] === undefined ? { name: 'splat', stopsAt: '' } : { name: found[1], stopsAt });
    at = found.index + found[0].length;
  }
  return at < rule.length ? [...tokens, { text: rule.slice(at) }] : tokens;
};

/**
 * As greedy as a regular expression is: the first name takes as much as it can. What failed once, a token at a place (a name
 * that has begun already is another), is not tried again.
 */
const matched = (tokens: readonly Token[], path: string): Replacements | undefined => {
  const width = path.length + 1;
  const failed = new Uint8Array(2 * tokens.length * width);
  const ends: number[] = [];
  const from = (index: number, at: number, hasBegun: boolean): boolean => {
    const token = tokens[index];
    if (token === undefined) return at === path.length;
    const key = (2 * index + Number(hasBegun)) * width + at;
    if (failed[key] === 1) return false;
    const isFound =
      'text' in token
        ? path.startsWith(token.text, at) && from(index + 1, at + token.text.length, false)
        : taken(index, at, token, hasBegun);
    if (!isFound) failed[key] = 1;
    return isFound;
  };
  const taken = (index: number, at: number, { name, stopsAt }: Extract<Token, { name: string }>, hasBegun: boolean): boolean => {
    if (at < path.length && !stopsAt.includes(path.charAt(at)) && from(index, at + 1, true)) return true;
    if ((!hasBegun && name !== 'splat') || !from(index + 1, at, false)) return false;
    ends[index] = at;
    return true;
  };
  return from(0, 0, false) ? replacementsIn(tokens, path, ends) : undefined;
};

const replacementsIn = (tokens: readonly Token[], path: string, ends: readonly number[]): Replacements => {
  const found: Record<string, string> = {};
  let at = 0;
  for (const [index, token] of tokens.entries()) {
    const end = 'text' in token ? at + token.text.length : (ends[index] ?? at);
    if ('name' in token) found[token.name] = path.slice(at, end);
    at = end;
  }
  return found;
};

export const replaced = (text: string, replacements: Replacements): string => {
  let result = text;
  for (const [name, value] of Object.entries(replacements)) result = result.replaceAll(`:${name}`, () => value);
  return result;
};

/** Whether a path matches a pattern in which `*` stands for anything. Its pieces are found one behind the other. */
export const matchesGlob = (pattern: string, path: string): boolean => {
  const pieces = pattern.split('*');
  const [first = '', ...rest] = pieces;
  if (rest.length === 0) return path === pattern;
  if (!path.startsWith(first)) return false;
  const last = rest.pop() ?? '';
  let at = first.length;
  for (const piece of rest) {
    const found = path.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return path.length - last.length >= at && path.endsWith(last);
};
