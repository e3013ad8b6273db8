import { hyphenated, isSecret, percentageOf, type Binding, type Deployment, type LegacyEntry, type Version } from '../domain/index.ts';
import type { CustomDomain, Route, Schedule, Token, Worker, Zone } from '../store/index.ts';

/** What is stored, in the shapes Cloudflare's clients read. */

/** A binding as a client wrote it; of a secret only its name and type (I8). */
export const bindingView = (binding: Binding): Readonly<Record<string, unknown>> & { readonly name: string; readonly type: string } =>
  isSecret(binding) ? { name: binding.name, type: binding.type } : binding;

export const versionView = (version: Version) => ({
  id: version.id,
  number: version.number,
  startup_time_ms: version.startupTimeMs,
  metadata: {
    created_on: version.createdOn,
    modified_on: version.createdOn,
    source: version.source,
    author_id: version.author.id,
    author_email: version.author.email,
    has_preview: true,
  },
  annotations: versionAnnotations(version),
  resources: {
    bindings: version.bindings.map(bindingView),
    script: {
      etag: version.etag,
      handlers: version.handlers,
      ...(version.namedHandlers.length > 0 ? { named_handlers: version.namedHandlers } : {}),
      last_deployed_from: version.source,
      ...(typeof version.placement?.['mode'] === 'string' ? { placement_mode: version.placement['mode'] } : {}),
      ...(version.placement === undefined ? {} : { placement: version.placement }),
    },
    script_runtime: runtimeView(version),
  },
});

const versionAnnotations = (version: Version) => ({
  'workers/triggered_by': version.triggeredBy,
  ...(version.message === undefined ? {} : { 'workers/message': version.message }),
  ...(version.tag === undefined ? {} : { 'workers/tag': version.tag }),
  ...(version.alias === undefined ? {} : { 'workers/alias': version.alias }),
});

const runtimeView = (version: Version) => ({
  ...compatibilityView(version),
  usage_model: version.usageModel,
  ...(Object.keys(version.limits).length > 0 ? { limits: version.limits } : {}),
});

/** Clients print an empty list of flags as a line of its own, so it is left out. */
const compatibilityView = (version: Version) => ({
  ...(version.compatibilityDate === undefined ? {} : { compatibility_date: version.compatibilityDate }),
  ...(version.compatibilityFlags.length > 0 ? { compatibility_flags: version.compatibilityFlags } : {}),
});

export const deploymentView = (deployment: Deployment) => ({
  id: deployment.id,
  source: deployment.source,
  strategy: 'percentage' as const,
  author_email: deployment.author.email,
  created_on: deployment.createdOn,
  annotations: {
    'workers/triggered_by': deployment.triggeredBy,
    ...(deployment.message === undefined ? {} : { 'workers/message': deployment.message }),
    ...(deployment.rollbackFrom === undefined ? {} : { 'workers/rollback_from': deployment.rollbackFrom }),
  },
  versions: deployment.split.map(({ versionId, share }) => ({ version_id: versionId, percentage: percentageOf(share) })),
});

/** The settings of a version together with those of its Worker, as `GET settings` gives them. */
export const settingsView = (worker: Worker, version: Version | undefined) => ({
  bindings: version?.bindings.map(bindingView) ?? [],
  compatibility_flags: version?.compatibilityFlags ?? [],
  ...(version?.compatibilityDate === undefined ? {} : { compatibility_date: version.compatibilityDate }),
  usage_model: version?.usageModel ?? 'standard',
  ...(version?.placement === undefined ? {} : { placement: version.placement }),
  ...(version === undefined || Object.keys(version.limits).length === 0 ? {} : { limits: version.limits }),
  ...scriptSettingsView(worker),
});

export const scriptSettingsView = (worker: Worker) => ({
  logpush: worker.settings.logpush ?? false,
  observability: worker.settings.observability ?? { enabled: false },
  tags: worker.settings.tags ?? [],
  tail_consumers: worker.settings.tail_consumers ?? [],
});

/** A Worker in the list of scripts, and what PUT answers. */
export const scriptView = (worker: Worker, version: Version | undefined) => ({
  id: worker.name,
  tag: worker.tag,
  tags: worker.settings.tags ?? [],
  etag: version?.etag ?? '',
  handlers: version?.handlers ?? [],
  ...(version === undefined || version.namedHandlers.length === 0 ? {} : { named_handlers: version.namedHandlers }),
  created_on: worker.createdOn,
  modified_on: worker.modifiedOn,
  usage_model: version?.usageModel ?? 'standard',
  ...(version === undefined ? {} : compatibilityView(version)),
  has_assets: false,
  has_modules: version?.syntax !== 'service-worker',
  last_deployed_from: worker.lastDeployedFrom ?? 'api',
  logpush: worker.settings.logpush ?? false,
  placement: version?.placement ?? {},
  ...(typeof version?.placement?.['mode'] === 'string' ? { placement_mode: version.placement['mode'] } : {}),
  ...(worker.settings.observability === undefined ? {} : { observability: worker.settings.observability }),
});

