import { accept, refuse, type Result } from '../base/index.ts';
import { isSubdomainName, isZoneName, parseRoutePattern, type Refusal } from '../domain/index.ts';
import type { Change, CustomDomain, Queries, Route, Zone } from '../store/index.ts';
import { auditEntry, type Actor, type Control } from './control.ts';

export const addZone = (control: Control, actor: Actor, name: string): Promise<Result<Zone, Refusal>> =>
  control.store.change<Zone, Refusal>(
    async (change) => {
      const zone = { id: control.ids.hex32(), name: name.toLowerCase(), createdOn: control.clock.now().toISOString() };
      if (!isZoneName(zone.name)) return refuse({ code: 'zone_name_invalid', zone: name });
      if (await change.hosts.zoneByName(zone.name)) return refuse({ code: 'zone_exists', zone: zone.name });
      await change.hosts.insertZone(zone);
      return accept(zone);
    },
    (zone) => auditEntry(control, actor, 'zone.add', `zone/${zone.name}`),
  );

/** Removes a zone with its routes and custom domains. */
export const deleteZone = (control: Control, actor: Actor, zoneId: string): Promise<Result<Zone, Refusal>> =>
  control.store.change<Zone, Refusal>(
    async (change) => {
      const zone = await change.hosts.zoneById(zoneId);
      if (zone === undefined) return refuse({ code: 'zone_not_found', zone: zoneId });
      await change.hosts.deleteZone(zone.id);
      change.touchHosts();
      return accept(zone);
    },
    (zone) => auditEntry(control, actor, 'zone.delete', `zone/${zone.name}`),
  );

export interface RequestedRoute {
  readonly pattern: string;
  readonly zone_id?: string | undefined;
  readonly zone_name?: string | undefined;
  readonly script?: string | null | undefined;
}

/** Makes these patterns all the routes of a Worker; those of other Workers are refused, not taken. */
export const replaceRoutes = (
  control: Control,
  actor: Actor,
  script: string,
  requested: readonly RequestedRoute[],
): Promise<Result<readonly Route[], Refusal>> =>
  control.store.change<readonly Route[], Refusal>(
    async (change) => {
      if ((await change.workers.byName(script)) === undefined) return refuse({ code: 'worker_not_found', name: script });
      const present = await change.hosts.routes();
      const wanted: Route[] = [];
      for (const request of requested) {
        const route = await routeFrom(control, change, { ...request, script }, present);
        if (!route.ok) return route;
        if (!wanted.some(({ pattern }) => pattern === route.value.pattern)) wanted.push(route.value);
      }
      for (const route of present) if (route.script === script) await change.hosts.deleteRoute(route.id);
      for (const route of wanted) await change.hosts.insertRoute(route);
      change.touchHosts();
      return accept(wanted);
    },
    (routes) => auditEntry(control, actor, 'routes.replace', `worker/${script}`, { patterns: routes.map(({ pattern }) => pattern) }),
  );

export const putRoute = (
  control: Control,
  actor: Actor,
  zoneId: string,
  request: RequestedRoute,
  routeId?: string,
): Promise<Result<Route, Refusal>> =>
  control.store.change<Route, Refusal>(
    async (change) => {
      const present = await change.hosts.routes();
      const replaced = present.find(({ id, zoneId: zone }) => id === routeId && zone === zoneId);
      if (routeId !== undefined && replaced === undefined) return refuse({ code: 'route_not_found', routeId });
      if (request.script && (await change.workers.byName(request.script)) === undefined) {
        return refuse({ code: 'worker_not_found', name: request.script });
      }
      const others = present.filter(({ id }) => id !== routeId);
      const route = await routeFrom(control, change, { ...request, zone_id: zoneId }, others, true);
      if (!route.ok) return route;
      const stored = { ...route.value, id: routeId ?? route.value.id };
      await (replaced === undefined ? change.hosts.insertRoute(stored) : change.hosts.updateRoute(stored));
      change.touchHosts();
      return accept(stored);
    },
    (route) => auditEntry(control, actor, 'route.put', `route/${route.pattern}`, { script: route.script }),
  );

export const deleteRoute = (control: Control, actor: Actor, zoneId: string, routeId: string): Promise<Result<Route, Refusal>> =>
  control.store.change<Route, Refusal>(
    async (change) => {
      const route = (await change.hosts.routes()).find(({ id, zoneId: zone }) => id === routeId && zone === zoneId);
      if (route === undefined) return refuse({ code: 'route_not_found', routeId });
      await change.hosts.deleteRoute(route.id);
      change.touchHosts();
      return accept(route);
    },
    (route) => auditEntry(control, actor, 'route.delete', `route/${route.pattern}`, { script: route.script }),
  );

