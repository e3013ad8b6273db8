import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import * as s from './schemas.ts';

const A = '/accounts/:account_id';
const W = '/accounts/:account_id/workers';
const S = '/accounts/:account_id/workers/scripts/:script_name';
const R = '/accounts/:account_id/workers/workers/:worker';
const E = '/accounts/:account_id/workers/services/:script_name/environments/:environment';

const json = <T extends z.ZodType>(schema: T) => ({ kind: 'json', schema }) as const;
const strictness = z.object({ bindings_inherit: z.string().optional() });

/** Every call under `/client/v4`, by the name its handler has. */
export const endpoints = {
  getUser: { method: 'GET', path: '/user', tag: 'Account', summary: 'Who the token speaks for', result: s.anything },
  verifyToken: { method: 'GET', path: '/user/tokens/verify', tag: 'Account', summary: 'Whether the token is valid', result: s.anything },
  listAccounts: { method: 'GET', path: '/accounts', tag: 'Account', summary: 'The accounts of the token: one', query: s.paging, result: s.anything },
  getAccount: { method: 'GET', path: A, tag: 'Account', summary: 'The account', result: s.anything },
  listMemberships: { method: 'GET', path: '/memberships', tag: 'Account', summary: 'The accounts of the token, with roles', query: s.paging, result: s.anything },
  listTokens: { method: 'GET', path: `${A}/tokens`, tag: 'Account', summary: 'The API tokens, without their values', result: s.anything },
  createToken: { method: 'POST', path: `${A}/tokens`, tag: 'Account', summary: 'Make an API token; its value is shown this once', body: json(s.tokenRequest), result: s.anything },
  revokeToken: { method: 'DELETE', path: `${A}/tokens/:token_id`, tag: 'Account', summary: 'Revoke an API token', result: s.anything },

  getAccountSubdomain: { method: 'GET', path: `${W}/subdomain`, tag: 'Account', summary: 'The label all Workers answer under', result: s.anything },
  putAccountSubdomain: { method: 'PUT', path: `${W}/subdomain`, tag: 'Account', summary: 'Change that label', body: json(z.looseObject({ subdomain: z.string() })), result: s.anything },
  checkSubdomain: { method: 'GET', path: `${W}/subdomains/:name`, tag: 'Account', summary: 'Whether a label is free', result: s.anything },
  getAccountSettings: { method: 'GET', path: `${W}/account-settings`, tag: 'Account', summary: 'Defaults of the account', result: s.anything },

  listScripts: { method: 'GET', path: `${W}/scripts`, tag: 'Scripts', summary: 'The Workers', query: z.object({ tags: z.string().optional() }), result: s.anything },
  searchScripts: { method: 'GET', path: `${W}/scripts-search`, tag: 'Scripts', summary: 'The Workers whose name holds a text', query: z.object({ name: z.string().optional(), id: z.string().optional(), page: z.string().optional(), per_page: z.string().optional(), order_by: z.string().optional() }), result: s.anything },
  putScript: { method: 'PUT', path: S, tag: 'Scripts', summary: 'Upload a version and give it all traffic; or, by the legacy clients, roll back', query: z.object({ bindings_inherit: z.string().optional(), excludeScript: z.string().optional(), rollback_to: z.string().optional() }), body: { kind: 'upload', metadata: s.uploadMetadata }, result: s.anything },
  getScript: { method: 'GET', path: S, tag: 'Scripts', summary: 'The code that serves', result: s.anything, raw: true },
  deleteScript: { method: 'DELETE', path: S, tag: 'Scripts', summary: 'Delete the Worker with its versions, deployments, routes and domains', query: z.object({ force: z.string().optional() }), result: s.anything },
  putContent: { method: 'PUT', path: `${S}/content`, tag: 'Scripts', summary: 'New code under the settings that serve', body: { kind: 'upload', metadata: s.uploadMetadata }, result: s.anything },
  getContent: { method: 'GET', path: `${S}/content/v2`, tag: 'Scripts', summary: 'The modules of a version (default: the one that serves)', query: z.object({ version: z.string().optional() }), result: s.anything, raw: true },
  getSettings: { method: 'GET', path: `${S}/settings`, tag: 'Scripts', summary: 'Settings of what serves', result: s.anything },
  patchSettings: { method: 'PATCH', path: `${S}/settings`, tag: 'Scripts', summary: 'Change versioned settings: makes a version from each deployed one', body: { kind: 'json_or_upload', schema: s.settingsPatch }, result: s.anything },
  getScriptSettings: { method: 'GET', path: `${S}/script-settings`, tag: 'Scripts', summary: 'Settings that are not versioned', result: s.scriptSettings },
  patchScriptSettings: { method: 'PATCH', path: `${S}/script-settings`, tag: 'Scripts', summary: 'Change settings that are not versioned: makes no version', body: { kind: 'json_or_upload', schema: s.scriptSettings }, result: s.scriptSettings },
  getUsageModel: { method: 'GET', path: `${S}/usage-model`, tag: 'Scripts', summary: 'The usage model of what serves', result: s.anything },
  putUsageModel: { method: 'PUT', path: `${S}/usage-model`, tag: 'Scripts', summary: 'Change the usage model: makes a version', body: json(z.looseObject({ usage_model: z.enum(['standard', 'bundled', 'unbound']) })), result: s.anything },
  getReferences: { method: 'GET', path: `${S}/references`, tag: 'Scripts', summary: 'What depends on the Worker', result: s.anything },

  listVersions: { method: 'GET', path: `${S}/versions`, tag: 'Versions', summary: 'Versions, newest first; or all that may be deployed', query: s.paging.extend({ deployable: z.string().optional() }), result: z.object({ items: z.array(s.version) }) },
  createVersion: { method: 'POST', path: `${S}/versions`, tag: 'Versions', summary: 'Upload a version that gets no traffic', query: strictness, body: { kind: 'upload', metadata: s.uploadMetadata }, result: s.version },
  getVersion: { method: 'GET', path: `${S}/versions/:version_id`, tag: 'Versions', summary: 'One version', result: s.version },

  listDeployments: { method: 'GET', path: `${S}/deployments`, tag: 'Deployments', summary: 'Deployments, newest first; the first one is active', query: s.paging, result: z.object({ deployments: z.array(s.deployment) }) },
  createDeployment: { method: 'POST', path: `${S}/deployments`, tag: 'Deployments', summary: 'Make one or two versions serve', query: z.object({ force: z.string().optional() }), body: json(s.deploymentRequest), result: s.deployment },
  getDeployment: { method: 'GET', path: `${S}/deployments/:deployment_id`, tag: 'Deployments', summary: 'One deployment', result: s.deployment },
  deleteDeployment: { method: 'DELETE', path: `${S}/deployments/:deployment_id`, tag: 'Deployments', summary: 'Take a deployment that is not active out of the history', result: s.anything },

  getSubdomain: { method: 'GET', path: `${S}/subdomain`, tag: 'Triggers', summary: 'Whether the Worker answers under workers.dev', result: s.subdomainState },
  postSubdomain: { method: 'POST', path: `${S}/subdomain`, tag: 'Triggers', summary: 'Switch workers.dev and version URLs on or off', body: json(z.looseObject({ enabled: z.boolean(), previews_enabled: z.boolean().optional() })), result: s.subdomainState },
  deleteSubdomain: { method: 'DELETE', path: `${S}/subdomain`, tag: 'Triggers', summary: 'Switch both off', result: s.subdomainState },
  listSecrets: { method: 'GET', path: `${S}/secrets`, tag: 'Secrets', summary: 'Names of the secrets of what serves', result: z.array(s.secret) },
  putSecret: { method: 'PUT', path: `${S}/secrets`, tag: 'Secrets', summary: 'Set a secret: makes a version from each deployed one', body: json(s.secretRequest), result: s.secret },
  getSecret: { method: 'GET', path: `${S}/secrets/:secret_name`, tag: 'Secrets', summary: 'One secret, without its value', query: z.object({ url_encoded: z.string().optional() }), result: s.secret },
  deleteSecret: { method: 'DELETE', path: `${S}/secrets/:secret_name`, tag: 'Secrets', summary: 'Delete a secret', query: z.object({ url_encoded: z.string().optional() }), result: s.anything },
  patchSecrets: { method: 'PATCH', path: `${S}/secrets-bulk`, tag: 'Secrets', summary: 'Set and delete secrets at once', body: json(s.secretsBulk), result: s.anything },
  getSchedules: { method: 'GET', path: `${S}/schedules`, tag: 'Triggers', summary: 'Cron schedules', result: s.schedules },
  putSchedules: { method: 'PUT', path: `${S}/schedules`, tag: 'Triggers', summary: 'Replace the cron schedules', body: json(z.array(z.looseObject({ cron: z.string() }))), result: s.schedules },
  putScriptRoutes: { method: 'PUT', path: `${S}/routes`, tag: 'Triggers', summary: 'Replace all routes of the Worker', body: json(s.scriptRoutes), result: s.anything },
  domainsChangeset: { method: 'POST', path: `${S}/domains/changeset`, tag: 'Triggers', summary: 'What putting these custom domains would change', query: z.object({ replace_state: z.string().optional() }), body: json(z.array(s.domainRequest)), result: s.anything },
  putDomainRecords: { method: 'PUT', path: `${S}/domains/records`, tag: 'Triggers', summary: 'Replace the custom domains of the Worker', body: json(z.looseObject({ override_existing_origin: z.boolean().optional(), override_scope: z.boolean().optional(), origins: z.array(s.domainRequest) })), result: s.anything },

  listDomains: { method: 'GET', path: `${W}/domains`, tag: 'Triggers', summary: 'Custom domains', query: z.object({ hostname: z.string().optional(), service: z.string().optional(), environment: z.string().optional(), zone_id: z.string().optional(), zone_name: z.string().optional() }), result: z.array(s.domain) },
  putDomain: { method: 'PUT', path: `${W}/domains`, tag: 'Triggers', summary: 'Attach a hostname to a Worker', body: json(s.domainRequest.extend({ service: z.string(), environment: z.string().optional() })), result: s.domain },
  getDomain: { method: 'GET', path: `${W}/domains/:domain_id`, tag: 'Triggers', summary: 'One custom domain', result: s.domain },
  deleteDomain: { method: 'DELETE', path: `${W}/domains/:domain_id`, tag: 'Triggers', summary: 'Detach a hostname', result: s.anything },
  listDomainRecords: { method: 'GET', path: `${W}/domains/records`, tag: 'Triggers', summary: 'Custom domains, as wrangler reads them', query: s.paging.extend({ service: z.string().optional(), environment: z.string().optional() }), result: z.array(s.domain) },
  getDomainRecord: { method: 'GET', path: `${W}/domains/records/:domain_id`, tag: 'Triggers', summary: 'One custom domain, as wrangler reads it', result: s.domain },

  getService: { method: 'GET', path: `${W}/services/:script_name`, tag: 'Services', summary: 'The Worker, as wrangler looks it up', result: s.anything },
  deleteService: { method: 'DELETE', path: `${W}/services/:script_name`, tag: 'Services', summary: 'Delete the Worker', query: z.object({ force: z.string().optional() }), result: s.anything },
  getEnvironment: { method: 'GET', path: E, tag: 'Services', summary: 'The Worker in its one environment', result: s.anything },
  getEnvironmentBindings: { method: 'GET', path: `${E}/bindings`, tag: 'Services', summary: 'Bindings of what serves', result: z.array(s.anyBinding) },
  getEnvironmentRoutes: { method: 'GET', path: `${E}/routes`, tag: 'Services', summary: 'Routes of the Worker', query: z.object({ show_zonename: z.string().optional() }), result: s.anything },
  getEnvironmentSubdomain: { method: 'GET', path: `${E}/subdomain`, tag: 'Services', summary: 'Whether it answers under workers.dev', result: s.subdomainState },
  getEnvironmentContent: { method: 'GET', path: `${E}/content/v2`, tag: 'Services', summary: 'The modules that serve', result: s.anything, raw: true },

  listWorkers: { method: 'GET', path: `${W}/workers`, tag: 'Workers', summary: 'The Workers, as the newer resource', query: s.paging.extend({ order: z.string().optional(), order_by: z.string().optional() }), result: z.array(s.worker) },
  createWorker: { method: 'POST', path: `${W}/workers`, tag: 'Workers', summary: 'A Worker without code', body: json(s.workerRequest.extend({ name: z.string() })), result: s.worker },
  getWorker: { method: 'GET', path: R, tag: 'Workers', summary: 'One Worker, by id or name', result: s.worker },
  putWorker: { method: 'PUT', path: R, tag: 'Workers', summary: 'Replace settings that are not versioned', body: json(s.workerRequest), result: s.worker },
  patchWorker: { method: 'PATCH', path: R, tag: 'Workers', summary: 'Change settings that are not versioned', body: json(s.workerRequest), result: s.worker },
  deleteWorker: { method: 'DELETE', path: R, tag: 'Workers', summary: 'Delete the Worker', result: s.anything },
  listWorkerVersions: { method: 'GET', path: `${R}/versions`, tag: 'Workers', summary: 'Versions, newest first', query: s.paging, result: s.anything },
  createWorkerVersion: { method: 'POST', path: `${R}/versions`, tag: 'Workers', summary: 'A version from JSON; with deploy=true it gets all traffic', query: z.object({ deploy: z.string().optional(), bindings_inherit: z.string().optional() }), body: json(s.workerVersionRequest), result: s.anything },
  patchLatestVersion: { method: 'PATCH', path: `${R}/versions/latest`, tag: 'Workers', summary: 'A version from the newest one with other secrets', body: json(s.envPatch), result: s.anything },
  getWorkerVersion: { method: 'GET', path: `${R}/versions/:version_id`, tag: 'Workers', summary: 'One version; include=modules adds their bytes', query: z.object({ include: z.string().optional() }), result: s.anything },
  deleteWorkerVersion: { method: 'DELETE', path: `${R}/versions/:version_id`, tag: 'Workers', summary: 'Delete a version that does not serve', result: s.anything },

  listLegacyDeployments: { method: 'GET', path: `${W}/deployments/by-script/:script_tag`, tag: 'Legacy', summary: 'The log that wrangler 2.x to 3.34 reads', query: z.object({ order: z.string().optional() }), result: s.anything },
  getLegacyDeployment: { method: 'GET', path: `${W}/deployments/by-script/:script_tag/detail/:deployment_id`, tag: 'Legacy', summary: 'One entry of that log', result: s.anything },

  listTailsByConsumer: { method: 'GET', path: `${W}/tails/by-consumer/:script_name`, tag: 'Services', summary: 'Workers that send their tail here: none', result: z.array(s.anything) },
  listDurableObjectNamespaces: { method: 'GET', path: `${W}/durable_objects/namespaces`, tag: 'Services', summary: 'Durable Object namespaces: none', query: s.paging, result: z.array(s.anything) },
  listKvNamespaces: { method: 'GET', path: `${A}/storage/kv/namespaces`, tag: 'Services', summary: 'KV namespaces: none', query: s.paging.extend({ order: z.string().optional(), direction: z.string().optional() }), result: z.array(s.anything) },

  listZones: { method: 'GET', path: '/zones', tag: 'Zones', summary: 'The zones that hosts may belong to', query: s.paging.extend({ name: z.string().optional(), 'account.id': z.string().optional() }), result: s.anything },
  createZone: { method: 'POST', path: '/zones', tag: 'Zones', summary: 'Add a zone', body: json(s.zoneRequest), result: s.anything },
  getZone: { method: 'GET', path: '/zones/:zone_id', tag: 'Zones', summary: 'One zone', result: s.anything },
  deleteZone: { method: 'DELETE', path: '/zones/:zone_id', tag: 'Zones', summary: 'Remove a zone with its routes and custom domains', result: s.anything },
  listRoutes: { method: 'GET', path: '/zones/:zone_id/workers/routes', tag: 'Zones', summary: 'Routes of a zone', query: s.paging, result: z.array(s.route) },
  createRoute: { method: 'POST', path: '/zones/:zone_id/workers/routes', tag: 'Zones', summary: 'Add a route; without a script it keeps Workers away', body: json(s.routeRequest), result: s.route },
  getRoute: { method: 'GET', path: '/zones/:zone_id/workers/routes/:route_id', tag: 'Zones', summary: 'One route', result: s.route },
  putRoute: { method: 'PUT', path: '/zones/:zone_id/workers/routes/:route_id', tag: 'Zones', summary: 'Change a route', body: json(s.routeRequest), result: s.route },
  deleteRoute: { method: 'DELETE', path: '/zones/:zone_id/workers/routes/:route_id', tag: 'Zones', summary: 'Delete a route', result: s.anything },
} as const satisfies Record<string, Endpoint>;

