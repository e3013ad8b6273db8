import { parseRoutePattern } from '../../../domain/index.ts';
import { call, useApi, type Result } from '../../api/index.ts';

export type Zone = Result<'listZones'>[number];

export const useZones = () => useApi('listZones', { query: { per_page: 1000 } });

/** The zone that a host lies in: of several the narrowest. */
export const zoneOf = (host: string, zones: readonly Zone[]): Zone | undefined =>
  zones.filter(({ name }) => host === name || host.endsWith(`.${name}`)).toSorted((a, b) => b.name.length - a.name.length)[0];

/** What a zone for a host would be called: its last two labels. */
export const zoneNameFor = (host: string): string => host.split('.').slice(-2).join('.');

/** The host that a pattern names, without its wildcard; empty where it names none yet. */
export const hostIn = (pattern: string): string => {
  const parsed = parseRoutePattern(pattern);
  return parsed.ok ? parsed.value.host : '';
};

/** The id of the zone, which is made where there is none of that name. */
export const ensureZone = async (zone: Zone | undefined, name: string): Promise<string> =>
  zone?.id ?? (await call('createZone', { body: { name } })).result.id;
