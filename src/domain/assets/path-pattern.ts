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
 * Not a regular expression: a tenant writes the rule and a visitor the path, and no pair of them may take long. Each token looks at
 * each place of the path once.
 */
export const pathPattern = (rule: string): PathPattern | undefined => {
  const tokens = tokensOf(rule);
  const names = tokens.flatMap((token) => ('name' in token ? [token.name] : []));
  if (names.length > MOST_NAMES || new Set(names).size < names.length) return undefined;
  const [prefix, suffix] = [textOf(tokens[0]), textOf(tokens.at(-1))];
  const mayMatch = (path: string): boolean => path.length <= MOST_PATH && path.startsWith(prefix) && path.endsWith(suffix);
  return { match: (path) => (mayMatch(path) ? matched(tokens, path) : undefined) };
};

const textOf = (token: Token | undefined): string => (token !== undefined && 'text' in token ? token.text : '');

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

/** For each place of a path where a token may begin: the last one where it may end, so that what follows it matches to the path's end. */
type Ends = Int16Array;
const NOWHERE = -1;
const isNowhere = (end: number): boolean => end === NOWHERE;

/** As greedy as a regular expression is: the first name takes as much as it can. */
const matched = (tokens: readonly Token[], path: string): Replacements | undefined => {
  const all: Ends[] = [];
  let after: Ends = new Int16Array(path.length + 1).fill(NOWHERE);
  after[path.length] = path.length;
  for (const token of tokens.toReversed()) {
    after = 'text' in token ? endsOfText(token.text, path, after) : endsOfName(token, path, after);
    if (after.every(isNowhere)) return undefined;
    all.push(after);
  }
  const found: Record<string, string> = {};
  let at = 0;
  for (const [index, ends] of all.toReversed().entries()) {
    const end = ends[at] ?? NOWHERE;
    if (end === NOWHERE) return undefined;
    const token = tokens[index];
    if (token !== undefined && 'name' in token) found[token.name] = path.slice(at, end);
    at = end;
  }
  return tokens.length > 0 || path === '' ? found : undefined;
};

const SLASH = 0x2f;
const DOT = 0x2e;

const endsOfName = ({ name, stopsAt }: Extract<Token, { name: string }>, path: string, after: Ends): Ends => {
  const ends = new Int16Array(after.length).fill(NOWHERE);
  // The last place up to the next stop from which the rest matches.
  let last = after[path.length] ?? NOWHERE;
  const mayBeEmpty = name === 'splat';
  if (mayBeEmpty) ends[path.length] = last;
  for (let at = path.length - 1; at >= 0; at -= 1) {
    const code = path.charCodeAt(at);
    if ((code === SLASH && stopsAt !== '') || (code === DOT && stopsAt === '/.')) last = NOWHERE;
    else ends[at] = last;
    if (last === NOWHERE && after[at] !== NOWHERE) last = at;
    if (mayBeEmpty) ends[at] = last;
  }
  return ends;
};

const endsOfText = (text: string, path: string, after: Ends): Ends => {
  const ends = new Int16Array(after.length).fill(NOWHERE);
  for (const end of endsOf(text, path)) if (after[end] !== NOWHERE) ends[end - text.length] = end;
  return ends;
};

/** Where a text ends in a path, each time it occurs (Knuth, Morris, Pratt): one that repeats itself is read once, too. */
const endsOf = (text: string, path: string): readonly number[] => {
  const found: number[] = [];
  const shorter = bordersOf(text);
  let length = 0;
  for (let at = 0; at < path.length; at += 1) {
    const code = path.charCodeAt(at);
    while (length > 0 && (length === text.length || code !== text.charCodeAt(length))) length = shorter[length - 1] ?? 0;
    if (code === text.charCodeAt(length)) length += 1;
    if (length === text.length) found.push(at + 1);
  }
  return found;
};

/** Of each beginning of a text: how much of its end is a beginning too. */
const bordersOf = (text: string): Int16Array => {
  const borders = new Int16Array(text.length);
  let length = 0;
  for (let at = 1; at < text.length; at += 1) {
    while (length > 0 && text.charCodeAt(at) !== text.charCodeAt(length)) length = borders[length - 1] ?? 0;
    if (text.charCodeAt(at) === text.charCodeAt(length)) length += 1;
    borders[at] = length;
  }
  return borders;
};

/**
 * A text with `:name` replaced by what that stands for, in one pass: what a visitor sent is not read for names again. Undefined where
 * more than so many characters would come of it.
 */
export const replaced = (text: string, replacements: Replacements, most: number): string | undefined => {
  const names = Object.keys(replacements);
  if (names.length === 0) return text.length > most ? undefined : text;
  let result = '';
  let at = 0;
  for (const { 0: found, index } of text.matchAll(new RegExp(names.map((name) => `:${name}`).join('|'), 'g'))) {
    result += text.slice(at, index) + (replacements[found.slice(1)] ?? '');
    at = index + found.length;
    if (result.length > most) return undefined;
  }
  result += text.slice(at);
  return result.length > most ? undefined : result;
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
