import { accept, refuse, type Result } from '../base/index.ts';
import { isZoneName, type Refusal } from '../domain/index.ts';
import type { Queries, Zone } from '../store/index.ts';
import { auditEntry, type Actor, type Control } from './control.ts';

export const addZone = (control: Control, actor: Actor, name: string): Promise<Result<Zone, Refusal>> =>
  control.store.change<Zone, Refusal>(
    async (change) => {
      const zone = { id: control.ids.hex32(), name: name.toLowerCase(), createdOn: control.clock.now().toISOString() };
      if (!isZoneName(zone.name)) return refuse({ code: 'zone_name_invalid', zone: name });
      if (await change.hosts.zoneByName(zone.name)) return refuse({ code: 'zone_exists', zone: zone.name });
      await change.hosts.insertZone(zone);
      await change.inZone(zone.id);
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
      await change.inZone(zone.id);
      await change.hosts.deleteZone(zone.id);
      change.touchHosts();
      return accept(zone);
    },
    (zone) => auditEntry(control, actor, 'zone.delete', `zone/${zone.name}`),
  );

/** The zone a client named, or the one the host belongs to: the longest zone name that the host ends in. */
export const zoneFor = async (
  queries: Queries,
  named: { readonly zone_id?: string | undefined; readonly zone_name?: string | undefined },
  hostname: string,
): Promise<Result<Zone, Refusal>> => {
  const zones = await queries.hosts.zones();
  const isWithin = (zone: Zone) => hostname === zone.name || hostname.endsWith(`.${zone.name}`);
  if (named.zone_id !== undefined || named.zone_name !== undefined) {
    const zone = zones.find(({ id, name }) => id === named.zone_id || name === named.zone_name?.toLowerCase());
    if (zone === undefined) return refuse({ code: 'zone_not_found', zone: named.zone_id ?? named.zone_name ?? '' });
    return isWithin(zone) ? accept(zone) : refuse({ code: 'hostname_not_in_zone', hostname });
  }
  const zone = zones.filter(isWithin).toSorted((a, b) => b.name.length - a.name.length)[0];
  return zone === undefined ? refuse({ code: 'hostname_not_in_zone', hostname }) : accept(zone);
};
