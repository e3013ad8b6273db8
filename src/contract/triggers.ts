import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { DOMAIN_TAG, ifMatch, json, nothing, paging, SCRIPT, WORKERS } from './shapes.ts';
import { route } from './zones.ts';

export const subdomainState = z.object({ enabled: z.boolean(), previews_enabled: z.boolean() });

const scriptRoutes = z.array(z.looseObject({ pattern: z.string(), zone_id: z.string().optional(), zone_name: z.string().optional() }));

const domainRequest = z.looseObject({
  hostname: z.string(),
  zone_id: z.string().optional(),
  zone_name: z.string().optional(),
  enabled: z.boolean().optional(),
  previews_enabled: z.boolean().optional(),
});

const domain = z
  .object({
    id: z.string(),
    hostname: z.string(),
    service: z.string(),
    environment: z.literal('production'),
    zone_id: z.string(),
    zone_name: z.string(),
    enabled: z.boolean(),
    previews_enabled: z.boolean(),
    cert_id: z.literal('').describe('Always empty: certificates come from the directory the edge was given.'),
  })
  .meta({ id: 'CustomDomain' });

const changeset = z.object({
  added: z.array(domainRequest),
  updated: z.array(domain.extend({ modified: z.boolean() })),
  removed: z.array(domain),
  conflicting: z.array(domain),
});

const schedules = z.object({ schedules: z.array(z.object({ cron: z.string(), created_on: z.string(), modified_on: z.string() })) });

const CRONS = 'The schedules.';

const ofService = { service: z.string().optional(), environment: z.string().optional() };

export const triggerEndpoints = {
  getSubdomain: {
    method: 'GET',
    path: `${SCRIPT}/subdomain`,
    tag: 'Triggers',
    summary: 'Whether the Worker answers under workers.dev',
    result: subdomainState,
  },
  postSubdomain: {
    method: 'POST',
    path: `${SCRIPT}/subdomain`,
    tag: 'Triggers',
    summary: 'Switch workers.dev and version URLs on or off',
    headers: z.object({
      'cloudflare-workers-script-api-date': z
        .string()
        .optional()
        .describe('Where it is sent, previews_enabled is by default what enabled is.'),
    }),
    body: json(z.looseObject({ enabled: z.boolean(), previews_enabled: z.boolean().optional() })),
    result: subdomainState,
  },
  deleteSubdomain: {
    method: 'DELETE',
    path: `${SCRIPT}/subdomain`,
    tag: 'Triggers',
    summary: 'Switch both off',
    result: subdomainState,
  },
  getSchedules: {
    method: 'GET',
    path: `${SCRIPT}/schedules`,
    tag: 'Triggers',
    summary: 'Cron schedules',
    etag: CRONS,
    result: schedules,
  },
  putSchedules: {
    method: 'PUT',
    path: `${SCRIPT}/schedules`,
    tag: 'Triggers',
    summary: 'Replace the cron schedules',
    body: json(z.array(z.looseObject({ cron: z.string() }))),
    ...ifMatch(CRONS),
    result: schedules,
  },
  putScriptRoutes: {
    method: 'PUT',
    path: `${SCRIPT}/routes`,
    tag: 'Triggers',
    summary: 'Replace all routes of the Worker',
    body: json(scriptRoutes),
    result: z.array(route),
  },
  domainsChangeset: {
    method: 'POST',
    path: `${SCRIPT}/domains/changeset`,
    tag: 'Triggers',
    summary: 'What putting these custom domains would change; changes nothing',
    query: z.object({ replace_state: z.string().optional() }),
    body: json(z.array(domainRequest)),
    result: changeset,
  },
  putDomainRecords: {
    method: 'PUT',
    path: `${SCRIPT}/domains/records`,
    tag: 'Triggers',
    summary: 'Replace the custom domains of the Worker',
    body: json(
      z.looseObject({
        override_existing_origin: z.boolean().optional(),
        override_scope: z.boolean().optional(),
        origins: z.array(domainRequest),
      }),
    ),
    result: z.array(domain),
  },
  listDomains: {
    method: 'GET',
    path: `${WORKERS}/domains`,
    tag: 'Triggers',
    summary: 'Custom domains',
    query: z.object({ ...ofService, hostname: z.string().optional(), zone_id: z.string().optional(), zone_name: z.string().optional() }),
    etag: 'Of all custom domains; of the one alone, or `"none"`, where a hostname is asked for.',
    result: z.array(domain),
  },
  putDomain: {
    method: 'PUT',
    path: `${WORKERS}/domains`,
    tag: 'Triggers',
    summary: 'Attach a hostname to a Worker',
    body: json(domainRequest.extend({ service: z.string(), environment: z.string().optional() })),
    ...ifMatch(DOMAIN_TAG),
    result: domain,
  },
  getDomain: {
    method: 'GET',
    path: `${WORKERS}/domains/:domain_id`,
    tag: 'Triggers',
    summary: 'One custom domain',
    etag: DOMAIN_TAG,
    result: domain,
  },
  deleteDomain: {
    method: 'DELETE',
    path: `${WORKERS}/domains/:domain_id`,
    tag: 'Triggers',
    summary: 'Detach a hostname',
    headers: ifMatch(DOMAIN_TAG).headers,
    result: nothing,
  },
  listDomainRecords: {
    method: 'GET',
    path: `${WORKERS}/domains/records`,
    tag: 'Triggers',
    summary: 'Custom domains, as wrangler reads them',
    // wrangler counts these pages from 0.
    query: paging.extend({ ...ofService, page: z.coerce.number().int().min(0).optional() }),
    result: z.array(domain),
  },
  getDomainRecord: {
    method: 'GET',
    path: `${WORKERS}/domains/records/:domain_id`,
    tag: 'Triggers',
    summary: 'One custom domain, as wrangler reads it',
    result: domain,
  },
} as const satisfies Record<string, Endpoint>;
