import type { RouteEntry } from './routing-table.ts';
import { bySpecificity, parseRoutePattern, type RoutePattern, type Scheme } from './route-pattern.ts';

/**
 * Routes laid out so that a request is matched by Map look-ups: a few for each label of its host, and one for each
 * different length of a path prefix there. Every candidate carries its rank, so the most specific wins wherever it is found.
 */
export interface RouteIndex {
  readonly sites: ReadonlyMap<string, Site>;
}

interface Site {
  /** Patterns for exactly this host. */
  readonly at: Paths;
  /** Patterns for hosts below this one. */
  readonly below: Paths;
  /** Patterns like `*-staging.example.com`, kept under `example.com`: what the rest of the host must end with. */
  readonly partial: { readonly ending: string; readonly paths: Paths }[];
}

interface Paths {
  readonly exact: Map<string, Candidate[]>;
  readonly prefixes: Map<string, Candidate[]>;
  /** The different lengths of the prefixes. */
  readonly lengths: number[];
}

interface Candidate {
  readonly rank: number;
  readonly scheme: Scheme | undefined;
  readonly script: string | null;
}

const ANY_HOST = '';

/** Patterns that do not parse were refused when they were added; one found here all the same matches nothing. */
export const compileRoutes = (routes: readonly RouteEntry[]): RouteIndex => {
  const sites = new Map<string, Site>();
  const parsed = routes.flatMap(({ pattern, script }) => {
    const result = parseRoutePattern(pattern);
    return result.ok ? [{ pattern: result.value, script }] : [];
  });
  parsed.sort((a, b) => bySpecificity(a.pattern, b.pattern));
  parsed.forEach(({ pattern, script }, rank) => {
    for (const paths of placesOf(sites, pattern)) addPath(paths, pattern, { rank, scheme: pattern.scheme, script });
  });
  return { sites };
};

/** Where a pattern's paths belong. The host of `*example.com` is taken whole, so that a zone never takes `myexample.com`. */
const placesOf = (sites: Map<string, Site>, { hosts, host }: RoutePattern): Paths[] => {
  if (hosts === 'exact') return [siteOf(sites, host).at];
  if (hosts === 'subhosts') return [siteOf(sites, host).below];
  if (hosts === 'any') return [siteOf(sites, ANY_HOST).at];
  const dot = host.indexOf('.');
  const parent = host.slice(dot + 1);
  if (!parent.includes('.')) return [siteOf(sites, host).at, siteOf(sites, host).below];
  const { partial } = siteOf(sites, parent);
  const ending = host.slice(0, dot);
  const known = partial.find((entry) => entry.ending === ending);
  if (known !== undefined) return [known.paths];
  const paths = noPaths();
  partial.push({ ending, paths });
  return [paths];
};

const siteOf = (sites: Map<string, Site>, host: string): Site => {
  const known = sites.get(host);
  if (known !== undefined) return known;
  const site: Site = { at: noPaths(), below: noPaths(), partial: [] };
  sites.set(host, site);
  return site;
};

const noPaths = (): Paths => ({ exact: new Map(), prefixes: new Map(), lengths: [] });

const addPath = (paths: Paths, { path, isPrefix }: RoutePattern, candidate: Candidate): void => {
  if (isPrefix && !paths.lengths.includes(path.length)) paths.lengths.push(path.length);
  const byPath = isPrefix ? paths.prefixes : paths.exact;
  const known = byPath.get(path);
  if (known === undefined) byPath.set(path, [candidate]);
  else known.push(candidate);
};

/**
 * The most specific route for a host (lower case), a path with its query, and a scheme (undefined: any); its script may be null.
 * Two passes would be simpler, one is what keeps a request without any route cheap.
 */
export const routeFor = ({ sites }: RouteIndex, host: string, path: string, scheme: Scheme | undefined): Candidate | undefined => {
  if (sites.size === 0) return undefined;
  let best = bestOf(sites.get(host)?.at, path, scheme, undefined);
  for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
    const site = sites.get(host.slice(dot + 1));
    if (site === undefined) continue;
    best = bestOf(site.below, path, scheme, best);
    for (const { ending, paths } of site.partial) {
      if (host.endsWith(ending, dot)) best = bestOf(paths, path, scheme, best);
    }
  }
  return bestOf(sites.get(ANY_HOST)?.at, path, scheme, best);
};

const bestOf = (paths: Paths | undefined, path: string, scheme: Scheme | undefined, best: Candidate | undefined): Candidate | undefined => {
  if (paths === undefined) return best;
  let found = better(paths.exact.get(path), scheme, best);
  for (const length of paths.lengths) {
    if (length <= path.length) found = better(paths.prefixes.get(path.slice(0, length)), scheme, found);
  }
  return found;
};

const better = (
  candidates: readonly Candidate[] | undefined,
  scheme: Scheme | undefined,
  best: Candidate | undefined,
): Candidate | undefined => {
  if (candidates === undefined) return best;
  for (const candidate of candidates) {
    if (best !== undefined && best.rank < candidate.rank) return best;
    if (scheme === undefined || candidate.scheme === undefined || candidate.scheme === scheme) return candidate;
  }
  return best;
};
