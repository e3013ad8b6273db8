import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import {
  compatibility,
  ifMatch,
  namedHandlers,
  NEWEST,
  nothing,
  observability,
  paging,
  placement,
  SCRIPT,
  usageModel,
  WORKERS,
} from './shapes.ts';
import { reconciliation, uploadMetadata } from './upload-metadata.ts';

/** A Worker as lists of scripts show it. */
export const script = z
  .object({
    id: z.string().describe('The name.'),
    tag: z.string().describe('The immutable id.'),
    tags: z.array(z.string()),
    etag: z.string(),
    handlers: z.array(z.string()),
    named_handlers: namedHandlers.optional(),
    created_on: z.string(),
    modified_on: z.string(),
    usage_model: usageModel,
    ...compatibility,
    has_assets: z.boolean(),
    has_modules: z.boolean(),
    last_deployed_from: z.string(),
    logpush: z.boolean(),
    observability: observability.optional(),
    placement,
    placement_mode: z.string().optional(),
    migration_tag: z.string().optional().describe('Of the last Durable Object migration.'),
  })
  .meta({ id: 'Script' });

const foundScript = z
  .object({
    id: z.string().describe('The immutable id.'),
    script_name: z.string(),
    service_name: z.string(),
    environment_name: z.literal('production'),
    environment_is_default: z.literal(true),
    created_on: z.string(),
    modified_on: z.string(),
  })
  .meta({ id: 'FoundScript' });

const uploadedScript = script
  .extend({
    startup_time_ms: z.number(),
    deployment_id: z.string().describe('The id of the version, as wrangler prints it.'),
    available_on_subdomain: z.boolean(),
    exports_reconciliation: reconciliation.optional(),
  })
  .meta({ id: 'UploadedScript' });

/** What a legacy rollback answers. */
const rolledBack = z.object({ id: z.string(), deployment_id: z.string() }).meta({ id: 'RolledBack' });

/** Who binds whom: the Worker at the other end, and the binding's name in the one that calls. */
const serviceReference = z.object({ service: z.string(), environment: z.literal('production'), name: z.string() });

const references = z.object({
  services: z.object({ incoming: z.array(serviceReference), outgoing: z.array(serviceReference) }),
  durable_objects: z.array(
    z.object({
      service: z.string(),
      environment: z.literal('production'),
      durable_object_namespace_id: z.string(),
      durable_object_namespace_name: z.string(),
    }),
  ),
  dispatch_outbounds: z.array(z.unknown()),
});

export const scriptEndpoints = {
  listScripts: {
    method: 'GET',
    path: `${WORKERS}/scripts`,
    tag: 'Scripts',
    summary: 'The Workers',
    query: z.object({ tags: z.string().optional().describe('`tag:yes,other:no`: those that have the one and not the other.') }),
    result: z.array(script),
  },
  searchScripts: {
    method: 'GET',
    path: `${WORKERS}/scripts-search`,
    tag: 'Scripts',
    summary: 'The Workers whose name holds a text',
    query: paging.extend({
      name: z.string().optional(),
      id: z.string().optional(),
      order_by: z.enum(['name', 'created_on', 'modified_on']).optional(),
    }),
    result: z.array(foundScript),
  },
  putScript: {
    method: 'PUT',
    path: SCRIPT,
    tag: 'Scripts',
    summary: 'Upload a version and give it all traffic; or, by the legacy clients, roll back',
    query: z.object({
      bindings_inherit: z.string().optional(),
      excludeScript: z.string().optional(),
      rollback_to: z.string().optional(),
    }),
    body: { kind: 'upload', metadata: uploadMetadata },
    ...ifMatch(NEWEST),
    result: z.union([uploadedScript, rolledBack]),
  },
  deleteScript: {
    method: 'DELETE',
    path: SCRIPT,
    tag: 'Scripts',
    summary: 'Delete the Worker with its versions, deployments, routes and domains',
    query: z.object({ force: z.string().optional() }),
    result: nothing,
  },
  getReferences: {
    method: 'GET',
    path: `${SCRIPT}/references`,
    tag: 'Scripts',
    summary: 'What depends on the Worker',
    result: references,
  },
} as const satisfies Record<string, Endpoint>;
