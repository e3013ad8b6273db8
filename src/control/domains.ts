import { accept, refuse, type Result } from '../base/index.ts';
import { isZoneName, type Refusal } from '../domain/index.ts';
import type { Change, CustomDomain } from '../store/index.ts';
import { auditEntry, type Actor, type Control } from './control.ts';
import { isAsRead } from './trigger-tags.ts';
import { zoneFor } from './zones.ts';

export interface RequestedDomain {
  readonly hostname: string;
  readonly zone_id?: string | undefined;
  readonly zone_name?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly previews_enabled?: boolean | undefined;
}

export interface PutOptions {
  /** Also those that another Worker has. */
  readonly override: boolean;
  readonly replaceAll: boolean;
  /** What each of them must still be, as its tag said. */
  readonly expected?: string | undefined;
}

/** Attaches hostnames to a Worker. One that another Worker has is taken over only when the client says so. */
export const putDomains = (
  control: Control,
  actor: Actor,
  script: string,
  requested: readonly RequestedDomain[],
  options: PutOptions,
): Promise<Result<readonly CustomDomain[], Refusal>> =>
  control.store.change<readonly CustomDomain[], Refusal>(
    async (change) => {
      if ((await change.workers.byName(script)) === undefined) return refuse({ code: 'worker_not_found', name: script });
      const present = await change.hosts.domains();
      const attached = new Map<string, CustomDomain>();
      for (const request of requested) {
        const domain = await domainFrom(control, change, script, request, present);
        if (!domain.ok) return domain;
        const before = present.find(({ id }) => id === domain.value.id);
        const { hostname } = domain.value;
        const isFresh = await isAsRead(change, { kind: 'domain', hostname, domain: before }, options.expected);
        if (!isFresh.ok) return isFresh;
        const holder = before?.script ?? script;
        if (holder !== script && !options.override) {
          return refuse({ code: 'hostname_taken', hostname, script: holder });
        }
        attached.set(hostname, domain.value);
      }
      const detached = present.filter(({ script: holder, hostname }) => options.replaceAll && holder === script && !attached.has(hostname));
      for (const domain of detached) await change.hosts.deleteDomain(domain.id);
      for (const domain of attached.values()) {
        const isPresent = present.some(({ id }) => id === domain.id);
        await (isPresent ? change.hosts.updateDomain(domain) : change.hosts.insertDomain(domain));
      }
      for (const { zoneId } of [...detached, ...attached.values()]) await change.inZone(zoneId);
      change.touchHosts();
      return accept([...attached.values()]);
    },
    (domains) => auditEntry(control, actor, 'domains.put', `worker/${script}`, { hostnames: domains.map(({ hostname }) => hostname) }),
  );

export const deleteDomain = (control: Control, actor: Actor, domainId: string, expected?: string): Promise<Result<CustomDomain, Refusal>> =>
  control.store.change<CustomDomain, Refusal>(
    async (change) => {
      const domain = (await change.hosts.domains()).find(({ id }) => id === domainId);
      if (domain === undefined) return refuse({ code: 'domain_not_found', domainId });
      const isFresh = await isAsRead(change, { kind: 'domain', hostname: domain.hostname, domain }, expected);
      if (!isFresh.ok) return isFresh;
      await change.hosts.deleteDomain(domain.id);
      await change.inZone(domain.zoneId);
      change.touchHosts();
      return accept(domain);
    },
    (domain) => auditEntry(control, actor, 'domain.delete', `domain/${domain.hostname}`, { script: domain.script }),
  );

/** A custom domain as it was asked for; where the host is attached already, with the id and time it has. */
const domainFrom = async (
  control: Control,
  change: Change,
  script: string,
  request: RequestedDomain,
  present: readonly CustomDomain[],
): Promise<Result<CustomDomain, Refusal>> => {
  const hostname = request.hostname.toLowerCase();
  // One exact host: a wildcard or a path would lie in the zone by its ending and never match a request.
  if (!isZoneName(hostname)) return refuse({ code: 'zone_name_invalid', zone: request.hostname });
  const zone = await zoneFor(change, request, hostname);
  if (!zone.ok) return zone;
  const same = present.find((domain) => domain.hostname === hostname);
  return accept({
    id: same?.id ?? control.ids.hex32(),
    hostname,
    zoneId: zone.value.id,
    script,
    enabled: request.enabled ?? true,
    previewsEnabled: request.previews_enabled ?? false,
    createdOn: same?.createdOn ?? control.clock.now().toISOString(),
  });
};
