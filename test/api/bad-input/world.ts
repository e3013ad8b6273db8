import type { TestContext } from 'node:test';
import { anApi, type RequestBody, type TestApi } from '../../support/api.ts';
import { pem } from '../../support/certificates.ts';
import { aWorker, saying } from '../../support/worker-form.ts';

/** What every bad input meets: two Workers, one of them in the middle of a split, a zone, a route, a revoked token. */
export interface World {
  readonly api: TestApi;
  /** Versions of `hello`: one past the window, and the two that serve. */
  readonly old: string;
  readonly one: string;
  readonly two: string;
  /** The version of `other`. */
  readonly foreign: string;
  readonly activeDeployment: string;
  readonly zone: string;
  readonly revokedToken: string;
}

export interface BadInput {
  readonly what: string;
  send(world: World): Promise<Response>;
}

export const aWorld = async (t: TestContext): Promise<World> => {
  const api = await anApi(t, { deployableVersions: 2, maxUploadBytes: 3_000_000 });
  const upload = async (text: string) =>
    (await api.upload('hello', { code: saying(text), metadata: { bindings: [{ type: 'plain_text', name: 'GREETING', text }] } }))
      .deployment_id;
  const [old, one, two] = [await upload('zero'), await upload('one'), await upload('two')];
  const { deployment_id: foreign } = await api.upload('other');
  const { id: activeDeployment } = await api.deploy('hello', { [one]: 60, [two]: 40 });
  const { id: zone } = await api.ok('createZone', {}, { json: { name: 'example.com' } });
  await api.ok('createRoute', { zone_id: zone }, { json: { pattern: 'example.com/shop/*', script: 'other' } });
  await api.ok('putDomain', {}, { json: { hostname: 'www.example.com', service: 'other', zone_id: zone } });
  await api.ok('uploadCertificate', {}, { json: { name: 'taken', ca: true, certificates: pem('authority.pem') } });
  const { id: tokenId, value: revokedToken } = await api.ok('createToken', {}, { json: { name: 'gone' } });
  await api.ok('revokeToken', { token_id: tokenId });
  return { api, old, one, two, foreign, activeDeployment, zone, revokedToken };
};

export const deploying =
  (body: (world: World) => unknown) =>
  (world: World): Promise<Response> =>
    world.api.response('createDeployment', { script_name: 'hello' }, { body: textOf(body(world)) });

/** A string is sent as it is, for what JSON.stringify would never write. */
const textOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));

/** The same bad form, as a version and as a script. */
export const uploading =
  (form: () => RequestBody, headers: Readonly<Record<string, string>> = {}) =>
  ({ api }: World): Promise<Response> =>
    api.response('createVersion', { script_name: 'hello' }, { body: form(), headers, query: { bindings_inherit: 'strict' } });

export const metadata = (members: Readonly<Record<string, unknown>>) => uploading(() => aWorker({ metadata: members }));
export const binding = (...bindings: readonly Readonly<Record<string, unknown>>[]) => metadata({ bindings });
export const code = (source: string, members: Readonly<Record<string, unknown>> = {}) =>
  uploading(() => aWorker({ code: source, metadata: members }));
