import { accept, refuse } from '../../base/index.ts';
import { addZone, deleteRoute, deleteZone, putRoute, routeTag } from '../../control/index.ts';
import type { zoneEndpoints } from '../../contract/index.ts';
import type { Route } from '../../store/index.ts';
import type { Api, Handlers } from '../api.ts';
import { etag, tagIn } from '../if-match.ts';
import { pageWithin } from '../page.ts';
import { routeView, zoneView } from '../views/index.ts';

const routesOf = async (api: Api, zoneId: string) => (await api.store.read.hosts.routes()).filter((route) => route.zoneId === zoneId);

const told = (route: Route) => accept({ result: routeView(route), ...etag(routeTag(route)) });

export const zones: Handlers<typeof zoneEndpoints> = {
  listZones: async (api, { query }) => {
    const isForeign = query['account.id'] !== undefined && query['account.id'] !== api.account.id;
    const all = isForeign ? [] : await api.store.read.hosts.zones();
    const named = all.filter(({ name }) => query.name === undefined || name === query.name);
    return accept(
      pageWithin(
        named.map((zone) => zoneView(zone, api.account.id)),
        query,
      ),
    );
  },
  createZone: async (api, { body, actor }) => {
    const zone = await addZone(api, actor, body.name);
    return zone.ok ? accept({ result: zoneView(zone.value, api.account.id) }) : zone;
  },
  getZone: async (api, { params }) => {
    const zone = await api.store.read.hosts.zoneById(params.zone_id);
    return zone === undefined
      ? refuse({ code: 'zone_not_found', zone: params.zone_id })
      : accept({ result: zoneView(zone, api.account.id) });
  },
  deleteZone: async (api, { params, actor }) => {
    const zone = await deleteZone(api, actor, params.zone_id);
    return zone.ok ? accept({ result: { id: zone.value.id } }) : zone;
  },
  listRoutes: async (api, { params, query }) => {
    const zone = await api.store.read.hosts.zoneById(params.zone_id);
    if (zone === undefined) return refuse({ code: 'zone_not_found', zone: params.zone_id });
    return accept(
      pageWithin(
        (await routesOf(api, zone.id)).map((route) => routeView(route)),
        query,
      ),
    );
  },
  createRoute: async (api, { params, body, actor }) => {
    const route = await putRoute(api, actor, params.zone_id, body);
    return route.ok ? accept({ result: routeView(route.value) }) : route;
  },
  getRoute: async (api, { params }) => {
    const route = (await routesOf(api, params.zone_id)).find(({ id }) => id === params.route_id);
    return route === undefined ? refuse({ code: 'route_not_found', routeId: params.route_id }) : told(route);
  },
  putRoute: async (api, { params, body, headers, actor }) => {
    const expected = tagIn(headers);
    if (!expected.ok) return expected;
    const route = await putRoute(api, actor, params.zone_id, body, params.route_id, expected.value);
    return route.ok ? told(route.value) : route;
  },
  deleteRoute: async (api, { params, headers, actor }) => {
    const expected = tagIn(headers);
    if (!expected.ok) return expected;
    const route = await deleteRoute(api, actor, params.zone_id, params.route_id, expected.value);
    return route.ok ? accept({ result: { id: route.value.id } }) : route;
  },
};
