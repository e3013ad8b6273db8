import { fileFor } from './html-handling.ts';
import { MOST_ASSET_PATH_BYTES, type Asset, type AssetsConfig, type HtmlHandling, type NotFoundHandling } from './manifest.ts';
import { matchesGlob, replaced } from './path-pattern.ts';
import { headerRules, redirectFor, redirectRules, type HeaderRule, type RedirectRules } from './rules.ts';

/** A version's assets laid out for requests: made once for each version, then only read. */
export interface AssetIndex {
  readonly files: ReadonlyMap<string, Asset>;
  /** Whether a script is there to be asked for what is no asset. */
  readonly hasWorker: boolean;
  readonly html: HtmlHandling;
  readonly notFound: NotFoundHandling;
  readonly workerFirst: boolean;
  /** Patterns of `run_worker_first`; undefined where it is no list. */
  readonly patterns: { readonly worker: readonly string[]; readonly assets: readonly string[] } | undefined;
  readonly headers: readonly HeaderRule[];
  readonly redirects: RedirectRules;
  /** A browser that navigates gets what is served for "not found" before the Worker is asked. */
  readonly prefersNavigation: boolean;
}

export interface AssetIndexSource {
  readonly files: readonly Asset[];
  readonly config: AssetsConfig;
  readonly hasWorker: boolean;
  readonly compatibilityDate: string | undefined;
  readonly compatibilityFlags: readonly string[];
}

export const assetIndex = ({ files, config, hasWorker, compatibilityDate, compatibilityFlags }: AssetIndexSource): AssetIndex => {
  const html = config.html_handling ?? 'auto-trailing-slash';
  const first = config.run_worker_first;
  const list = typeof first === 'object' ? first : undefined;
  return {
    files: new Map(files.map((file) => [file.path, file])),
    hasWorker,
    html,
    notFound: config.not_found_handling ?? 'none',
    workerFirst: first === true,
    patterns: list && {
      worker: list.filter((pattern) => pattern.startsWith('/')),
      assets: list.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1)),
    },
    headers: headerRules(config._headers ?? ''),
    redirects: redirectRules(config._redirects ?? '', html !== 'none'),
    prefersNavigation: prefersNavigation(compatibilityDate, compatibilityFlags),
  };
};

/** https://developers.cloudflare.com/workers/configuration/compatibility-flags/#navigation-requests-prefer-asset-serving */
const prefersNavigation = (date: string | undefined, flags: readonly string[]): boolean => {
  if (flags.includes('assets_navigation_prefers_asset_serving')) return true;
  return date !== undefined && date >= '2025-04-01' && !flags.includes('assets_navigation_has_no_effect');
};

export interface AssetRequest {
  readonly method: string;
  /** Without a port. */
  readonly host: string;
  /** As sent, without the query. */
  readonly path: string;
  /** With its question mark; empty where there is none. */
  readonly search: string;
  /** `Sec-Fetch-Mode: navigate` */
  readonly isNavigation: boolean;
}

export type AssetAnswer =
  /** `isFallback`: it stands in for what was not found. */
  | { readonly kind: 'file'; readonly file: Asset; readonly status: 200 | 404; readonly isFallback: boolean }
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string }
  | { readonly kind: 'method_not_allowed' }
  | { readonly kind: 'not_found' };

/** `isFirst`: the Worker asked to run before the assets. */
export type AssetDecision = AssetAnswer | { readonly kind: 'worker'; readonly isFirst: boolean };

/**
 * Who answers a visitor, a file or the Worker (https://developers.cloudflare.com/workers/static-assets/routing/): the decisions of
 * Cloudflare's router Worker (workers-sdk, packages/workers-shared/router-worker).
 */
export const decideAsset = (index: AssetIndex, request: AssetRequest): AssetDecision => {
  const first = whoIsFirst(index, request.path);
  if (first === 'worker') return { kind: 'worker', isFirst: true };
  if (first === 'assets' || !index.hasWorker) return assetAnswer(index, request);
  const isForPages = index.patterns !== undefined || (index.prefersNavigation && request.isNavigation);
  const answer = assetAnswer(index, request, isForPages ? index.notFound : 'none');
  return answer.kind === 'not_found' ? { kind: 'worker', isFirst: false } : answer;
};

