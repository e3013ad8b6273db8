import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { endpoints } from './endpoints.ts';
import { ownEndpoints } from './own.ts';
import { CSRF_HEADER } from './sessions.ts';

const error = z
  .object({ code: z.number().int(), message: z.string(), documentation_url: z.string().optional(), meta: z.unknown().optional() })
  .meta({ id: 'Error' });

const message = z.object({ code: z.number().int(), message: z.string() }).meta({ id: 'Message' });

/** Beside lists: which page it is, or where the next begins. */
const resultInfo = z
  .union([
    z.object({ page: z.number(), per_page: z.number(), count: z.number(), total_count: z.number(), total_pages: z.number() }),
    z.object({
      count: z.number(),
      cursor: z.string().optional(),
      looked_back_to: z.string().optional(),
      is_truncated: z.boolean().optional(),
      delimited: z.array(z.string()).optional(),
    }),
  ])
  .meta({ id: 'ResultInfo' });

const failure = z
  .object({ success: z.literal(false), errors: z.array(error), messages: z.array(message), result: z.null() })
  .meta({ id: 'Failure' });

const envelope = (result: z.ZodType) =>
  z.object({
    success: z.literal(true),
    errors: z.array(error),
    messages: z.array(message),
    result,
    result_info: resultInfo.optional(),
  });

/** The whole API as an OpenAPI 3.1 document, generated from the contract alone. */
export const openApiDocument = () =>
  createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Switchback',
      version: '1',
      license: { name: 'Apache-2.0' },
      description:
        "Cloudflare's Workers API as far as versions, deployments and what belongs to them, on your own machines; and Switchback's own calls.",
    },
    servers: [{ url: 'http://127.0.0.1:7450' }],
    security: [{ token: [] }, { session: [] }],
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'switchback_session',
          description: `For the dashboard's own pages. Calls other than GET need the header \`${CSRF_HEADER}\` as well. By https the name begins with \`__Host-\`.`,
        },
      },
    },
    paths: { ...pathsOf('/client/v4', endpoints), ...pathsOf('/switchback/v1', ownEndpoints) },
  });

const pathsOf = (base: string, family: Readonly<Record<string, Endpoint>>): ZodOpenApiPathsObject => {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const [name, endpoint] of Object.entries(family)) {
    const path = base + endpoint.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operationOf(name, endpoint) };
  }
  return paths;
};

const operationOf = (name: string, endpoint: Endpoint): ZodOpenApiOperationObject => {
  const params = [...endpoint.path.matchAll(/:(\w+)/g)].map(([, param = '']) => param);
  return {
    operationId: name,
    summary: endpoint.summary,
    tags: [endpoint.tag],
    ...securityOf(endpoint),
    requestParams: {
      ...(params.length > 0 ? { path: z.object(Object.fromEntries(params.map((param) => [param, z.string()]))) } : {}),
      ...(endpoint.query === undefined ? {} : { query: endpoint.query }),
      ...(endpoint.headers === undefined ? {} : { header: endpoint.headers }),
    },
    ...(endpoint.body === undefined ? {} : { requestBody: { required: true, content: contentOf(endpoint.body) } }),
    responses: {
      200: {
        description: 'Done',
        ...(endpoint.etag === undefined ? {} : { headers: z.object({ etag: z.string().describe(endpoint.etag) }) }),
        content: answerOf(endpoint),
      },
      default: { description: 'Refused', content: { 'application/json': { schema: failure } } },
    },
  };
};

const securityOf = ({ auth }: Endpoint) => {
  if (auth === 'none') return { security: [] };
  if (auth === undefined) return {};
  return { security: [auth === 'session' ? { session: [] } : { token: [] }] };
};

const answerOf = ({ raw, result, event }: Endpoint) => {
  if (raw === 'bytes') return { 'application/octet-stream': { schema: bytes } };
  if (event !== undefined) return { 'text/event-stream': { schema: event } };
  if (raw === 'modules') return { 'multipart/form-data': { schema: modules }, 'application/javascript': { schema: script } };
  return { 'application/json': { schema: envelope(result) } };
};

const bytes = z.string().meta({ id: 'Bytes', format: 'binary' });

/** Modules come as a form, a service worker as the script it is; PUT takes such a script too. */
const modules = z.record(z.string(), z.string()).meta({ id: 'Modules' });
const script = z.string().meta({ id: 'JavaScript' });

const contentOf = (body: NonNullable<Endpoint['body']>) => {
  if (body.kind === 'bytes') return { 'application/octet-stream': { schema: bytes } };
  if (body.kind === 'json') return { 'application/json': { schema: body.schema } };
  if (body.kind === 'upload') {
    const metadata = body.metadata.describe(
      'As one JSON field, or spread over fields such as `metadata[main_module]`. Every other part is a module.',
    );
    return { 'multipart/form-data': { schema: z.looseObject({ metadata }) }, 'application/javascript': { schema: script } };
  }
  return {
    'application/json': { schema: body.schema },
    'multipart/form-data': { schema: z.looseObject({ settings: body.schema }) },
  };
};

/** The document as it is committed. */
export const openApiText = (): string => `${JSON.stringify(openApiDocument(), null, 2)}\n`;
