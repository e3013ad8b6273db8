import { accept, refuse, type Result } from '../base/index.ts';
import { parseRoutePattern, type Refusal, type RoutePattern } from '../domain/index.ts';
import type { Change, Route } from '../store/index.ts';
import { auditEntry, type Actor, type Control } from './control.ts';
import { isAsRead } from './trigger-tags.ts';
import { zoneFor } from './zones.ts';

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
      const own = present.filter((route) => route.script === script);
      const others = present.filter((route) => route.script !== script);
      const wanted: Route[] = [];
      for (const request of requested) {
        if (sameRoute(wanted, request.pattern) !== undefined) continue;
        const route = await routeFrom(control, change, { ...request, script }, others);
        if (!route.ok) return route;
        const kept = sameRoute(own, request.pattern);
        wanted.push(kept === undefined ? route.value : { ...route.value, id: kept.id, createdOn: kept.createdOn });
      }
      for (const { id } of own) await change.hosts.deleteRoute(id);
      for (const route of wanted) await change.hosts.insertRoute(route);
      for (const { zoneId } of [...own, ...wanted]) await change.inZone(zoneId);
      change.touchHosts();
      return accept(wanted);
    },
    (routes) => auditEntry(control, actor, 'routes.replace', `worker/${script}`, { patterns: routes.map(({ pattern }) => pattern) }),
  );

/** Makes a route of a zone, or changes the one of that id where it is as the client read it. */
export const putRoute = (
  control: Control,
  actor: Actor,
  zoneId: string,
  request: RequestedRoute,
  routeId?: string,
  expected?: string,
): Promise<Result<Route, Refusal>> =>
  control.store.change<Route, Refusal>(
    async (change) => {
      const present = await change.hosts.routes();
      const replaced = present.find((route) => route.id === routeId && route.zoneId === zoneId);
      if (routeId !== undefined && replaced === undefined) return refuse({ code: 'route_not_found', routeId });
      const isFresh = replaced === undefined ? accept(null) : await isAsRead(change, { kind: 'route', route: replaced }, expected);
      if (!isFresh.ok) return isFresh;
      if (request.script && (await change.workers.byName(request.script)) === undefined) {
        return refuse({ code: 'worker_not_found', name: request.script });
      }
      const others = present.filter(({ id }) => id !== routeId);
      const route = await routeFrom(control, change, { ...request, zone_id: zoneId }, others);
      if (!route.ok) return route;
      const stored = replaced === undefined ? route.value : { ...route.value, id: replaced.id, createdOn: replaced.createdOn };
      await (replaced === undefined ? change.hosts.insertRoute(stored) : change.hosts.updateRoute(stored));
      await change.inZone(zoneId);
      change.touchHosts();
      return accept(stored);
    },
    (route) => auditEntry(control, actor, 'route.put', `route/${route.pattern}`, { script: route.script }),
  );

export const deleteRoute = (
  control: Control,
  actor: Actor,
  zoneId: string,
  routeId: string,
  expected?: string,
): Promise<Result<Route, Refusal>> =>
  control.store.change<Route, Refusal>(
    async (change) => {
      const route = (await change.hosts.routes()).find(({ id, zoneId: zone }) => id === routeId && zone === zoneId);
      if (route === undefined) return refuse({ code: 'route_not_found', routeId });
      const isFresh = await isAsRead(change, { kind: 'route', route }, expected);
      if (!isFresh.ok) return isFresh;
      await change.hosts.deleteRoute(route.id);
      await change.inZone(zoneId);
      change.touchHosts();
      return accept(route);
    },
    (route) => auditEntry(control, actor, 'route.delete', `route/${route.pattern}`, { script: route.script }),
  );

/** A new route as it was asked for, or why there is none: one that matches the very same requests belongs to whoever has it. */
const routeFrom = async (
  control: Control,
  change: Change,
  request: RequestedRoute,
  others: readonly Route[],
): Promise<Result<Route, Refusal>> => {
  const parsed = parseRoutePattern(request.pattern);
  if (!parsed.ok) return parsed;
  const zone = await zoneFor(change, request, parsed.value.host);
  if (!zone.ok) return zone;
  const same = sameRoute(others, request.pattern);
  if (same !== undefined) return refuse({ code: 'route_taken', pattern: request.pattern, script: same.script });
  return accept({
    id: control.ids.hex32(),
    zoneId: zone.value.id,
    pattern: request.pattern,
    script: request.script ?? null,
    createdOn: control.clock.now().toISOString(),
  });
};

/** `Example.com` and `example.com/` are one pattern, however they are written. */
const sameRoute = (routes: readonly Route[], pattern: string): Route | undefined => {
  const wanted = meaningOf(pattern);
  return routes.find((route) => meaningOf(route.pattern) === wanted);
};

const meaningOf = (pattern: string): string => {
  const parsed = parseRoutePattern(pattern);
  return parsed.ok ? JSON.stringify(membersOf(parsed.value)) : pattern;
};

const membersOf = ({ scheme, hosts, host, path, isPrefix }: RoutePattern) => [scheme, hosts, host, path, isPrefix];
