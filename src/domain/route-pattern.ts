import { accept, refuse, type Result } from '../base/index.ts';

export type Scheme = 'http' | 'https';

/**
 * A route's pattern, taken apart once. Cloudflare's rules
 * (https://developers.cloudflare.com/workers/configuration/routing/routes/#matching-behavior): `*` may only begin the
 * host and end the path, a scheme is optional, a missing path is `/`, and there are no ports or query parameters.
 */
export interface RoutePattern {
  readonly scheme: Scheme | undefined;
  /** `exact` host; `subhosts` of it (`*.`); the host `and_subhosts` (`*`); or `any` host (`*` alone). */
  readonly hosts: 'exact' | 'subhosts' | 'and_subhosts' | 'any';
  /** In lower case, without its wildcard; empty for `any`. */
  readonly host: string;
  /** Begins with `/`, without its wildcard. */
  readonly path: string;
  readonly isPrefix: boolean;
}

export interface RoutePatternRefusal {
  readonly code: 'route_pattern_invalid';
  readonly pattern: string;
  readonly reason: string;
}

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;
const LABELS = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;
const MOST_HOST = 253;
const MOST_PATTERN = 2048;

/** Takes a pattern apart, or says in one clause what is wrong with it. */
export const parseRoutePattern = (pattern: string): Result<RoutePattern, RoutePatternRefusal> => {
  const no = (reason: string): Result<never, RoutePatternRefusal> => refuse({ code: 'route_pattern_invalid', pattern, reason });
  if (pattern === '') return no('it is empty');
  if (pattern.length > MOST_PATTERN) return no(`it is longer than ${MOST_PATTERN} characters`);
  if (/[^\x21-\x7e]/.test(pattern))
    return no('it may hold printable ASCII only; write other characters percent-encoded, and hosts in punycode');
  const prefix = SCHEME.exec(pattern);
  const scheme = prefix?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') return no(`the scheme ${scheme}:// is neither http:// nor https://`);
  const rest = pattern.slice(prefix?.[0].length ?? 0);
  const slash = rest.indexOf('/');
  const path = slash === -1 ? '/' : rest.slice(slash);
  if (path.includes('?')) return no('it may not hold query parameters; end it with * to match them');
  if (path.includes('#')) return no('it may not hold a fragment');
  const isPrefix = path.endsWith('*');
  const plainPath = isPrefix ? path.slice(0, -1) : path;
  if (plainPath.includes('*')) return no('in the path * may only be the last character');
  const host = (slash === -1 ? rest : rest.slice(0, slash)).toLowerCase();
  const reason = faultOfHost(host);
  if (reason !== undefined) return no(reason);
  return accept({ scheme, ...hostsOf(host), path: plainPath, isPrefix });
};

const faultOfHost = (host: string): string | undefined => {
  if (host === '') return 'it has no host';
  if (host === '*') return undefined;
  const { host: plain } = hostsOf(host);
  if (plain.includes('*')) return 'in the host * may only be the first character';
  if (plain.includes(':')) return 'it may not hold a port';
  if (plain.length > MOST_HOST) return `its host is longer than ${MOST_HOST} characters`;
  return LABELS.test(plain) ? undefined : `${host} is not a host name`;
};

const hostsOf = (host: string): Pick<RoutePattern, 'hosts' | 'host'> => {
  if (host === '*') return { hosts: 'any', host: '' };
  if (host.startsWith('*.')) return { hosts: 'subhosts', host: host.slice(2) };
  if (host.startsWith('*')) return { hosts: 'and_subhosts', host: host.slice(1) };
  return { hosts: 'exact', host };
};

const HOSTS_BY_SPECIFICITY = ['exact', 'subhosts', 'and_subhosts', 'any'] as const;

/**
 * Which of two patterns is the more specific: negative where the first is. The host decides before the path, as
 * Cloudflare documents for `*.example.com/a` against `a.example.com/*`; within the path the number of segments does,
 * where a final `/*` counts for none, so `/images*` beats `/images/*` on Cloudflare and here
 * (https://developers.cloudflare.com/workers/platform/known-issues/#route-specificity; the count is that of miniflare's
 * `routeSpecificity`, adapted there from Cloudflare's own).
 */
export const bySpecificity = (a: RoutePattern, b: RoutePattern): number =>
  Number(b.hosts === 'exact') - Number(a.hosts === 'exact') ||
  labelsOf(b.host) - labelsOf(a.host) ||
  HOSTS_BY_SPECIFICITY.indexOf(a.hosts) - HOSTS_BY_SPECIFICITY.indexOf(b.hosts) ||
  b.host.length - a.host.length ||
  segmentsOf(b) - segmentsOf(a) ||
  Number(a.isPrefix) - Number(b.isPrefix) ||
  b.path.length - a.path.length ||
  Number(b.scheme !== undefined) - Number(a.scheme !== undefined);

const labelsOf = (host: string): number => (host === '' ? 0 : host.split('.').length);

const segmentsOf = ({ path, isPrefix }: RoutePattern): number => path.split('/').length - (isPrefix && path.endsWith('/') ? 2 : 0);
