import assert from 'node:assert/strict';
import { ownEndpoints, type Endpoint, type ParamsOf, type ResultOf } from '../../src/contract/index.ts';
import { envelopeOf, type Refused, type TestApi } from './api.ts';

type Own = typeof ownEndpoints;
type Query = Readonly<Record<string, string | number>>;

/** Asks one of Switchback's own calls. The answer is held to its schema; nothing may change by it. */
export const asked = async <Name extends keyof Own>(api: TestApi, name: Name, params: ParamsOf<Own[Name]>, query: Query = {}) => {
  const endpoint: Endpoint = ownEndpoints[name];
  const { audit } = api.world();
  const envelope = await envelopeOf(await api.send(endpoint.method, pathOf(name, params, query)));
  assert.ok(envelope.success, JSON.stringify(envelope.errors));
  assert.deepEqual(endpoint.result.parse(envelope.result), envelope.result, `${name} answers what its schema says`);
  assert.equal(api.world().audit, audit);
  // It equals what its own schema made of it.
  return { result: envelope.result as ResultOf<Own[Name]>, info: envelope.result_info };
};

export const refusedOwn = <Name extends keyof Own>(
  api: TestApi,
  name: Name,
  params: ParamsOf<Own[Name]>,
  query: Query = {},
): Promise<Refused> => api.refusedBy(() => api.send(ownEndpoints[name].method, pathOf(name, params, query)));

export const pathOf = (name: keyof Own, params: Readonly<Record<string, string>>, query: Query = {}): string => {
  const search = new URLSearchParams(Object.entries(query).map(([key, value]): [string, string] => [key, String(value)])).toString();
  const path = ownEndpoints[name].path.replaceAll(/:(\w+)/g, (_, param: string) => encodeURIComponent(params[param] ?? ''));
  return `/switchback/v1${path}${search === '' ? '' : `?${search}`}`;
};
