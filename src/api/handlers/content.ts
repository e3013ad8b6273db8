import { accept, refuse, type Result } from '../../base/index.ts';
import { revise } from '../../control/index.ts';
import { uploadMetadata, type contentEndpoints } from '../../contract/index.ts';
import { invariant } from '../../base/index.ts';
import { checkPart, keptMembers, uploadedCode, type Refusal } from '../../domain/index.ts';
import type { Answer, Api, Handlers } from '../api.ts';
import { contentBody } from '../form/index.ts';
import { scriptView } from '../views/index.ts';
import { serving, versionOf } from './found.ts';
import { asForm, type Metadata } from './uploaded.ts';

/** The modules of a version as a form, with its entry in `cf-entrypoint`; a service-worker script as it is. */
export const contentOf = async (api: Api, name: string, versionId: string | undefined): Promise<Result<Answer<null>, Refusal>> => {
  const found = await serving(api, name);
  if (!found.ok) return found;
  const named = versionId === undefined ? undefined : await versionOf(api, found.value.worker, versionId);
  if (named !== undefined && !named.ok) return named;
  const version = named?.value ?? found.value.version;
  if (version === undefined) return refuse({ code: 'no_versions', name });
  // The bytes are streamed after this; a damaged module must fail before the answer has begun (I1).
  for (const { digest } of version.modules) await api.modules.verifiedPath(digest);
  const headers = { 'cf-entrypoint': version.mainModule, etag: `"${version.etag}"` };
  const script = version.modules.find((module) => module.name === version.mainModule);
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

/** The content call may name its entry in a header, as the official SDK can, instead of in metadata. */
const entryInHeaders = (headers: Headers): Metadata | undefined => {
  const [main, part] = [headers.get('cf-worker-main-module-part'), headers.get('cf-worker-body-part')];
  return main === null && part === null ? undefined : uploadMetadata.parse({ main_module: main, body_part: part });
};

/** What the content call leaves as it is. Clients send their whole form here too, so it is no error; but it is said. */
const CONFIGURATION = ['bindings', 'compatibility_date', 'compatibility_flags', 'usage_model', 'limits', 'placement'] as const;

const configurationNote = (metadata: Metadata): readonly string[] => {
  const sent = CONFIGURATION.filter((member) => metadata[member] !== undefined);
  return sent.length === 0 ? [] : [`This call takes code only. Not applied: ${sent.join(', ')}.`];
};

export const content: Handlers<typeof contentEndpoints> = {
  getScript: async (api, { params }) => contentOf(api, params.script_name, undefined),
  getContent: async (api, { params, query }) => contentOf(api, params.script_name, query.version),
  putContent: async (api, { params, body, form, headers, actor }) => {
    if (form === undefined) return refuse({ code: 'metadata_missing' });
    const { metadata, files } = asForm(form, body ?? entryInHeaders(headers));
    if (metadata === undefined) return refuse({ code: 'metadata_missing' });
    const part = checkPart(metadata);
    if (!part.ok) return part;
    const code = uploadedCode({ main_module: metadata.main_module, body_part: metadata.body_part }, files, 'script');
    if (!code.ok) return code;
    const revised = await revise(api, actor, {
      worker: params.script_name,
      change: (present) => accept({ ...present, ...code.value, kept: { ...present.kept, ...keptMembers(metadata) } }),
      of: 'main',
      annotations: { message: metadata.annotations?.['workers/message'], tag: metadata.annotations?.['workers/tag'] },
      triggeredBy: 'upload',
      action: 'content.put',
      detail: {},
    });
    if (!revised.ok) return revised;
    const { worker, versions } = revised.value;
    const version = versions.at(-1);
    invariant(version !== undefined, 'a revision makes at least one version');
    return accept({ result: { ...scriptView(worker, version), deployment_id: version.id }, messages: configurationNote(metadata) });
  },
};
