import { accept, refuse } from '../../base/index.ts';
import {
  changeWorker,
  deleteDomain,
  domainsTag,
  domainTag,
  putDomains,
  replaceRoutes,
  replaceSchedules,
  schedulesTag,
} from '../../control/index.ts';
import type { triggerEndpoints } from '../../contract/index.ts';
import type { CustomDomain } from '../../store/index.ts';
import type { Api, Handlers } from '../api.ts';
import { etag, expectationIn, tagIn } from '../if-match.ts';
import { domainView, routeView, schedulesView, type DomainView } from '../views/index.ts';
import { workerNamed } from './found.ts';

/** Clients that know it want version URLs to follow `enabled` where they do not say. */
const API_DATE_HEADER = 'cloudflare-workers-script-api-date';

const NO_VERSION_URLS = 'Versions have no URLs under a custom domain yet: previews_enabled is stored and shown only.';

/** Of one state, so that what is answered and its tag are of the same. */
const readHosts = (api: Api) =>
  api.store.snapshot(async ({ hosts }) => ({
    zones: new Map((await hosts.zones()).map(({ id, name }) => [id, name])),
    domains: await hosts.domains(),
  }));

type ReadHosts = Awaited<ReturnType<typeof readHosts>>;

const viewsOf = ({ zones, domains }: ReadHosts, isWanted: (domain: CustomDomain, zone: string) => boolean): readonly DomainView[] =>
  domains.flatMap((domain) => {
    const zone = zones.get(domain.zoneId) ?? '';
    return isWanted(domain, zone) ? [domainView(domain, zone)] : [];
  });

export const domainsWhere = async (api: Api, isWanted: (domain: CustomDomain, zone: string) => boolean) =>
  viewsOf(await readHosts(api), isWanted);

interface Switches {
  readonly enabled?: boolean | undefined;
  readonly previews_enabled?: boolean | undefined;
}

/** Whether putting the domain as it is asked for would change its switches; an absent one gets its default. */
const differs = (present: DomainView, { enabled = true, previews_enabled = false }: Switches = {}): boolean =>
  enabled !== present.enabled || previews_enabled !== present.previews_enabled;

const versionUrlsNote = (origins: readonly Switches[]): readonly string[] =>
  origins.some((origin) => origin.previews_enabled === true) ? [NO_VERSION_URLS] : [];

const withModified = (domain: DomainView, modified: boolean) => ({ ...domain, modified });

/** Of a host: the tag of what it is. */
const tagOfHost = ({ domains }: ReadHosts, hostname: string) => etag(domainTag(domains.find((domain) => domain.hostname === hostname)));

const domainById = async (api: Api, domainId: string) => {
  const read = await readHosts(api);
  const [domain] = viewsOf(read, ({ id }) => id === domainId);
  return domain === undefined
    ? refuse({ code: 'domain_not_found' as const, domainId })
    : accept({ result: domain, ...tagOfHost(read, domain.hostname) });
};

