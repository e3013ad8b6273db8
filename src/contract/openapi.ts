import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { endpoints } from './endpoints.ts';
import { ownEndpoints } from './own.ts';

const error = z
  .object({ code: z.number().int(), message: z.string(), documentation_url: z.string().optional(), meta: z.unknown().optional() })
  .meta({ id: 'Error' });

const failure = z
  .object({ success: z.literal(false), errors: z.array(error), messages: z.array(z.unknown()), result: z.null() })
  .meta({ id: 'Failure' });

const envelope = (result: z.ZodType) =>
  z.object({
    success: z.literal(true),
    errors: z.array(error),
    messages: z.array(z.unknown()),
    result,
    result_info: z.unknown().optional(),
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
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
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
    requestParams: {
      ...(params.length > 0 ? { path: z.object(Object.fromEntries(params.map((param) => [param, z.string()]))) } : {}),
      ...(endpoint.query === undefined ? {} : { query: endpoint.query }),
    },
    ...(endpoint.body === undefined ? {} : { requestBody: { content: contentOf(endpoint.body) } }),
    responses: {
      200: {
        description: 'Done',
        content: endpoint.raw
          ? { 'multipart/form-data': { schema: z.unknown() } }
          : { 'application/json': { schema: envelope(endpoint.result) } },
      },
      default: { description: 'Refused', content: { 'application/json': { schema: failure } } },
    },
  };
};

const contentOf = (body: NonNullable<Endpoint['body']>) => {
  if (body.kind === 'json') return { 'application/json': { schema: body.schema } };
  if (body.kind === 'upload') return { 'multipart/form-data': { schema: z.looseObject({ metadata: body.metadata }) } };
  return {
    'application/json': { schema: body.schema },
    'multipart/form-data': { schema: z.looseObject({ settings: body.schema }) },
  };
};