export type Endpoints = typeof endpoints;
export type EndpointName = keyof Endpoints;

/** Switchback's own calls, under `/switchback/v1`. */
export const ownEndpoints = {
  getStatus: { method: 'GET', path: '/status', tag: 'Switchback', summary: 'What runs and serves, on every edge', result: s.anything },
  listAudit: { method: 'GET', path: '/audit', tag: 'Switchback', summary: 'The log of changes, newest first', query: s.paging, result: z.array(s.anything) },
} as const satisfies Record<string, Endpoint>;

export type OwnEndpoints = typeof ownEndpoints;

/** Families of Cloudflare's API that are not offered; wrangler takes 403 for "go on without". */
export const NOT_OFFERED: readonly (readonly [prefix: string, product: string])[] = [
  [`${A}/storage/kv`, 'Workers KV'],
  [`${A}/r2`, 'R2'],
  [`${A}/d1`, 'D1'],
  [`${A}/queues`, 'Queues'],
  [`${A}/workflows`, 'Workflows'],
  [`${A}/vectorize`, 'Vectorize'],
  [`${A}/hyperdrive`, 'Hyperdrive'],
  [`${A}/pipelines`, 'Pipelines'],
  [`${A}/ai`, 'Workers AI'],
  [`${A}/ai-search`, 'AI Search'],
  [`${A}/pages`, 'Pages'],
  [`${A}/containers`, 'Containers'],
  [`${A}/images`, 'Images'],
  [`${A}/secrets_store`, 'Secrets Store'],
  [`${A}/mtls_certificates`, 'mTLS certificates'],
  [`${A}/logpush`, 'Logpush'],
  [`${A}/builds`, 'Workers Builds'],
  [`${A}/email`, 'Email Routing'],
  [`${W}/dispatch`, 'Workers for Platforms'],
  [`${W}/assets`, 'static assets'],
  [`${S}/assets-upload-session`, 'static assets'],
  [`${S}/tails`, 'tail'],
  ['/graphql', 'the GraphQL Analytics API'],
];
