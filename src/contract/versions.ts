import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import {
  annotations,
  compatibility,
  ifMatch,
  limits,
  namedHandlers,
  NEWEST,
  paging,
  placement,
  SCRIPT,
  shownBinding,
  usageModel,
} from './shapes.ts';
import { reconciliation, shownExports, uploadMetadata } from './upload-metadata.ts';

/** Who made it and when. `hasPreview` is what the official SDK's types call `has_preview`. */
const metadata = z.object({
  created_on: z.string(),
  modified_on: z.string(),
  source: z.string(),
  author_id: z.string(),
  author_email: z.string(),
  has_preview: z.boolean(),
  hasPreview: z.boolean(),
});

export const resources = z
  .object({
    bindings: z.array(shownBinding),
    script: z.object({
      etag: z.string(),
      handlers: z.array(z.string()),
      named_handlers: namedHandlers.optional(),
      last_deployed_from: z.string(),
      placement_mode: z.string().optional(),
      placement: placement.optional(),
    }),
    script_runtime: z.object({
      ...compatibility,
      usage_model: usageModel,
      limits: limits.optional(),
      exports: shownExports.optional(),
    }),
  })
  .meta({ id: 'VersionResources' });

const version = z
  .object({ id: z.string(), number: z.number(), startup_time_ms: z.number(), metadata, annotations, resources })
  .meta({ id: 'Version' });

export const versionEndpoints = {
  listVersions: {
    method: 'GET',
    path: `${SCRIPT}/versions`,
    tag: 'Versions',
    summary: 'Versions, newest first; or all that may be deployed',
    query: paging.extend({ deployable: z.string().optional() }),
    etag: NEWEST,
    result: z.object({ items: z.array(version) }),
  },
  createVersion: {
    method: 'POST',
    path: `${SCRIPT}/versions`,
    tag: 'Versions',
    summary: 'Upload a version that gets no traffic',
    query: z.object({ bindings_inherit: z.string().optional() }),
    body: { kind: 'upload', metadata: uploadMetadata, isVersionOnly: true },
    ...ifMatch(NEWEST),
    result: version.extend({ exports_reconciliation: reconciliation.optional() }),
  },
  getVersion: { method: 'GET', path: `${SCRIPT}/versions/:version_id`, tag: 'Versions', summary: 'One version', result: version },
} as const satisfies Record<string, Endpoint>;
