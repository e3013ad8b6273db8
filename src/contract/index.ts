export type { Body, BodyOf, Endpoint, Method, ParamsOf, QueryOf } from './endpoint.ts';
export { endpoints, NOT_OFFERED, ownEndpoints, type EndpointName, type Endpoints, type OwnEndpoints } from './endpoints.ts';
export { requestedBinding, uploadMetadata } from './schemas.ts';
export { openApiDocument } from './openapi.ts';
