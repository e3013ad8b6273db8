import { z } from 'zod';

/** The shapes of Cloudflare's Workers API that clients send and read (cloudflare-typescript; wrangler's sources). */

const named = { name: z.string() };

/** A binding in an upload's metadata. One we do not offer yet keeps its type, to be refused by name. */
export const requestedBinding = z.union([
  z.object({ ...named, type: z.literal('plain_text'), text: z.string() }),
  z.object({ ...named, type: z.literal('json'), json: z.json() }),
  z.object({ ...named, type: z.literal('secret_text'), text: z.string() }),
  z.object({ ...named, type: z.literal('secret_text') }),
  z.object({ ...named, type: z.literal('version_metadata') }),
  z.object({ ...named, type: z.enum(['wasm_module', 'text_blob', 'data_blob']), part: z.string() }),
  z.object({ ...named, type: z.literal('inherit'), old_name: z.string().optional(), version_id: z.string().optional() }),
]);

/** What any binding has; the door tells an unknown type from a known one that is malformed. */
export const anyBinding = z.looseObject({ ...named, type: z.string() });

export const annotations = z
  .object({
    'workers/message': z.string().optional().describe('At most 1000 bytes.'),
    'workers/tag': z.string().optional().describe('At most 100 bytes.'),
    'workers/alias': z.string().optional().describe('A label under which this version alone answers.'),
    'workers/triggered_by': z.string().optional().describe('Set by the server.'),
  })
  .meta({ id: 'Annotations' });

const nullish = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

export const limits = z.object({ cpu_ms: z.number().int().positive().optional(), subrequests: z.number().int().positive().optional() });

export const uploadMetadata = z
  .looseObject({
    main_module: nullish(z.string()).describe('The module that is the entry; ES modules.'),
    body_part: nullish(z.string()).describe('The part that is the script; service-worker syntax, only on PUT.'),
    bindings: nullish(z.array(anyBinding)),
    keep_bindings: nullish(z.array(z.string())).describe(
      'Binding types carried over from the version before. Secrets are, unless this is [].',
    ),
    compatibility_date: nullish(z.string()),
    compatibility_flags: nullish(z.array(z.string())),
    usage_model: nullish(z.enum(['standard', 'bundled', 'unbound'])),
    limits: nullish(limits),
    placement: nullish(z.record(z.string(), z.unknown())),
    annotations: nullish(annotations),
    logpush: nullish(z.boolean()),
    observability: nullish(z.unknown()),
    tags: nullish(z.array(z.string())),
  })
  .meta({ id: 'UploadMetadata' });

export const settingsPatch = z.looseObject({
  bindings: nullish(z.array(anyBinding)),
  compatibility_date: nullish(z.string()),
  compatibility_flags: nullish(z.array(z.string())),
  usage_model: nullish(z.enum(['standard', 'bundled', 'unbound'])),
  limits: nullish(limits),
  placement: nullish(z.record(z.string(), z.unknown())),
  annotations: nullish(annotations),
  logpush: nullish(z.boolean()),
  observability: nullish(z.unknown()),
  tags: z.array(z.string()).nullish(),
  tail_consumers: z.array(z.unknown()).nullish(),
});

export const scriptSettings = z
  .looseObject({
    logpush: z.boolean().nullish(),
    observability: z.looseObject({ enabled: z.boolean().nullish(), head_sampling_rate: z.number().min(0).max(1).nullish() }).nullish(),
    tags: z.array(z.string()).nullish(),
    tail_consumers: z.array(z.looseObject({ service: z.string() })).nullish(),
    streaming_tail_consumers: z.array(z.looseObject({ service: z.string() })).nullish(),
  })
  .meta({ id: 'ScriptSettings' });

export const version = z
  .looseObject({
    id: z.string(),
    number: z.number(),
    startup_time_ms: z.number().optional(),
    metadata: z.looseObject({
      created_on: z.string(),
      modified_on: z.string(),
      source: z.string(),
      author_id: z.string(),
      author_email: z.string(),
      has_preview: z.boolean(),
    }),
    annotations: annotations.optional(),
    resources: z.looseObject({
      bindings: z.array(anyBinding),
      script: z.looseObject({ etag: z.string(), handlers: z.array(z.string()).nullable(), last_deployed_from: z.string().optional() }),
      script_runtime: z.looseObject({
        compatibility_date: z.string().optional(),
        compatibility_flags: z.array(z.string()).optional(),
        usage_model: z.string(),
        limits: z.unknown().optional(),
      }),
    }),
  })
  .meta({ id: 'Version' });

