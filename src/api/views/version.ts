import { isSecret, liveExports, percentageOf, type Binding, type Deployment, type Version } from '../../domain/index.ts';

/** A binding as a client wrote it; of a secret only its name and type (I8). */
export const bindingView = (binding: Binding) => (isSecret(binding) ? { name: binding.name, type: binding.type } : binding);

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
    has_preview: version.durableObjects === undefined,
    hasPreview: version.durableObjects === undefined,
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

export const versionAnnotations = (version: Version) => ({
  'workers/triggered_by': version.triggeredBy,
  ...(version.message === undefined ? {} : { 'workers/message': version.message }),
  ...(version.tag === undefined ? {} : { 'workers/tag': version.tag }),
  ...(version.alias === undefined ? {} : { 'workers/alias': version.alias }),
});

const runtimeView = (version: Version) => ({
  ...compatibilityView(version),
  usage_model: version.usageModel,
  ...(Object.keys(version.limits).length > 0 ? { limits: version.limits } : {}),
  ...exportsView(version),
});

/** What of them lives; absent where it declared nothing. */
export const exportsView = ({ exports }: Version) => (exports === undefined ? {} : { exports: liveExports(exports) });

/** Clients print an empty list of flags as a line of its own, so it is left out. */
export const compatibilityView = (version: Version) => ({
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