const whoIsFirst = ({ hasWorker, workerFirst, patterns }: AssetIndex, path: string): 'worker' | 'assets' | undefined => {
  if (!hasWorker) return undefined;
  if (patterns === undefined) return workerFirst ? 'worker' : undefined;
  if (patterns.assets.some((pattern) => matchesGlob(pattern, path))) return 'assets';
  return patterns.worker.some((pattern) => matchesGlob(pattern, path)) ? 'worker' : undefined;
};

/** What the assets alone say; it is what `env.ASSETS.fetch` answers too. */
export const assetAnswer = (index: AssetIndex, request: AssetRequest, notFound = index.notFound): AssetAnswer => {
  const rule = redirectFor(index.redirects, request.host, request.path);
  if (rule !== undefined && rule.status !== 200)
    return { kind: 'redirect', status: rule.status, location: locationOf(rule.to, request.search) };
  const path = rule === undefined ? request.path : (rule.to.split(/[?#]/, 1)[0] ?? '');
  const decoded = decodedPath(path);
  const found = fileFor(decoded, index.html, (file) => index.files.has(file));
  if (found === undefined) return withoutFile(index, decoded, request.method, notFound);
  if (!isRead(request.method)) return { kind: 'method_not_allowed' };
  const right = encodedPath('redirect' in found ? found.redirect : decoded);
  const file = 'path' in found ? index.files.get(found.path) : undefined;
  if (file === undefined || right !== path) return { kind: 'redirect', status: 307, location: right + request.search };
  return { kind: 'file', file, status: 200, isFallback: false };
};

const withoutFile = (index: AssetIndex, path: string, method: string, notFound: NotFoundHandling): AssetAnswer => {
  const page = notFound === 'none' ? undefined : pageFor(index, path, notFound);
  if (page === undefined) return { kind: 'not_found' };
  if (!isRead(method)) return { kind: 'method_not_allowed' };
  return { kind: 'file', file: page, status: notFound === '404-page' ? 404 : 200, isFallback: true };
};

/** The nearest 404.html, from the path's own folder upwards; or the one page of an application. No file's path is longer than the limit. */
const pageFor = ({ files }: AssetIndex, path: string, notFound: NotFoundHandling): Asset | undefined => {
  if (notFound === 'single-page-application') return files.get('/index.html');
  for (let folder = path.slice(0, MOST_ASSET_PATH_BYTES); folder !== '';) {
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
    const page = files.get(`${folder}/404.html`);
    if (page !== undefined) return page;
  }
  return undefined;
};

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** The query goes along, unless the rule names one. */
const locationOf = (to: string, search: string): string => {
  const [beforeHash = '', ...hash] = to.split('#');
  const fragment = hash.length === 0 ? '' : `#${hash.join('#')}`;
  return `${beforeHash}${beforeHash.includes('?') ? '' : search}${fragment}`;
};

/** What needs no decoding is most. */
const PLAIN = /^(?:\/[\w.~-]+)*\/?$/;

export const decodedPath = (path: string): string =>
  PLAIN.test(path) ? path : path.split('/').map(decoded).join('/').replace(/\/+/g, '/');

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

const encodedPath = (path: string): string => (PLAIN.test(path) ? path : path.split('/').map(encoded).join('/'));

const encoded = (segment: string): string => {
  try {
    return encodeURIComponent(segment);
  } catch {
    return segment;
  }
};

/** What rules add to the head of an answer, names and values together; a header beyond it is left out. Clients take less. */
const MOST_RULE_CHARS = 32 * 1024;

/** Headers an answer from the assets gets: its own, changed by the rules that match, in their order. */
export const withHeaderRules = (
  own: ReadonlyMap<string, string>,
  { headers }: AssetIndex,
  host: string,
  path: string,
): ReadonlyMap<string, readonly string[]> => {
  const result = new Map<string, readonly string[]>([...own].map(([name, value]) => [name, [value]]));
  const set = new Set<string>();
  let left = MOST_RULE_CHARS;
  for (const rule of headers) {
    const found = rule.pattern.match(rule.path.startsWith('https://') ? `https://${host}${path}` : path);
    if (found === undefined) continue;
    for (const name of rule.unset) result.delete(name);
    for (const [name, template] of rule.set) {
      left -= name.length;
      if (left <= 0) return result;
      const value = replaced(template, found, left);
      if (value === undefined) continue;
      left -= value.length;
      result.set(name, set.has(name) ? [...(result.get(name) ?? []), value] : [value]);
      set.add(name);
    }
  }
  return result;
};
