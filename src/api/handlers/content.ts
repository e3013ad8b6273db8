import { accept, refuse, type Result } from '../../base/index.ts';
import type { Refusal } from '../../domain/index.ts';
import type { Answer, Api } from '../api.ts';
import { contentBody } from '../form/index.ts';
import { serving, versionOf } from './found.ts';

/** The modules of a version as a form, with its entry in `cf-entrypoint`; a service-worker script as it is. */
export const contentOf = async (api: Api, name: string, versionId: string | undefined): Promise<Result<Answer, Refusal>> => {
  const found = await serving(api, name);
  if (!found.ok) return found;
  const named = versionId === undefined ? undefined : await versionOf(api, found.value.worker, versionId);
  if (named !== undefined && !named.ok) return named;
  const version = named?.value ?? found.value.version;
  if (version === undefined) return refuse({ code: 'no_versions', name });
  // The bytes are streamed after this; a damaged module must fail before the answer has begun (I1).
  for (const { digest } of version.modules) await api.modules.verifiedPath(digest);
  const headers = { 'cf-entrypoint': version.mainModule, etag: `"${version.etag}"` };
  const [script] = version.modules.filter((module) => module.name === version.mainModule);
  if (version.syntax === 'service-worker' && version.modules.length === 1 && script !== undefined) {
    const body = ReadableStream.from(api.modules.read(script.digest));
    return accept({ result: null, raw: new Response(body, { headers: { ...headers, 'content-type': 'application/javascript' } }) });
  }
  const { contentType, contentLength, body } = contentBody(version.modules, (digest) => api.modules.read(digest), api.ids.hex32());
  return accept({
    result: null,
    raw: new Response(body, { headers: { ...headers, 'content-type': contentType, 'content-length': String(contentLength) } }),
  });
};
