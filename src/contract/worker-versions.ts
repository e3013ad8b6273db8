import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import {
  annotations,
  compatibility,
  json,
  keepBindings,
  limits,
  nothing,
  nullish,
  paging,
  placement,
  shownBinding,
  usageModel,
  versionSettings,
} from './shapes.ts';
import { exportsMember, migrations, reconciliation, shownExports, versionAssets } from './upload-metadata.ts';
import { WORKER } from './workers.ts';

const moduleContent = z.object({ name: z.string(), content_type: z.string(), content_base64: z.base64() }).meta({ id: 'ModuleContent' });

/** A version of the newer Worker resource, sent as JSON. */
const workerVersionRequest = z
  .looseObject({
    ...versionSettings,
    ...versionAssets,
    keep_bindings: keepBindings,
    migrations,
    exports: exportsMember,
    main_module: z.string(),
    modules: z.array(moduleContent).max(2000).describe('Each module as base64.'),
  })
  .meta({ id: 'WorkerVersionRequest' });

/** A merge patch: a secret is set by its text and deleted by null. The handler refuses every other member by name. */
const versionPatch = z
  .looseObject({
    env: z.record(z.string(), z.looseObject({ type: z.string().optional(), text: z.string().optional() }).nullable()).optional(),
    annotations: nullish(annotations),
  })
  .meta({ id: 'VersionPatch' });

const workerVersion = z
  .object({
    id: z.string(),
    number: z.number(),
    created_on: z.string(),
    source: z.string(),
    author_id: z.string(),
    author_email: z.string(),
    annotations,
    main_module: z.string(),
    modules: z.array(moduleContent).optional(),
    startup_time_ms: z.number(),
    bindings: z.array(shownBinding),
    ...compatibility,
    usage_model: usageModel,
    limits: limits.optional(),
    placement: placement.optional(),
    exports: shownExports.optional(),
    exports_reconciliation: reconciliation.optional(),
    urls: z.array(z.string()),
  })
  .meta({ id: 'WorkerVersion' });

/** Versions of the newer Worker resource: JSON instead of forms. */
export const workerVersionEndpoints = {
  listWorkerVersions: {
    method: 'GET',
    path: `${WORKER}/versions`,
    tag: 'Workers',
    summary: 'Versions, newest first',
    query: paging,
    result: z.array(workerVersion),
  },
  createWorkerVersion: {
    method: 'POST',
    path: `${WORKER}/versions`,
    tag: 'Workers',
    summary: 'A version from JSON; with deploy=true it gets all traffic',
    query: z.object({ deploy: z.string().optional(), bindings_inherit: z.string().optional() }),
    body: { ...json(workerVersionRequest), holdsModules: true },
    result: workerVersion,
  },
  patchLatestVersion: {
    method: 'PATCH',
    path: `${WORKER}/versions/latest`,
    tag: 'Workers',
    summary: 'A version from the newest one with other secrets; it gets no traffic',
    body: json(versionPatch),
    result: workerVersion,
  },
  getWorkerVersion: {
    method: 'GET',
    path: `${WORKER}/versions/:version_id`,
    tag: 'Workers',
    summary: 'One version, or the `latest`; include=modules adds their bytes',
    query: z.object({ include: z.string().optional() }),
    result: workerVersion,
  },
  deleteWorkerVersion: {
    method: 'DELETE',
    path: `${WORKER}/versions/:version_id`,
    tag: 'Workers',
    summary: 'Delete a version that does not serve',
    result: nothing,
  },
} as const satisfies Record<string, Endpoint>;
