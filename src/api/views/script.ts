import type { Binding, Version } from '../../domain/index.ts';
import type { Worker } from '../../store/index.ts';
import { bindingView, compatibilityView } from './version.ts';

/** The settings of a version together with those of its Worker, as `GET settings` gives them. */
export const settingsView = (worker: Worker, version: Version | undefined, bindings: readonly Binding[]) => ({
  bindings: bindings.map(bindingView),
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
  tail_consumers: [],
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
  has_assets: version?.assets !== undefined,
  has_modules: version?.syntax !== 'service-worker',
  last_deployed_from: worker.lastDeployedFrom ?? 'api',
  logpush: worker.settings.logpush ?? false,
  placement: version?.placement ?? {},
  ...(typeof version?.placement?.['mode'] === 'string' ? { placement_mode: version.placement['mode'] } : {}),
  ...(worker.migrationTag === undefined ? {} : { migration_tag: worker.migrationTag }),
  ...(worker.settings.observability ? { observability: worker.settings.observability } : {}),
});

/** A Worker as the search shows it, where the id is the immutable one. */
export const foundScriptView = (worker: Worker) => ({
  id: worker.tag,
  script_name: worker.name,
  service_name: worker.name,
  environment_name: 'production' as const,
  environment_is_default: true as const,
  created_on: worker.createdOn,
  modified_on: worker.modifiedOn,
});

export const environmentView = (worker: Worker, version: Version | undefined) => ({
  environment: 'production' as const,
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
  environments: [{ environment: 'production' as const, created_on: worker.createdOn, modified_on: worker.modifiedOn }],
});
