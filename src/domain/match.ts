import { compileRoutes, routeFor, type RouteIndex } from './route-index.ts';
import type { Scheme } from './route-pattern.ts';
import type { HostTable, WorkerEntry } from './routing-table.ts';

/** A table's hosts, laid out for requests: built once for each generation, then only read. */
export interface HostIndex {
  readonly hosts: HostTable;
  readonly workers: ReadonlyMap<string, WorkerEntry>;
  /** `.<subdomain>.<domain>` for each domain: what follows a Worker's own label. */
  readonly suffixes: readonly string[];
  readonly routes: RouteIndex;
  readonly customDomains: ReadonlyMap<string, { readonly script: string; readonly enabled: boolean }>;
}

export type Match =
  | {
      readonly script: string;
      readonly via: 'workers_dev' | 'route' | 'custom_domain';
      readonly versionId?: undefined;
      readonly none?: undefined;
    }
  | { readonly script: string; readonly via: 'version_url' | 'alias'; readonly versionId: string; readonly none?: undefined }
  | NoMatch;

export interface NoMatch {
  readonly none:
    | 'unknown_host'
    /** A name below a Workers domain that no Worker, version or alias has. */
    | 'unknown_worker'
    /** The Worker's workers.dev name, or its custom domain, is switched off. */
    | 'disabled'
    | 'previews_disabled'
    /** A route without a Worker takes the request away. */
    | 'excluded';
  readonly script?: undefined;
}

/** `previous` lends what was made of the same hosts before: a deployment changes a Worker, and the routes stay as they are. */
export const compileHosts = (hosts: HostTable, workers: readonly WorkerEntry[], previous?: HostIndex): HostIndex => ({
  ...(previous?.hosts === hosts ? previous : compiledNames(hosts)),
  workers: new Map(workers.map((worker) => [worker.name, worker])),
});

const compiledNames = (hosts: HostTable): Omit<HostIndex, 'workers'> => ({
  hosts,
  suffixes: hosts.domains.map((domain) => `.${hosts.subdomain}.${domain}`.toLowerCase()),
  routes: compileRoutes(hosts.routes),
  customDomains: new Map(hosts.customDomains.map(({ hostname, script, enabled }) => [hostname.toLowerCase(), { script, enabled }])),
});

const MOST_HOST = 253;
const UNKNOWN_HOST: NoMatch = { none: 'unknown_host' };
const UNKNOWN_WORKER: NoMatch = { none: 'unknown_worker' };
const DISABLED: NoMatch = { none: 'disabled' };
const PREVIEWS_DISABLED: NoMatch = { none: 'previews_disabled' };
const EXCLUDED: NoMatch = { none: 'excluded' };

/**
 * Which Worker a request belongs to. `path` is the request target with its query, which routes see too. Workers' own
 * names come first, then routes, then custom domains (Cloudflare lets a route stand in front of a custom domain).
 * Without a scheme, routes that name one match as well.
 */
export const matchRequest = (index: HostIndex, hostname: string, path: string, scheme?: Scheme): Match => {
  const host = plainHost(hostname);
  if (host === '' || host.length > MOST_HOST) return UNKNOWN_HOST;
  const own = ownName(index, host);
  if (own !== undefined && own.none === undefined) return own;
  const route = routeFor(index.routes, host, path, scheme);
  if (route !== undefined) return route.script === null ? EXCLUDED : { script: route.script, via: 'route' };
  const domain = index.customDomains.get(host);
  if (domain !== undefined) return domain.enabled ? { script: domain.script, via: 'custom_domain' } : DISABLED;
  return own ?? UNKNOWN_HOST;
};

/** A Host header's name in lower case, without its port and without the dot of a fully qualified name. */
export const plainHost = (hostname: string): string => {
  let end = hostname.length;
  // An IPv6 literal has colons of its own and is never a Worker's host; it only must not become another name.
  const colon = hostname.lastIndexOf(':');
  if (colon !== -1 && hostname.charCodeAt(end - 1) !== CLOSING_BRACKET) end = colon;
  if (end > 0 && hostname.charCodeAt(end - 1) === DOT) end -= 1;
  return (end === hostname.length ? hostname : hostname.slice(0, end)).toLowerCase();
};

const CLOSING_BRACKET = 93;
const DOT = 46;

const ownName = ({ suffixes, workers }: HostIndex, host: string): Match | undefined => {
  for (const suffix of suffixes) {
    if (!host.endsWith(suffix)) continue;
    const label = host.slice(0, -suffix.length);
    if (label === '' || label.includes('.')) continue;
    return named(workers, label);
  }
  return undefined;
};

/** A Worker's exact name wins over every reading of it as a version's or an alias's. */
const named = (workers: ReadonlyMap<string, WorkerEntry>, label: string): Match => {
  const worker = workers.get(label);
  if (worker !== undefined) return worker.workersDev ? { script: worker.name, via: 'workers_dev' } : DISABLED;
  return versionNamed(workers, label) ?? aliasNamed(workers, label) ?? UNKNOWN_WORKER;
};

const VERSION_PREFIX = /^[0-9a-f]{8}-/;
const PREFIX_LENGTH = 8;

const versionNamed = (workers: ReadonlyMap<string, WorkerEntry>, label: string): Match | undefined => {
  if (!VERSION_PREFIX.test(label)) return undefined;
  const worker = workers.get(label.slice(PREFIX_LENGTH + 1));
  if (worker === undefined) return undefined;
  if (!worker.previews) return PREVIEWS_DISABLED;
  const prefix = label.slice(0, PREFIX_LENGTH);
  const versionId = worker.previewVersions.find((id) => id.startsWith(prefix));
  return versionId === undefined ? undefined : { script: worker.name, via: 'version_url', versionId };
};

/** Names and aliases may both hold dashes, so each dash is tried; the longest Worker name wins. */
const aliasNamed = (workers: ReadonlyMap<string, WorkerEntry>, label: string): Match | undefined => {
  let answer: Match | undefined;
  for (let dash = label.indexOf('-', 1); dash !== -1; dash = label.indexOf('-', dash + 1)) {
    const worker = workers.get(label.slice(dash + 1));
    if (worker === undefined) continue;
    const alias = label.slice(0, dash);
    if (!Object.hasOwn(worker.aliases, alias)) continue;
    const versionId = worker.aliases[alias];
    if (worker.previews && versionId !== undefined) return { script: worker.name, via: 'alias', versionId };
    answer ??= PREVIEWS_DISABLED;
  }
  return answer;
};