export const environmentView = (worker: Worker, version: Version | undefined) => ({
  environment: 'production',
  created_on: worker.createdOn,
  modified_on: worker.modifiedOn,
  script: scriptView(worker, version),
});

export const serviceView = (worker: Worker, version: Version | undefined) => ({
  id: worker.name,
  created_on: worker.createdOn,
  modified_on: worker.modifiedOn,
  usage_model: version?.usageModel ?? 'standard',
  default_environment: environmentView(worker, version),
  environments: [{ environment: 'production', created_on: worker.createdOn, modified_on: worker.modifiedOn }],
});

/** Where Workers answer, for the answers that name a host. */
export interface Hosts {
  /** What visitors' addresses begin with: https where the edge has certificates. */
  readonly scheme: 'http' | 'https';
  readonly subdomain: string;
  /** `localhost:7480`: clients add scheme and label. */
  readonly authority: string;
}

/** wrangler prints the host of `url`, which must be a whole URL, and `https://<8 hex>` + `preview_url_suffix` as it is. */
export const workerView = (worker: Worker, hosts: Hosts, deployedOn: string | undefined) => ({
  id: worker.tag,
  name: worker.name,
  created_on: worker.createdOn,
  updated_on: worker.modifiedOn,
  deployed_on: deployedOn ?? null,
  tags: worker.settings.tags ?? [],
  logpush: worker.settings.logpush ?? false,
  observability: worker.settings.observability ?? { enabled: false },
  tail_consumers: worker.settings.tail_consumers ?? [],
  references: { dispatch_namespace_outbounds: [], domains: [], durable_objects: [], queues: [], workers: [] },
  subdomain: {
    enabled: worker.workersDev,
    previews_enabled: worker.previews,
    url: `${hosts.scheme}://${worker.name}.${hosts.subdomain}.${hosts.authority}`,
    preview_url_suffix: `-${worker.name}.${hosts.subdomain}.${hosts.authority}`,
  },
});

/** A version as the newer Worker resource gives it. */
export const workerVersionView = (version: Version, hosts: Hosts & { readonly name: string }) => ({
  id: version.id,
  number: version.number,
  created_on: version.createdOn,
  source: version.source,
  author_id: version.author.id,
  author_email: version.author.email,
  annotations: versionAnnotations(version),
  main_module: version.mainModule,
  startup_time_ms: version.startupTimeMs,
  bindings: version.bindings.map(bindingView),
  ...compatibilityView(version),
  usage_model: version.usageModel,
  ...(Object.keys(version.limits).length > 0 ? { limits: version.limits } : {}),
  ...(version.placement === undefined ? {} : { placement: version.placement }),
  urls: [`${hosts.scheme}://${version.id.slice(0, 8)}-${hosts.name}.${hosts.subdomain}.${hosts.authority}`],
});

export const routeView = (route: Route, zoneName?: string) => ({
  id: route.id,
  pattern: route.pattern,
  ...(route.script === null ? {} : { script: route.script }),
  ...(zoneName === undefined ? {} : { zone_name: zoneName }),
});

export const domainView = (domain: CustomDomain, zoneName: string) => ({
  id: domain.id,
  hostname: domain.hostname,
  service: domain.script,
  environment: 'production',
  zone_id: domain.zoneId,
  zone_name: zoneName,
  enabled: domain.enabled,
  previews_enabled: domain.previewsEnabled,
});

export const zoneView = (zone: Zone, accountId: string) => ({
  id: zone.id,
  name: zone.name,
  status: 'active',
  type: 'full',
  created_on: zone.createdOn,
  account: { id: accountId, name: 'Switchback' },
});

export const schedulesView = (schedules: readonly Schedule[]) => ({
  schedules: schedules.map(({ cron, createdOn, modifiedOn }) => ({ cron, created_on: createdOn, modified_on: modifiedOn })),
});

export const tokenView = (token: Token) => ({
  id: token.id,
  name: token.name,
  email: token.email ?? null,
  status: 'active',
  operator: token.isOperator,
  created_on: token.createdOn,
});

/** Old clients know four triggers and print "Unknown" for the rest. */
const LEGACY_TRIGGERS: Readonly<Record<string, string>> = { secret: 'secret', rollback: 'rollback', promotion: 'promotion' };

export const legacyEntryView = ({ id, number, deployment }: LegacyEntry) => ({
  id: hyphenated(id),
  number,
  metadata: {
    created_on: deployment.createdOn,
    modified_on: deployment.createdOn,
    source: deployment.source,
    author_id: deployment.author.id,
    author_email: deployment.author.email,
  },
  annotations: {
    'workers/triggered_by': deployment.rollbackFrom === undefined ? (LEGACY_TRIGGERS[deployment.triggeredBy] ?? 'upload') : 'rollback',
    ...(deployment.rollbackFrom === undefined ? {} : { 'workers/rollback_from': deployment.rollbackFrom }),
    ...(deployment.message === undefined ? {} : { 'workers/message': deployment.message }),
  },
});

export const legacyDetailView = (entry: LegacyEntry, version: Version) => ({
  ...legacyEntryView(entry),
  resources: versionView(version).resources,
});