export const triggers: Handlers<typeof triggerEndpoints> = {
  getSubdomain: async (api, { params }) => {
    const worker = await workerNamed(api, params.script_name);
    return worker.ok ? accept({ result: { enabled: worker.value.workersDev, previews_enabled: worker.value.previews } }) : worker;
  },
  postSubdomain: async (api, { params, body, headers, actor }) => {
    const followsEnabled = body.previews_enabled === undefined && headers.get(API_DATE_HEADER) !== null;
    const previews = followsEnabled ? body.enabled : body.previews_enabled;
    const changed = await changeWorker(api, actor, params.script_name, { workersDev: body.enabled, previews }, 'subdomain.post');
    return changed.ok ? accept({ result: { enabled: changed.value.workersDev, previews_enabled: changed.value.previews } }) : changed;
  },
  deleteSubdomain: async (api, { params, actor }) => {
    const changed = await changeWorker(api, actor, params.script_name, { workersDev: false, previews: false }, 'subdomain.delete');
    return changed.ok ? accept({ result: { enabled: false, previews_enabled: false } }) : changed;
  },
  getSchedules: async (api, { params }) => {
    const worker = await workerNamed(api, params.script_name);
    if (!worker.ok) return worker;
    const present = await api.store.read.schedules.ofWorker(worker.value.tag);
    return accept({ result: schedulesView(present), ...etag(schedulesTag(present)) });
  },
  putSchedules: async (api, { params, body, headers, actor }) => {
    const expected = expectationIn(headers, 'schedules');
    if (!expected.ok) return expected;
    const replaced = await replaceSchedules(
      api,
      actor,
      params.script_name,
      body.map(({ cron }) => cron),
      expected.value,
    );
    if (!replaced.ok) return replaced;
    return accept({ result: schedulesView(replaced.value), ...etag(schedulesTag(replaced.value)) });
  },
  putScriptRoutes: async (api, { params, body, actor }) => {
    const routes = await replaceRoutes(api, actor, params.script_name, body);
    return routes.ok ? accept({ result: routes.value.map((route) => routeView(route)) }) : routes;
  },
  domainsChangeset: async (api, { params, query, body }) => {
    const present = await domainsWhere(api, () => true);
    const wanted = new Map(body.map((origin) => [origin.hostname.toLowerCase(), origin]));
    // wrangler asks its user before it takes over what is "modified", and only then says that it may.
    const isModified = (domain: DomainView) => domain.service !== params.script_name || differs(domain, wanted.get(domain.hostname));
    const isKnown = (hostname: string) => present.some((domain) => domain.hostname === hostname);
    return accept({
      result: {
        added: body.filter(({ hostname }) => !isKnown(hostname.toLowerCase())),
        updated: present.filter(({ hostname }) => wanted.has(hostname)).map((domain) => withModified(domain, isModified(domain))),
        removed:
          query.replace_state === 'true'
            ? present.filter(({ hostname, service }) => service === params.script_name && !wanted.has(hostname))
            : [],
        conflicting: [],
      },
    });
  },
  putDomainRecords: async (api, { params, body, actor }) => {
    const put = await putDomains(api, actor, params.script_name, body.origins, {
      override: body.override_existing_origin ?? false,
      replaceAll: true,
    });
    if (!put.ok) return put;
    const result = await domainsWhere(api, ({ script }) => script === params.script_name);
    return accept({ result, messages: versionUrlsNote(body.origins) });
  },
  listDomains: async (api, { query }) => {
    const read = await readHosts(api);
    const result = viewsOf(
      read,
      (domain, zone) =>
        (query.hostname === undefined || query.hostname === domain.hostname) &&
        (query.service === undefined || query.service === domain.script) &&
        (query.zone_id === undefined || query.zone_id === domain.zoneId) &&
        (query.zone_name === undefined || query.zone_name === zone),
    );
    return accept({ result, ...(query.hostname === undefined ? etag(domainsTag(read.domains)) : tagOfHost(read, query.hostname)) });
  },
  putDomain: async (api, { body, headers, actor }) => {
    const expected = tagIn(headers);
    if (!expected.ok) return expected;
    const [before] = await domainsWhere(api, ({ hostname }) => hostname === body.hostname.toLowerCase());
    const put = await putDomains(api, actor, body.service, [body], { override: true, replaceAll: false, expected: expected.value });
    if (!put.ok) return put;
    const [domain] = put.value;
    if (domain === undefined) throw new Error('One host was to be put, and none was.');
    const zone = await api.store.read.hosts.zoneById(domain.zoneId);
    const isMoved = before !== undefined && before.service !== body.service;
    const moved = isMoved ? [`${before.hostname} belonged to the Worker "${before.service}" and was taken from it.`] : [];
    // What was put, whatever became of it since.
    return accept({
      result: domainView(domain, zone?.name ?? ''),
      ...etag(domainTag(domain)),
      messages: [...moved, ...versionUrlsNote([body])],
    });
  },
  getDomain: (api, { params }) => domainById(api, params.domain_id),
  deleteDomain: async (api, { params, headers, actor }) => {
    const expected = tagIn(headers);
    if (!expected.ok) return expected;
    const deleted = await deleteDomain(api, actor, params.domain_id, expected.value);
    return deleted.ok ? accept({ result: null }) : deleted;
  },
  listDomainRecords: async (api, { query }) =>
    accept({
      result: await domainsWhere(api, ({ script }) => query.service === undefined || script === query.service),
    }),
  getDomainRecord: (api, { params }) => domainById(api, params.domain_id),
};
