import { z } from 'zod';

/** Shapes that several families of calls share, as Cloudflare's clients send and read them (cloudflare-typescript; wrangler's sources). */

export const ACCOUNT = '/accounts/:account_id';
export const WORKERS = '/accounts/:account_id/workers';
export const SCRIPT = '/accounts/:account_id/workers/scripts/:script_name';

/** Clients write null for "nothing". */
export const nullish = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

export const json = <T extends z.ZodType>(schema: T) => ({ kind: 'json', schema }) as const;

/** Of a call that changes what another answers with an `ETag`. */
export const ifMatch = (etag: string) => ({
  etag,
  headers: z.object({
    'if-match': z
      .string()
      .optional()
      .describe('The `ETag` of what is to be changed, as it was read; where it is another by now, nothing is changed (412).'),
  }),
});

export const ROUTE_TAG = 'The route.';
export const DOMAIN_TAG = 'The custom domain; `"none"` of a host that no Worker has.';
export const CONSUMER_TAG = 'The consumer.';

export const NEWEST = 'The newest version.';
export const SERVING = 'The newest version and the active deployment.';

export const paging = z.object({
  page: z.coerce.number().int().min(1).optional(),
  per_page: z.coerce.number().int().min(1).max(1000).optional(),
});

/** A date, which begins at midnight UTC, or a time; as the store writes times. */
export const moment = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], 'must be a date or a time, such as 2026-11-21 or 2026-11-21T08:00:00Z')
  .transform((text) => new Date(text).toISOString());

/** `result` of a call that has nothing to tell. */
export const nothing = z.null();
export const identified = z.object({ id: z.string() });

const named = { name: z.string() };

/** Bindings to what is outside of every version; they are answered as they were asked for. */
const resourceBindings = [
  z.object({ ...named, type: z.literal('kv_namespace'), namespace_id: z.string() }),
  z.object({ ...named, type: z.literal('d1'), id: z.string() }),
  z.object({ ...named, type: z.literal('r2_bucket'), bucket_name: z.string(), jurisdiction: z.string().optional() }),
  z.object({ ...named, type: z.literal('mtls_certificate'), certificate_id: z.string() }),
  z.object({ ...named, type: z.literal('queue'), queue_name: z.string(), delivery_delay: z.number().int().min(0).max(86_400).optional() }),
] as const;

const durableObjectBinding = {
  ...named,
  type: z.literal('durable_object_namespace'),
  class_name: z.string(),
  script_name: z.string().optional(),
  environment: z.string().optional(),
  namespace_id: z.string().optional().describe('Answered. The class decides, whatever is sent.'),
};

const serviceBinding = z.object({
  ...named,
  type: z.literal('service'),
  service: z.string(),
  environment: z.string().optional(),
  entrypoint: z.string().optional(),
  props: z.record(z.string(), z.unknown()).optional(),
});

const rateLimitBinding = z.object({
  ...named,
  type: z.literal('ratelimit'),
  namespace_id: z.string().regex(/^[1-9]\d{0,18}$/, 'must be a positive integer, written as a string'),
  simple: z.strictObject({
    limit: z.number().int().positive(),
    period: z.union([z.literal(10), z.literal(60)], 'must be 10 or 60'),
    mitigation_timeout: z.literal(0).optional().describe('0 is "none", which is all that is offered.'),
  }),
});

/** A binding in an upload's metadata, of a type we offer. */
export const requestedBinding = z.discriminatedUnion('type', [
  z.object({ ...named, type: z.literal('plain_text'), text: z.string() }),
  z.object({ ...named, type: z.literal('json'), json: z.json() }),
  z.object({ ...named, type: z.literal('secret_text'), text: z.string().optional() }),
  z.object({ ...named, type: z.literal('version_metadata') }),
  z.object({ ...named, type: z.literal('assets') }),
  z.object({ ...named, type: z.enum(['wasm_module', 'text_blob', 'data_blob']), part: z.string() }),
  ...resourceBindings,
  serviceBinding,
  rateLimitBinding,
  z.object(durableObjectBinding),
  z.object({ ...named, type: z.literal('inherit'), old_name: z.string().optional(), version_id: z.string().optional() }),
]);

/** What any binding has. One we do not offer yet keeps its type, to be refused by name. */
export const anyBinding = z.looseObject({ ...named, type: z.string() }).meta({ id: 'Binding' });

/** A binding as it is answered: a secret only by its name and type. */
export const shownBinding = z
  .union([
    z.object({ ...named, type: z.literal('plain_text'), text: z.string() }),
    z.object({ ...named, type: z.literal('json'), json: z.unknown() }),
    z.object({ ...named, type: z.literal('secret_text') }),
    z.object({ ...named, type: z.literal('version_metadata') }),
    z.object({ ...named, type: z.literal('assets') }),
    z.object({ ...named, type: z.enum(['wasm_module', 'text_blob', 'data_blob']), part: z.string() }),
    ...resourceBindings,
    serviceBinding,
    rateLimitBinding,
    z.object(durableObjectBinding),
  ])
  .meta({ id: 'ShownBinding' });

export const annotations = z
  .object({
    'workers/message': z.string().optional().describe('At most 1000 bytes.'),
    'workers/tag': z.string().optional().describe('At most 100 bytes.'),
    'workers/alias': z.string().optional().describe('A label under which this version alone answers.'),
    'workers/triggered_by': z.string().optional().describe('Set by the server.'),
    'workers/rollback_from': z.string().optional().describe('Set by the server: what a legacy rollback went back to.'),
  })
  .meta({ id: 'Annotations' });

export const limits = z.object({ cpu_ms: z.number().int().positive().optional(), subrequests: z.number().int().positive().optional() });
export const usageModel = z.enum(['standard', 'bundled', 'unbound']);
export const placement = z.record(z.string(), z.unknown());

export const keepBindings = nullish(z.array(z.string())).describe(
  'Binding types carried over from the version before. Secrets are, unless this is [].',
);

/** What of an upload's metadata changes how a version runs, whichever way it is sent. */
export const versionSettings = {
  bindings: nullish(z.array(anyBinding)),
  compatibility_date: nullish(z.string()),
  compatibility_flags: nullish(z.array(z.string())),
  usage_model: nullish(usageModel),
  limits: nullish(limits),
  placement: nullish(placement),
  annotations: nullish(annotations),
};

export const observability = z
  .looseObject({ enabled: z.boolean().nullish(), head_sampling_rate: z.number().min(0).max(1).nullish() })
  .meta({ id: 'Observability' });

/** The members that a version shows in every view of it. */
export const compatibility = {
  compatibility_date: z.string().optional(),
  compatibility_flags: z.array(z.string()).optional(),
};

export const namedHandlers = z.array(z.object({ name: z.string(), handlers: z.array(z.string()) }));
