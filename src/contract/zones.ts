import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { identified, ifMatch, json, paging, ROUTE_TAG } from './shapes.ts';

const zone = z
  .object({
    id: z.string(),
    name: z.string(),
    status: z.literal('active'),
    type: z.literal('full'),
    created_on: z.string(),
    account: z.object({ id: z.string(), name: z.string() }),
  })
  .meta({ id: 'Zone' });

export const route = z
  .object({ id: z.string(), pattern: z.string(), script: z.string().optional().describe('Absent where the route keeps Workers away.') })
  .meta({ id: 'Route' });

const routeRequest = z.object({ pattern: z.string(), script: z.string().nullish() });
const ROUTES = '/zones/:zone_id/workers/routes';

export const zoneEndpoints = {
  listZones: {
    method: 'GET',
    path: '/zones',
    tag: 'Zones',
    summary: 'The zones that hosts may belong to',
    query: paging.extend({ name: z.string().optional(), 'account.id': z.string().optional() }),
    result: z.array(zone),
  },
  createZone: {
    method: 'POST',
    path: '/zones',
    tag: 'Zones',
    summary: 'Add a zone',
    body: json(z.looseObject({ name: z.string() })),
    result: zone,
  },
  getZone: { method: 'GET', path: '/zones/:zone_id', tag: 'Zones', summary: 'One zone', result: zone },
  deleteZone: {
    method: 'DELETE',
    path: '/zones/:zone_id',
    tag: 'Zones',
    summary: 'Remove a zone with its routes and custom domains',
    result: identified,
  },
  listRoutes: { method: 'GET', path: ROUTES, tag: 'Zones', summary: 'Routes of a zone', query: paging, result: z.array(route) },
  createRoute: {
    method: 'POST',
    path: ROUTES,
    tag: 'Zones',
    summary: 'Add a route; without a script it keeps Workers away',
    body: json(routeRequest),
    result: route,
  },
  getRoute: { method: 'GET', path: `${ROUTES}/:route_id`, tag: 'Zones', summary: 'One route', etag: ROUTE_TAG, result: route },
  putRoute: {
    method: 'PUT',
    path: `${ROUTES}/:route_id`,
    tag: 'Zones',
    summary: 'Change a route',
    body: json(routeRequest),
    ...ifMatch(ROUTE_TAG),
    result: route,
  },
  deleteRoute: {
    method: 'DELETE',
    path: `${ROUTES}/:route_id`,
    tag: 'Zones',
    summary: 'Delete a route',
    headers: ifMatch(ROUTE_TAG).headers,
    result: identified,
  },
} as const satisfies Record<string, Endpoint>;