export const deployment = z
  .looseObject({
    id: z.string(),
    source: z.string(),
    strategy: z.literal('percentage'),
    author_email: z.string(),
    created_on: z.string(),
    annotations: annotations.optional(),
    versions: z.array(z.object({ version_id: z.string(), percentage: z.number() })),
  })
  .meta({ id: 'Deployment' });

export const deploymentRequest = z
  .looseObject({
    strategy: z.literal('percentage').optional(),
    versions: z.array(z.object({ version_id: z.string(), percentage: z.number() })).describe('One or two; the percentages total 100.'),
    annotations: nullish(annotations),
  })
  .meta({ id: 'DeploymentRequest' });

export const subdomainState = z.object({ enabled: z.boolean(), previews_enabled: z.boolean() });

export const secret = z.object({ name: z.string(), type: z.literal('secret_text') });
export const secretRequest = z.object({ name: z.string(), text: z.string(), type: z.literal('secret_text').optional() });
export const secretsBulk = z.object({ secrets: z.record(z.string(), z.looseObject({ text: z.string() }).nullable()) });
export const envPatch = z.looseObject({
  env: z.record(z.string(), z.looseObject({ type: z.literal('secret_text').optional(), text: z.string() }).nullable()).optional(),
  annotations: nullish(annotations),
});

export const route = z.object({ id: z.string(), pattern: z.string(), script: z.string().nullable().optional() }).meta({ id: 'Route' });
export const routeRequest = z.object({ pattern: z.string(), script: z.string().nullish() });
export const scriptRoutes = z.array(
  z.looseObject({ pattern: z.string(), zone_id: z.string().optional(), zone_name: z.string().optional() }),
);

export const domainRequest = z.looseObject({
  hostname: z.string(),
  zone_id: z.string().optional(),
  zone_name: z.string().optional(),
  enabled: z.boolean().optional(),
  previews_enabled: z.boolean().optional(),
});
export const domain = z
  .object({
    id: z.string(),
    hostname: z.string(),
    service: z.string(),
    environment: z.string(),
    zone_id: z.string(),
    zone_name: z.string(),
    enabled: z.boolean(),
    previews_enabled: z.boolean(),
  })
  .meta({ id: 'CustomDomain' });

export const schedules = z.object({ schedules: z.array(z.object({ cron: z.string(), created_on: z.string(), modified_on: z.string() })) });

/** A JSON version of the newer Worker resource: modules as base64, bindings by name in `env` or as a list. */
export const workerVersionRequest = z
  .looseObject({
    main_module: z.string(),
    modules: z
      .array(z.object({ name: z.string(), content_type: z.string(), content_base64: z.string() }))
      .describe('Each module as base64.'),
    bindings: nullish(z.array(anyBinding)),
    compatibility_date: nullish(z.string()),
    compatibility_flags: nullish(z.array(z.string())),
    usage_model: nullish(z.enum(['standard', 'bundled', 'unbound'])),
    limits: nullish(limits),
    placement: nullish(z.record(z.string(), z.unknown())),
    annotations: nullish(annotations),
  })
  .meta({ id: 'WorkerVersionRequest' });

export const workerRequest = z.looseObject({
  name: z.string().optional(),
  tags: z.array(z.string()).nullish(),
  logpush: z.boolean().nullish(),
  observability: z.unknown().optional(),
  subdomain: z.looseObject({ enabled: z.boolean().optional(), previews_enabled: z.boolean().optional() }).nullish(),
  tail_consumers: z.array(z.unknown()).nullish(),
});

export const worker = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    tags: z.array(z.string()),
    subdomain: z.looseObject({ enabled: z.boolean(), previews_enabled: z.boolean(), url: z.string(), preview_url_suffix: z.string() }),
  })
  .meta({ id: 'Worker' });

export const tokenRequest = z.object({ name: z.string().min(1).max(120), email: z.email().optional() });
export const zoneRequest = z.looseObject({ name: z.string() });
export const anything = z.unknown();
export const paging = z.object({
  page: z.coerce.number().int().min(1).optional(),
  per_page: z.coerce.number().int().min(1).max(1000).optional(),
});