const routeFrom = async (
  control: Control,
  change: Change,
  request: RequestedRoute,
  present: readonly Route[],
  isSingle = false,
): Promise<Result<Route, Refusal>> => {
  const parsed = parseRoutePattern(request.pattern);
  if (!parsed.ok) return refuse({ code: 'route_pattern_invalid', pattern: request.pattern, reason: parsed.refusal.reason });
  const host = parsed.value.host;
  const zone = await zoneFor(change, request, host);
  if (!zone.ok) return zone;
  const same = present.find(({ pattern }) => pattern === request.pattern);
  const script = request.script ?? null;
  if (same !== undefined && (isSingle || same.script !== script)) {
    return refuse({ code: 'route_taken', pattern: request.pattern, script: same.script });
  }
  return accept({
    id: same?.id ?? control.ids.hex32(),
    zoneId: zone.value.id,
    pattern: request.pattern,
    script,
    createdOn: same?.createdOn ?? control.clock.now().toISOString(),
  });
};

/** The zone a client named, or the one the host belongs to: the longest zone name that the host ends in. */
const zoneFor = async (
  queries: Queries,
  named: { readonly zone_id?: string | undefined; readonly zone_name?: string | undefined },
  hostname: string,
): Promise<Result<Zone, Refusal>> => {
  const zones = await queries.hosts.zones();
  const isWithin = (zone: Zone) => hostname === zone.name || hostname.endsWith(`.${zone.name}`) || hostname === `*${zone.name}`;
  if (named.zone_id !== undefined || named.zone_name !== undefined) {
    const zone = zones.find(({ id, name }) => id === named.zone_id || name === named.zone_name?.toLowerCase());
    if (zone === undefined) return refuse({ code: 'zone_not_found', zone: named.zone_id ?? named.zone_name ?? '' });
    return isWithin(zone) ? accept(zone) : refuse({ code: 'hostname_not_in_zone', hostname });
  }
  const zone = zones.filter(isWithin).toSorted((a, b) => b.name.length - a.name.length)[0];
  return zone === undefined ? refuse({ code: 'hostname_not_in_zone', hostname }) : accept(zone);
};

export interface RequestedDomain {
  readonly hostname: string;
  readonly zone_id?: string | undefined;
  readonly zone_name?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly previews_enabled?: boolean | undefined;
}

/** Attaches a hostname to a Worker. One that another Worker has is taken over only when the client says so. */
export const putDomains = (
  control: Control,
  actor: Actor,
  script: string,
  requested: readonly RequestedDomain[],
  options: { readonly override: boolean; readonly replaceAll: boolean },
): Promise<Result<readonly CustomDomain[], Refusal>> =>
  control.store.change<readonly CustomDomain[], Refusal>(
    async (change) => {
      if ((await change.workers.byName(script)) === undefined) return refuse({ code: 'worker_not_found', name: script });
      const present = await change.hosts.domains();
      const attached: CustomDomain[] = [];
      for (const request of requested) {
        const hostname = request.hostname.toLowerCase();
        const zone = await zoneFor(change, request, hostname);
        if (!zone.ok) return zone;
        const same = present.find((domain) => domain.hostname === hostname);
        if (same !== undefined && same.script !== script && !options.override) {
          return refuse({ code: 'hostname_taken', hostname, script: same.script });
        }
        attached.push({
          id: same?.id ?? control.ids.hex32(),
          hostname,
          zoneId: zone.value.id,
          script,
          enabled: request.enabled ?? true,
          previewsEnabled: request.previews_enabled ?? false,
          createdOn: same?.createdOn ?? control.clock.now().toISOString(),
        });
      }
      const detached = options.replaceAll
        ? present.filter((domain) => domain.script === script && !attached.some(({ hostname }) => hostname === domain.hostname))
        : [];
      for (const { id } of detached) await change.hosts.deleteDomain(id);
      for (const domain of attached) {
        const isNew = !present.some(({ id }) => id === domain.id);
        await (isNew ? change.hosts.insertDomain(domain) : change.hosts.updateDomain(domain));
      }
      change.touchHosts();
      return accept(attached);
    },
    (domains) => auditEntry(control, actor, 'domains.put', `worker/${script}`, { hostnames: domains.map(({ hostname }) => hostname) }),
  );

export const deleteDomain = (control: Control, actor: Actor, domainId: string): Promise<Result<CustomDomain, Refusal>> =>
  control.store.change<CustomDomain, Refusal>(
    async (change) => {
      const domain = (await change.hosts.domains()).find(({ id }) => id === domainId);
      if (domain === undefined) return refuse({ code: 'domain_not_found', domainId });
      await change.hosts.deleteDomain(domain.id);
      change.touchHosts();
      return accept(domain);
    },
    (domain) => auditEntry(control, actor, 'domain.delete', `domain/${domain.hostname}`, { script: domain.script }),
  );

/** Changes the label under which all Workers of the account answer: `<worker>.<subdomain>.<base domain>`. */
export const setSubdomain = (control: Control, actor: Actor, name: string): Promise<Result<string, Refusal>> =>
  control.store.change<string, Refusal>(
    async (change) => {
      if (!isSubdomainName(name)) return refuse({ code: 'subdomain_name_invalid', name });
      await change.meta.set('subdomain', name);
      change.touchHosts();
      return accept(name);
    },
    () => auditEntry(control, actor, 'subdomain.set', `subdomain/${name}`),
  );
