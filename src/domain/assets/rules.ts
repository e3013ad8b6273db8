import { pathPattern, replaced, type PathPattern } from './path-pattern.ts';

/** Limits and readings of Cloudflare's own parser (workers-sdk, packages/workers-shared/utils/configuration). */
const MOST_HEADER_RULES = 100;
const MOST_STATIC_REDIRECTS = 2_000;
const MOST_DYNAMIC_REDIRECTS = 100;
const MOST_LINE = 2_000;
/** Of the address that a rule makes of a path: twice what browsers and proxies take. */
const MOST_TARGET = 16_384;
const STATUSES: ReadonlySet<number> = new Set([200, 301, 302, 303, 307, 308]);

/** One rule of `_headers`: what it sets, and what it takes away. */
export interface HeaderRule {
  readonly path: string;
  readonly pattern: PathPattern;
  readonly set: readonly (readonly [name: string, value: string])[];
  readonly unset: readonly string[];
}

/** A line that cannot be read is left out, as at Cloudflare: wrangler has told its author. */
export const headerRules = (text: string): readonly HeaderRule[] => {
  const rules: { readonly path: string; readonly set: Map<string, string>; readonly unset: string[] }[] = [];
  let rule: (typeof rules)[number] | undefined;
  for (const line of linesOf(text)) {
    if (/^(?:[^\s]+:\/\/|\/)/.test(line)) {
      const path = ruleUrl(line);
      rule = path === undefined || !isOneWildcard(path) ? undefined : { path, set: new Map(), unset: [] };
      if (rule !== undefined) rules.push(rule);
    } else if (rule !== undefined) {
      addHeader(rule, line);
    }
  }
  const used = rules.filter(({ set, unset }) => set.size > 0 || unset.length > 0).slice(0, MOST_HEADER_RULES);
  // The last of two rules for one path is the one, in the place of the first.
  return [...new Map(used.map((each) => [each.path, each])).values()].flatMap(({ path, set, unset }) => {
    const pattern = pathPattern(path);
    return pattern === undefined ? [] : [{ path, pattern, set: [...set], unset }];
  });
};

const addHeader = (rule: { readonly set: Map<string, string>; readonly unset: string[] }, line: string): void => {
  const colon = line.indexOf(':');
  if (colon === -1)
    return void (line.startsWith('! ') && isHeader(line.slice(2).trim()) && rule.unset.push(line.slice(2).trim().toLowerCase()));
  const name = line.slice(0, colon).trim().toLowerCase();
  const value = line.slice(colon + 1).trim();
  if (!isHeader(name) || value === '' || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return;
  const present = rule.set.get(name);
  rule.set.set(name, present === undefined ? value : `${present}, ${value}`);
};

const isHeader = (name: string): boolean => /^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name);
const isOneWildcard = (path: string): boolean => {
  const count = path.split('*').length - 1;
  return count === 0 || (count === 1 && !/:splat(?!\w)/.test(path));
};

export interface Redirect {
  readonly from: string;
  readonly to: string;
  readonly status: number;
  readonly line: number;
}

export interface RedirectRules {
  /** Without a name or wildcard, before the first rule that has one: looked up, not tried. */
  readonly exact: ReadonlyMap<string, Redirect>;
  readonly patterns: readonly (Redirect & { readonly pattern: PathPattern })[];
}

export const redirectRules = (text: string, isHtmlHandled: boolean): RedirectRules => {
  const exact = new Map<string, Redirect>();
  const patterns: (Redirect & { readonly pattern: PathPattern })[] = [];
  const seen = new Set<string>();
  for (const [line, words] of linesOf(text).entries()) {
    const rule = redirectFrom(words, line, isHtmlHandled);
    if (rule === undefined || seen.has(rule.from)) continue;
    seen.add(rule.from);
    if (!isPattern(rule.from) && patterns.length === 0) {
      if (exact.size < MOST_STATIC_REDIRECTS) exact.set(rule.from, rule);
      continue;
    }
    const pattern = pathPattern(rule.from);
    if (pattern !== undefined && patterns.length < MOST_DYNAMIC_REDIRECTS) patterns.push({ ...rule, pattern });
  }
  return { exact, patterns };
};

const isPattern = (from: string): boolean => /\*|:[A-Za-z]/.test(from);

const redirectFrom = (words: string, line: number, isHtmlHandled: boolean): Redirect | undefined => {
  const all = words.split(/\s+/);
  const comment = all.findIndex((word, index) => index > 0 && word.startsWith('#'));
  const tokens = comment === -1 ? all : all.slice(0, comment);
  const [asked = '', target = '', code = '302'] = tokens;
  if (tokens.length < 2 || tokens.length > 3 || asked.startsWith('https://')) return undefined;
  const from = ruleUrl(asked.startsWith('/') ? asked : `/${asked}`);
  const to = ruleUrl(target, true);
  const status = Number(code);
  if (from === undefined || to === undefined || !STATUSES.has(status)) return undefined;
  const isRelative = to.startsWith('/');
  if (status === 200 && !isRelative) return undefined;
  const isToIndex = isRelative && /\/index(?:.html)?$/.test(to);
  // It would be redirected to the folder, which is redirected to it.
  if (isToIndex && (from.endsWith('/*') || (from.endsWith('/') && isHtmlHandled))) return undefined;
  return { from, to, status, line };
};

const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && line.length <= MOST_LINE);

/** A path, or an https URL without a port, as it is compared with requests. */
const ruleUrl = (text: string, withQuery = false): string | undefined => {
  const [, host, rest = ''] = /^https:\/\/+([^/]+)\/?(.*)/.exec(text) ?? [];
  if (host !== undefined && /:\d+$/.test(host) && !withQuery) return undefined;
  if (host === undefined && !text.startsWith('/')) return undefined;
  try {
    const path = host === undefined ? text : `/${rest}`;
    const url = new URL(`//${path}`, 'relative://');
    return `${host === undefined ? '' : `https://${host}`}${url.pathname}${withQuery ? url.search + url.hash : ''}`;
  } catch {
    return undefined;
  }
};

/** Which redirect a request meets first, with where it leads. */
export const redirectFor = (
  rules: RedirectRules,
  host: string,
  path: string,
): { readonly status: number; readonly to: string } | undefined => {
  const exact = rules.exact.get(path);
  if (exact !== undefined) return exact;
  for (const { pattern, to, status, from } of rules.patterns) {
    const found = pattern.match(from.startsWith('https://') ? `https://${host}${path}` : path);
    const target = found && redirectTarget(to, found);
    if (target !== undefined) return { status, to: target };
  }
  return undefined;
};

/** A path made of what a visitor sent must not become another site's address (`//evil.example`). */
const redirectTarget = (to: string, found: Readonly<Record<string, string>>): string | undefined => {
  const target = replaced(to, found, MOST_TARGET)?.trim();
  if (target === undefined) return undefined;
  if (/^(?:\w+:\/\/|\/\/[^/\\\s?#])/.test(to.trim())) return target;
  const end = target.search(/[?#]/);
  const path = end === -1 ? target : target.slice(0, end);
  return path.replace(/[/\\]+/g, '/') + (end === -1 ? '' : target.slice(end));
};
